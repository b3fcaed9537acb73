import Glibc
import Platform
import TWSProtocol

/// One client's socket and what waits at its two ends; lives on the gateway's queue.
final class ClientConnection {
    /// What became of a connection.
    enum Fate: Equatable {
        /// It goes on.
        case open
        /// The client has gone, or the stream is to be cut.
        case ended
        /// The client does not read.
        case overrun
    }

    /// Bytes taken from the socket at a time; other clients come between.
    private static let readsAtOnce = 4

    let session: SessionID
    var reader = SessionReader()
    private(set) var output: SessionOutput

    private let descriptor: Int32
    private let loop: EventLoop
    private let registration: EventLoop.Registration
    private var hasEnded = false
    /// The client sends no more; what it is owed is still written.
    private var isHalfClosed = false
    /// Requests at hand are being served: the connection must not end between them.
    var isBeingServed = false

    /// Takes over the socket; `close` closes it.
    ///
    /// - Throws: when the kernel cannot watch one more descriptor; the socket is closed then.
    init(
        _ session: SessionID, socket: consuming OwnedDescriptor, bound: OutputBound, loop: EventLoop,
        ready: @escaping EventLoop.Handler
    ) throws(SystemError) {
        registration = try loop.register(socket.number, for: .read, handler: ready)
        descriptor = socket.release()
        self.session = session
        self.loop = loop
        output = SessionOutput(bound)
    }

    /// Takes what the socket has, a few buffers at most.
    ///
    /// - Returns: whether the stream goes on.
    func receive() -> Bool {
        for _ in 0..<Self.readsAtOnce {
            var received = Result<TCPSocket.Received, SystemError>.success(.nothingYet)
            _ = reader.fill { room in
                received = Self.receive(descriptor, room)
                if case .success(.bytes(let count)) = received { return count }
                return 0
            }
            switch received {
            case .success(.bytes): continue
            case .success(.nothingYet): return true
            case .success(.end):
                isHalfClosed = true
                return false
            case .failure:
                hasEnded = true
                return false
            }
        }
        return true
    }

    private static func receive(
        _ descriptor: Int32, _ room: UnsafeMutableRawBufferPointer
    ) -> Result<TCPSocket.Received, SystemError> {
        do throws(SystemError) {
            return .success(try TCPSocket.receive(descriptor, into: room))
        } catch {
            return .failure(error)
        }
    }

    /// Adds what the gateway has to say, and does what it wants done.
    func take(_ effects: [ConnectionEffect], _ bytes: [UInt8], frames: Int, now: UInt64) {
        for effect in effects { perform(effect, now: now) }
        guard !hasEnded else { return }
        output.append(bytes, frames: frames)
    }

    private func perform(_ effect: ConnectionEffect, now: UInt64) {
        switch effect {
        case .finish: output.finish(now: now)
        case .drop: hasEnded = true
        case .reset:
            TCPSocket.resetOnClose(descriptor)
            hasEnded = true
        case .silence(let time): output.silentUntil = now &+ UInt64(max(0, time))
        case .trickle(let time): output.trickleUntil = now &+ UInt64(max(0, time))
        case .hold(let frames): output.hold(frames: frames)
        case .cut(let total): output.cut(after: total)
        case .firehose(let block): output.hose(block)
        }
    }

    /// Gives the socket what it takes, and says whether the connection goes on.
    func flush(now: UInt64) -> Fate {
        if hasEnded { return .ended }
        if isHalfClosed, !isBeingServed, now >= output.silentUntil { output.finish(now: now) }
        do throws(SystemError) {
            var portions = 0
            // A client that takes everything must not keep the queue for itself.
            while portions < 64,
                try output.writePortion(
                    now: now,
                    { bytes throws(SystemError) in
                        try TCPSocket.send(descriptor, bytes)
                    })
            {
                portions += 1
            }
        } catch {
            return .ended
        }
        if output.isCut || (output.isEmpty && output.isFinishing) || output.isLate(now: now) { return .ended }
        if output.isOverrun(now: now) { return .overrun }
        arm(now: now)
        return .open
    }

    /// Listens for what can be done next.
    private func arm(now: UInt64) {
        var interest: EventLoop.Interest = []
        if !isHalfClosed, now >= output.silentUntil, !output.isFinishing { interest.insert(.read) }
        if output.mayWrite(now: now) { interest.insert(.write) }
        loop.setInterest(interest, of: registration)
    }

    /// The peer is gone for good: nothing can be written to it either.
    var isGone: Bool { hasEnded }

    /// When silence ends, in monotonic nanoseconds; `nil` when there is none.
    func silenceEnd(now: UInt64) -> UInt64? { output.silentUntil > now ? output.silentUntil : nil }

    /// When something is to be done though the socket says nothing: silence ends, or patience.
    func nextDeadline(now: UInt64) -> UInt64? {
        [silenceEnd(now: now), output.lateAt, output.overrunAt].compactMap(\.self).min()
    }

    /// Ends the connection. Once only: the descriptor's number may belong to somebody else from now on.
    func close() {
        loop.unregister(registration)
        Glibc.close(descriptor)
    }
}
