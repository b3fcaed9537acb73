import Glibc
import Platform

/// Reads a segment line by line, or as many lines as there are in a chunk; holds one chunk and one line at most.
struct AuditLineScanner: ~Copyable {
    /// What comes next in the file.
    enum Item {
        /// A complete line; its bytes without the line feed are at this place in `bytes` until the next call.
        case line(Range<Int>)
        /// The file ends with that many bytes after its last line feed.
        case torn(Int)
        /// A line feed ends a line over `AuditLimits.lineBytes`.
        case overlong
        /// The file ends after a line feed, or is empty.
        case end
    }

    /// The window over the file.
    private(set) var bytes: [UInt8]
    /// Where the item given last starts: bytes from the start of the file.
    private(set) var offset = 0
    private var source: AuditSegmentSource
    private var unread = 0..<0
    /// Where the next item starts.
    private(set) var nextOffset = 0
    private var isAtEnd = false

    /// Opens `path`, plain or compressed; `chunk` is the size of a read.
    ///
    /// - Parameter offset: where the first item begins, in the middle of a line or not; 0 for a compressed file.
    init(_ path: String, from offset: Int = 0, chunk: Int = 256 << 10) throws(SystemError) {
        source = try AuditSegmentSource(path, from: offset)
        nextOffset = offset
        bytes = [UInt8](repeating: 0, count: AuditLimits.lineBytes + chunk)
    }

    /// Bytes of the file; `nil` where it is compressed.
    var size: Int? { source.size }

    /// Moves to the next item.
    mutating func next() throws(SystemError) -> Item {
        offset = nextOffset
        var searched = 0
        while true {
            if let end = lineFeed(after: unread.lowerBound + searched) { return take(upTo: end) }
            searched = unread.count
            if searched > AuditLimits.lineBytes { return try skipOverlong() }
            guard try fill() else { return searched == 0 ? .end : .torn(searched) }
        }
    }

    /// Moves over the next line and all complete lines that have been read with it.
    ///
    /// - Parameter lines: then holds the places of these lines; none when what comes next is no line.
    /// - Returns: what comes next when it is no line; `nil` when there are lines.
    mutating func nextLines(_ lines: inout [Range<Int>]) throws(SystemError) -> Item? {
        lines.removeAll(keepingCapacity: true)
        let item = try next()
        guard case .line(let first) = item else { return item }
        lines.append(first)
        // `offset` stays at the first of them.
        while let end = lineFeed(after: unread.lowerBound),
            end - unread.lowerBound < AuditLimits.lineBytes
        {
            lines.append(unread.lowerBound..<end)
            nextOffset += end + 1 - unread.lowerBound
            unread = (end + 1)..<unread.upperBound
        }
        return nil
    }

    private mutating func take(upTo end: Int) -> Item {
        let line = unread.lowerBound..<end
        unread = (end + 1)..<unread.upperBound
        nextOffset += line.count + 1
        return line.count < AuditLimits.lineBytes ? .line(line) : .overlong
    }

    /// Passes over bytes without keeping them: they are a torn tail if no line feed follows.
    private mutating func skipOverlong() throws(SystemError) -> Item {
        while true {
            if let end = lineFeed(after: unread.lowerBound) {
                nextOffset += end + 1 - unread.lowerBound
                unread = (end + 1)..<unread.upperBound
                return .overlong
            }
            nextOffset += unread.count
            unread = 0..<0
            guard try fill() else { return .torn(nextOffset - offset) }
        }
    }

    private func lineFeed(after start: Int) -> Int? {
        guard start < unread.upperBound else { return nil }
        return bytes.withUnsafeBytes { buffer in
            // The range lies within the buffer: both ends come from `unread`.
            guard let base = buffer.baseAddress,
                let found = memchr(base + start, 0x0A, unread.upperBound - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// Reads a chunk behind what is unread, after moving that to the front.
    private mutating func fill() throws(SystemError) -> Bool {
        if isAtEnd { return false }
        if unread.lowerBound > 0 {
            bytes.withUnsafeMutableBytes { buffer in
                let rest = UnsafeRawBufferPointer(rebasing: buffer[unread])
                buffer.copyMemory(from: rest)
            }
            unread = 0..<unread.count
        }
        let start = unread.upperBound
        let count = try read(from: start)
        unread = 0..<(unread.upperBound + count)
        isAtEnd = count == 0
        return count > 0
    }

    private mutating func read(from start: Int) throws(SystemError) -> Int {
        let result: Result<Int, SystemError> = bytes.withUnsafeMutableBytes { buffer in
            do throws(SystemError) {
                return .success(
                    try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...])))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
