import Dispatch
import Glibc
import Platform

/// One connected client: its socket, its sources and its state. Lives on the control queue.
final class ClientConnection {
    let id: UInt64
    /// The role changes when the rules are loaded anew.
    var caller: Caller
    var state: ClientState
    /// A further turn is queued; nothing is read until it has come.
    var isTurnScheduled = false

    private let descriptor: Int32
    private let reader: SwitchableSource
    private let writer: SwitchableSource

    /// - Parameter descriptor: non-blocking; closed by `close`.
    init(
        id: UInt64, descriptor: Int32, caller: Caller, state: ClientState, queue: DispatchQueue,
        readable: @escaping () -> Void, writable: @escaping () -> Void
    ) {
        self.id = id
        self.caller = caller
        self.state = state
        self.descriptor = descriptor
        reader = SwitchableSource(
            DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue), handler: readable)
        writer = SwitchableSource(
            DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: queue), handler: writable)
    }

    /// Listens for what the state waits for.
    func arm() {
        reader.switch(on: state.wantsToRead && !isTurnScheduled)
        writer.switch(on: state.unsentBytes > 0)
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

    /// Ends the connection; `completion` runs on the queue when the socket is closed.
    func close(completion: @escaping () -> Void) {
        let descriptor = descriptor
        let writer = writer
        // Only when neither source watches it any more may the descriptor's number be used again.
        reader.cancel {
            writer.cancel {
                Glibc.close(descriptor)
                completion()
            }
        }
    }
}
