import Glibc
import Platform

/// Looks for the newest line of one type, from the end of a log to its beginning, segment by segment.
struct AuditLineSearch {
    private let type: StaticString
    private let limit: Int
    /// Bytes that have been searched.
    private(set) var searched = 0

    /// Bytes that are read at a time, many lines long.
    static let window = 4 << 20

    /// - Parameter limit: bytes between the line and the end at most.
    init(_ type: StaticString, within limit: Int) {
        self.type = type
        self.limit = limit
    }

    /// Byte at which the newest line of the type begins in a file; `nil` where none does.
    ///
    /// - Throws: `outOfReach` when what is behind it, or the whole file with what was searched before, is over the limit.
    mutating func newest(in path: String) throws(AuditRecentFault) -> Int? {
        do throws(SystemError) {
            let whole = try AuditLineScanner(path)
            guard let size = whole.size else { return try newestOfAll(in: whole) }
            return try newest(in: path, size: size)
        } catch {
            switch error.code {
            case EFBIG: throw .outOfReach(bytes: limit)
            case EILSEQ: throw .damaged("\(path): not as it was written")
            default: throw .unreadable(error)
            }
        }
    }

    private mutating func newest(in path: String, size: Int) throws(SystemError) -> Int? {
        var end = size
        while end > 0 {
            guard searched < limit else { throw SystemError("read", path, code: EFBIG) }
            let begin = max(0, end - Self.window)
            let part = try search(path, begin..<end)
            // A line is much shorter than a window: one without a beginning was never written.
            guard part.first < end else { throw SystemError("read", path, code: EILSEQ) }
            searched += end - part.first
            if let found = part.found { return found }
            end = part.first
        }
        return nil
    }

    /// Looks at the lines that begin in a part of a file.
    ///
    /// - Returns: where the first of them begins, and the last one of the type.
    private func search(_ path: String, _ part: Range<Int>) throws(SystemError) -> (first: Int, found: Int?) {
        var scanner = try AuditLineScanner(path, from: part.lowerBound)
        // What begins there belongs to the part before, as its line does.
        if part.lowerBound > 0 { _ = try scanner.next() }
        let first = scanner.nextOffset
        var found: Int?
        while scanner.nextOffset < part.upperBound, case .line(let range) = try scanner.next() {
            if AuditLineView.claims(type, scanner.bytes.span.extracting(range)) { found = scanner.offset }
        }
        return (first, found)
    }

    /// What is compressed can only be read from front to back.
    private mutating func newestOfAll(
        in file: consuming AuditLineScanner
    ) throws(SystemError) -> Int? {
        var scanner = file
        guard searched < limit else { throw SystemError("read", "segment", code: EFBIG) }
        var found: Int?
        while case .line(let range) = try scanner.next() {
            if AuditLineView.claims(type, scanner.bytes.span.extracting(range)) { found = scanner.offset }
        }
        let behind = scanner.nextOffset - (found ?? 0)
        searched += behind
        guard found == nil || searched <= limit else { throw SystemError("read", "segment", code: EFBIG) }
        return found
    }
}
