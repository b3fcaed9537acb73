import Glibc

/// Cuts a byte stream into lines (LF or CRLF), within a bound.
struct LineFramer {
    enum Item: Equatable {
        case line([UInt8])
        /// The line at the head is over the limit; nothing after it can be trusted.
        case tooLong
    }

    private var buffer: [UInt8] = []
    /// First byte not yet taken.
    private var start = 0
    /// First byte not yet searched for a line end.
    private var searched = 0
    private let limit: Int

    /// - Parameter limit: bytes of a line without its line end.
    init(limit: Int) { self.limit = limit }

    /// Bytes of a line whose end has not come, or of lines not yet taken.
    var pendingBytes: Int { buffer.count - start }

    mutating func append(_ bytes: some Collection<UInt8>) {
        compact()
        buffer.append(contentsOf: bytes)
    }

    /// The next complete line that is not blank; `nil` until more bytes come.
    mutating func next() -> Item? {
        while let end = nextLineFeed() {
            let line = Self.withoutCarriageReturn(buffer[start..<end])
            start = end + 1
            searched = start
            if line.count > limit { return .tooLong }
            if !Self.isBlank(line) { return .line(Array(line)) }
        }
        searched = buffer.count
        return Self.withoutCarriageReturn(buffer[start...]).count > limit ? .tooLong : nil
    }

    /// What is left when the stream has ended: a last line without line end, perhaps cut short.
    mutating func remainder() -> Item? {
        append([0x0A])
        return next()
    }

    /// `memchr` looks at many bytes a cycle; answers may have megabytes.
    private func nextLineFeed() -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard searched < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + searched, 0x0A, bytes.count - searched)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    private mutating func compact() {
        guard start > 0 else { return }
        buffer.removeSubrange(..<start)
        searched -= start
        start = 0
    }

    private static func withoutCarriageReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        line.last == 0x0D ? line.dropLast() : line
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }
}
