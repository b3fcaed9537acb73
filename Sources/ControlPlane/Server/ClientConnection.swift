import Glibc
import Platform

/// One connected client: its socket, its place in the event loop and its state. Lives on the control queue.
final class ClientConnection {
    let id: UInt64
    /// The role changes when the rules are loaded anew.
    var caller: Caller
    var state: ClientState
    /// A further turn is to come; who is not urgent is not read from until then.
    var isTurnScheduled = false
    /// Read from before others, because it may engage the kill switch. Stays as it was when the client connected: who may
    /// engage since the rules were loaded anew is urgent once connected anew.
    let isUrgent: Bool

    private let descriptor: Int32
    private let loop: EventLoop
    private let registration: EventLoop.Registration

    /// Takes over the socket; `close` closes it.
    ///
    /// - Throws: when the kernel cannot watch one more descriptor; the socket is closed then.
    init(
        id: UInt64, socket: consuming OwnedDescriptor, caller: Caller, state: ClientState, isUrgent: Bool,
        loop: EventLoop, ready: @escaping EventLoop.Handler
    ) throws(SystemError) {
        registration = try loop.register(
            socket.number, for: .read, isUrgent: isUrgent, handler: ready)
        descriptor = socket.release()
        self.id = id
        self.isUrgent = isUrgent
        self.caller = caller
        self.state = state
        self.loop = loop
    }

    /// Listens for what the state waits for.
    func arm() {
        var interest: EventLoop.Interest = []
        if state.wantsToRead && (isUrgent || !isTurnScheduled) { interest.insert(.read) }
        // Room for lines that waited may have been made outside of the loop's turns: it calls as soon as it may.
        if state.unsentBytes > 0 || state.mayServeOn && !isTurnScheduled { interest.insert(.write) }
        loop.setInterest(interest, of: registration)
    }

    /// Asks for a turn, unless one is to come anyway. Within a handler of the loop only.
    ///
    /// - Parameter delay: nanoseconds before which it does not come.
    func askForTurn(after delay: UInt64 = 0) {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        loop.askAgain(registration, after: delay)
    }

    /// Takes what the socket has, at most one buffer.
    func receive(into buffer: inout [UInt8], now: UInt64) throws(SystemError) {
        switch try UnixSocket.receive(descriptor, into: &buffer) {
        case .bytes(let count): state.received(buffer[..<count], now: now)
        case .nothingYet: break
        case .end: state.ended()
        }
    }

    /// Gives the socket what it takes.
    func flush(now: UInt64) throws(SystemError) {
        while state.unsentBytes > 0 {
            let count = try UnixSocket.send(descriptor, state.output[state.sent...])
            if count == 0 { return }
            state.wrote(count, now: now)
        }
    }

    /// Ends the connection. Once only: the descriptor's number may belong to somebody else from now on.
    func close() {
        loop.unregister(registration)
        Glibc.close(descriptor)
    }
}
