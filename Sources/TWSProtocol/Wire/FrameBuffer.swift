/// Why a stream of frames cannot be read on: where the next message begins is in doubt, so the connection
/// must be closed.
public enum FrameFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A length above the limit.
    case tooLong(UInt32)
    /// A body without the NUL that ends its last field.
    case unterminated
    /// A body whose first field is no number of a message.
    case messageNumber

    /// What an operator reads.
    public var description: String {
        switch self {
        case .tooLong(let length): "a frame of \(length) bytes is longer than any message"
        case .unterminated: "a message does not end with NUL"
        case .messageNumber: "a message does not begin with a number"
        }
    }
}

/// Cuts a stream of bytes into frames: 4 bytes of length, most significant first, then as many bytes of
/// message.
///
/// Linear: a byte is moved at most once for each time the buffer is filled, and only what belongs to an
/// unfinished frame. It holds 64 KiB, or one frame that is longer, until that has been read.
public struct FrameBuffer: ~Copyable {
    /// Longest message of the protocol.
    public static let longestMessage = 0xFF_FFFF
    /// Room while no frame is longer.
    public static let usualRoom = 65_536

    /// Longest message that is taken now; longer ones are a fault. What is set is kept within 0…`longestMessage`.
    public var limit: Int {
        get { mostBytes }
        set { mostBytes = min(max(0, newValue), Self.longestMessage) }
    }
    @usableFromInline var mostBytes = longestMessage
    /// As many bytes as there is room; those in `start..<end` are unread.
    @usableFromInline var storage = [UInt8](repeating: 0, count: usualRoom)
    @usableFromInline var start = 0
    @usableFromInline var end = 0

    /// An empty buffer.
    ///
    /// - Parameter limit: longest message taken, at most `longestMessage`.
    public init(limit: Int = longestMessage) {
        self.limit = limit
    }

    /// Bytes not cut into frames yet.
    @inlinable
    public var unread: Int { end - start }

    /// Lets `read` put bytes into the free room, which is never empty.
    ///
    /// - Parameter read: returns how many bytes it has put there; negative counts as none.
    /// - Returns: what `read` returned.
    @inlinable
    public mutating func fill(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        makeRoom()
        return take(read)
    }

    @usableFromInline
    mutating func take(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        let free = end..<storage.count
        let count = storage.withUnsafeMutableBytes { read(UnsafeMutableRawBufferPointer(rebasing: $0[free])) }
        precondition(count <= free.count, "a read cannot exceed its room")
        end += max(0, count)
        return count
    }

    /// Takes bytes that are at hand.
    public mutating func append(_ bytes: Span<UInt8>) {
        var taken = 0
        while taken < bytes.count {
            let rest = bytes.extracting(droppingFirst: taken)
            taken += fill { room in
                let count = min(room.count, rest.count)
                rest.extracting(first: count).withUnsafeBytes { room.copyMemory(from: $0) }
                return count
            }
        }
    }

    /// Forgets `count` unread bytes, such as a greeting before the first frame.
    public mutating func skip(_ count: Int) {
        precondition(count <= unread, "only what is there can be skipped")
        start += count
    }

    /// Calls `body` with the unread bytes.
    public func withUnread<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(storage.span.extracting(start..<end))
    }

    /// Calls `body` with the message of the next frame, if all of it is there, and forgets it.
    ///
    /// - Returns: `nil` when the frame is not complete.
    /// - Throws: when the length is above the limit; the buffer must not be used any more.
    @inlinable
    @inline(__always)
    public mutating func next<Result>(_ body: (Span<UInt8>) -> Result) throws(FrameFault) -> Result? {
        guard let message = try nextMessage() else { return nil }
        return body(storage.span.extracting(message))
    }

    @inlinable
    @inline(__always)
    mutating func nextMessage() throws(FrameFault) -> Range<Int>? {
        guard unread >= 4 else { return nil }
        let length = nextLength
        guard length <= UInt32(mostBytes) else { throw .tooLong(length) }
        guard unread - 4 >= Int(length) else { return nil }
        let first = start + 4
        start = first + Int(length)
        return first..<start
    }

    /// Length of the frame that begins at `start`; its four bytes must be there.
    @inlinable
    var nextLength: UInt32 {
        UInt32(bigEndian: storage.span.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self))
    }

    @usableFromInline
    mutating func makeRoom() {
        if start == end {
            start = 0
            end = 0
            if storage.count > Self.usualRoom { storage = [UInt8](repeating: 0, count: Self.usualRoom) }
        }
        guard end == storage.count || wanted > storage.count - start else { return }
        moveToFront()
        if wanted > storage.count {
            storage.append(contentsOf: repeatElement(0, count: wanted - storage.count))
        }
        // A full buffer of whole frames that nobody took: there is no other way but room for more.
        if end == storage.count {
            storage.append(contentsOf: repeatElement(0, count: storage.count))
        }
    }

    /// Bytes of the frame that has begun, as far as its length is known and within the limit.
    private var wanted: Int {
        guard unread >= 4 else { return 4 }
        let length = nextLength
        return length <= UInt32(mostBytes) ? Int(length) + 4 : 4
    }

    private mutating func moveToFront() {
        guard start > 0 else { return }
        let unread = start..<end
        storage.withUnsafeMutableBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: bytes[..<unread.count])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[unread]))
        }
        end = unread.count
        start = 0
    }
}
