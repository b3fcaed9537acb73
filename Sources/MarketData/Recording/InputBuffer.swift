import Glibc

/// A sliding window over the content of a recording.
///
/// The byte at `end` is always a line feed and further `padding` bytes lie behind it, so that a scanner may run
/// up to the end of the data without asking at each byte, and may load whole words there.
struct InputBuffer {
    /// Readable bytes behind `end`.
    static let padding = 64

    /// The window; only `start..<end` is data.
    private(set) var bytes: [UInt8]
    /// First byte not yet used.
    var start = 0
    /// End of the data.
    private(set) var end = 0
    private let file: RecordingFile
    private let readSize: Int
    private var isAtEnd = false

    /// An empty window on `file`.
    init(_ file: RecordingFile, readSize: Int) {
        self.file = file
        self.readSize = readSize
        bytes = [UInt8](repeating: 0, count: max(readSize, 1) * 2 + Self.padding)
        bytes[0] = 0x0A
    }

    /// Bytes not yet used.
    var unread: Int { end - start }

    /// Reads on. The data may move: positions are then to be counted from `start`.
    ///
    /// - Returns: `false` at the end of the content.
    mutating func fill() throws(RecordingFile.Fault) -> Bool {
        if isAtEnd { return false }
        makeRoom()
        let range = end..<(end + readSize)
        let source = file
        let result: Result<Int, RecordingFile.Fault> = bytes.withUnsafeMutableBytes { bytes in
            do throws(RecordingFile.Fault) {
                return .success(
                    try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[range])))
            } catch { return .failure(error) }
        }
        let count = try result.get()
        end += count
        bytes[end] = 0x0A
        isAtEnd = count == 0
        return count > 0
    }

    /// Position of the next line feed at or after `position`; `nil` when the data has none.
    func indexOfLineFeed(from position: Int) -> Int? {
        let limit = end
        return bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base + position, 0x0A, limit - position)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    private mutating func makeRoom() {
        let capacity = bytes.count - Self.padding
        guard end + readSize > capacity else { return }
        if start > 0 {
            let (used, count) = (start, unread)
            bytes.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                memmove(base, base + used, count)
            }
            start = 0
            end = count
            bytes[end] = 0x0A
        }
        if end + readSize > capacity {
            bytes.append(contentsOf: repeatElement(0, count: capacity))
        }
    }
}
