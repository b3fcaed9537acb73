import Glibc
import Platform

/// Reads a file line by line, in constant memory.
struct LogLines: ~Copyable {
    /// What comes next.
    enum Line {
        /// A line without its end.
        case whole([UInt8])
        /// So many bytes without an end.
        case torn(Int)
        /// Longer than lines can be.
        case tooLong
    }

    private static let chunk = 65_536

    private let file: OwnedDescriptor
    private let path: String
    private let longest: Int
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// - Returns: `nil` when there is no such file.
    init?(_ path: String, longest: Int) throws(SystemError) {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        if number < 0 {
            if errno == ENOENT { return nil }
            throw SystemError("open", path)
        }
        file = OwnedDescriptor(number)
        self.path = path
        self.longest = longest
    }

    /// The next line; `nil` at the end, and nothing useful after a torn or too long one.
    mutating func next() throws(SystemError) -> Line? {
        while true {
            if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                return end - position < longest ? .whole(Array(buffer[position..<end])) : .tooLong
            }
            if buffer.count - position >= longest { return .tooLong }
            if isAtEnd {
                defer { position = buffer.count }
                return position < buffer.count ? .torn(buffer.count - position) : nil
            }
            try readMore()
        }
    }

    private mutating func readMore() throws(SystemError) {
        buffer.removeFirst(position)
        position = 0
        var chunk = [UInt8](repeating: 0, count: Self.chunk)
        let count = chunk.withUnsafeMutableBytes { read(file.number, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { return }
        guard count >= 0 else { throw SystemError("read", path) }
        isAtEnd = count == 0
        buffer += chunk[..<count]
    }
}
