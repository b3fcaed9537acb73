import Glibc
import Platform
import TradingModel

/// Why the newest lines of a log cannot be relied on.
public enum AuditRecentFault: Error, Equatable, CustomStringConvertible {
    /// A file cannot be read.
    case unreadable(SystemError)
    /// A line is not what was written: where, and what is wrong.
    case damaged(String)
    /// The line to begin with is not among that many bytes, or its file is gone.
    case outOfReach(bytes: Int)

    /// The fault for people.
    public var description: String {
        switch self {
        case .unreadable(let error): error.description
        case .damaged(let place): place
        case .outOfReach(let bytes): "not told within the newest \(bytes) bytes that are kept"
        }
    }
}

/// The end of a log, from the newest line of one type on: whole, in order, each line proved and linked to the one before.
///
/// Segments are searched from the newest back and each from its end, so that the cost grows neither with the log nor with
/// the size of its segments.
public struct AuditRecentLines {
    private let files: [AuditLogFiles.Segment]
    /// Place in `files` and byte at which the lines begin.
    private let start: (file: Int, offset: Int)

    /// Looks for the newest line of a type; without one the lines begin with the log.
    ///
    /// - Parameter limit: bytes between that line and the end at most, as they are when not compressed. Not many more are
    ///   searched, but for a compressed segment: that is read whole.
    public init(
        directory: String, from type: StaticString, within limit: Int
    ) throws(AuditRecentFault) {
        do throws(SystemError) { files = try AuditLogFiles(directory: directory).segments } catch {
            throw .unreadable(error)
        }
        var search = AuditLineSearch(type, within: limit)
        for place in files.indices.reversed() {
            if let offset = try search.newest(in: files[place].path) {
                start = (place, offset)
                return
            }
        }
        // Without its first lines nobody knows what was before.
        guard files.isEmpty || files.first?.number == 1 else { throw .outOfReach(bytes: search.searched) }
        start = (0, 0)
    }

    /// The lines from the beginning of a segment on.
    init(_ files: [AuditLogFiles.Segment], from first: Int) {
        self.files = files
        start = (first, 0)
    }

    /// Hands every line on, the oldest first: type (`nil` where this build does not know it), time and data.
    public func forEach(
        _ body: (AuditLineType?, Timestamp, [UInt8]) -> Void
    ) throws(AuditRecentFault) {
        var last: AuditLineView?
        for place in files.indices where place >= start.file {
            let path = files[place].path
            do throws(SystemError) {
                var scanner = try scanner(of: place)
                while case .line(let range) = try scanner.next() {
                    if place == start.file && scanner.offset < start.offset { continue }
                    last = try Self.prove(scanner.bytes.span.extracting(range), after: last, body)
                }
            } catch {
                throw error.code == EILSEQ ? .damaged("\(path): not as it was written") : .unreadable(error)
            }
        }
    }

    private func scanner(of place: Int) throws(SystemError) -> AuditLineScanner {
        let path = files[place].path
        guard place == start.file, start.offset > 0, !path.hasSuffix(".gz") else {
            return try AuditLineScanner(path)
        }
        return try AuditLineScanner(path, from: start.offset)
    }

    private static func prove(
        _ line: Span<UInt8>, after last: AuditLineView?, _ body: (AuditLineType?, Timestamp, [UInt8]) -> Void
    ) throws(SystemError) -> AuditLineView {
        var syntax = ObjectSyntax()
        guard let view = try? AuditLineView(line, syntax: &syntax),
            last.map({ $0.hash == view.previous && $0.sequence + 1 == view.sequence }) ?? true
        else { throw SystemError("read", "line", code: EILSEQ) }
        body(view.type, view.timestamp, line.extracting(view.data).withUnsafeBufferPointer { Array($0) })
        return view
    }
}
