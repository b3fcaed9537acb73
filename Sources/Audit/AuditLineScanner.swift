import Glibc
import Platform

/// Reads a segment line by line, holding one chunk and one line at most.
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
    private let file: OwnedDescriptor
    private let path: String
    private var unread = 0..<0
    private var nextOffset = 0
    private var isAtEnd = false

    /// Opens `path`; `chunk` is the size of a read.
    init(_ path: String, chunk: Int = 256 << 10) throws(SystemError) {
        self.path = path
        file = try OwnedDescriptor(opening: path, O_RDONLY)
        bytes = [UInt8](repeating: 0, count: AuditLimits.lineBytes + chunk)
    }

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
        let count = try readSome()
        unread = 0..<(unread.upperBound + count)
        isAtEnd = count == 0
        return count > 0
    }

    private mutating func readSome() throws(SystemError) -> Int {
        let start = unread.upperBound
        while true {
            let count = bytes.withUnsafeMutableBytes { buffer in
                read(file.number, buffer.baseAddress.map { $0 + start }, buffer.count - start)
            }
            if count >= 0 { return count }
            guard errno == EINTR else { throw SystemError("read", path) }
        }
    }
}
