import Platform
import TWSProtocol

/// The end of the socket that is written to: makes frames, hands them to the kernel, keeps what it does not take.
///
/// At most one frame is kept, so that what comes later is still free to overtake what waits.
struct SocketOutput: Sendable {
    /// Owned by the client, who detaches the lane before it closes it.
    private let descriptor: Int32
    private var writer: FrameWriter
    private var rest: [UInt8] = []
    private var done = 0
    /// Whose frame is kept.
    private(set) var keptOwner: WaitingMessage.Owner?
    /// Why the socket is of no use any more.
    private(set) var failure: SystemError?

    /// The output of a session.
    init(_ descriptor: Int32, version: ServerVersion) {
        self.descriptor = descriptor
        writer = FrameWriter(.client, version: version)
    }

    /// Whether the next frame can be handed over.
    var isClear: Bool { keptOwner == nil && failure == nil }

    /// Makes the frame of a message, in the room of the last one.
    ///
    /// - Returns: whether it could be made.
    mutating func frame<Message: WireMessage>(_ message: borrowing Message) -> Bool {
        writer.removeAll()
        do {
            try writer.append(message)
            return true
        } catch {
            return false
        }
    }

    /// The frame made last.
    var framed: [UInt8] { writer.bytes }

    /// Hands over the frame made last; only when `isClear`.
    ///
    /// - Returns: `sent` when the kernel has all of it, `queued` when it has taken a part or nothing yet.
    mutating func sendFramed(of owner: WaitingMessage.Owner) -> SendOutcome {
        send(writer.bytes, of: owner)
    }

    /// Hands over a frame; only when `isClear`.
    mutating func send(_ frame: [UInt8], of owner: WaitingMessage.Owner) -> SendOutcome {
        guard let count = hand(frame, from: 0) else { return .refused(.notLive) }
        guard count < frame.count else { return .sent }
        // A frame that is not complete has no effect over there, so all of it still waits.
        rest = frame
        done = count
        keptOwner = owner
        return .queued
    }

    /// Hands over what is kept.
    mutating func flush() {
        guard keptOwner != nil, let count = hand(rest, from: done) else { return }
        done += count
        guard done == rest.count else { return }
        keptOwner = nil
    }

    /// Bytes taken; `nil` when the socket has failed.
    private mutating func hand(_ frame: [UInt8], from start: Int) -> Int? {
        guard failure == nil else { return nil }
        let descriptor = descriptor
        do throws(SystemError) {
            return try frame.withUnsafeBufferPointer { bytes throws(SystemError) -> Int in
                try TCPSocket.send(
                    descriptor, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start...]))
            }
        } catch {
            failure = error
            return nil
        }
    }
}
