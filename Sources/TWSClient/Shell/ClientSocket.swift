import Glibc
import Platform

/// The socket of one attempt; lives on the client's queue, and closes itself.
struct ClientSocket: ~Copyable {
    private let descriptor: OwnedDescriptor
    private let loop: EventLoop
    private let registration: EventLoop.Registration

    /// Begins to connect.
    init(
        _ address: String, port: UInt16, loop: EventLoop, ready: @escaping EventLoop.Handler
    ) throws(SystemError) {
        let descriptor = try TCPSocket.connect(host: address, port: port)
        registration = try loop.register(descriptor.number, for: .write, handler: ready)
        self.descriptor = descriptor
        self.loop = loop
    }

    deinit { loop.unregister(registration) }

    /// Its number, for the lane; good as long as this value lives.
    var number: Int32 { descriptor.number }

    /// How the attempt to connect ended.
    func connectionError(to peer: String) -> SystemError? {
        TCPSocket.connectionError(descriptor.number, to: peer)
    }

    /// Waits for bytes, and for room to write where something waits for it.
    func listen(wantsToWrite: Bool) {
        loop.setInterest(wantsToWrite ? [.read, .write] : .read, of: registration)
    }

    /// Sends the first bytes, which a new socket always has room for.
    func greet(_ bytes: [UInt8]) throws(SystemError) {
        var outcome = Result<Int, SystemError>.success(0)
        bytes.withUnsafeBytes { buffer in
            do throws(SystemError) {
                outcome = .success(try TCPSocket.send(descriptor.number, buffer))
            } catch {
                outcome = .failure(error)
            }
        }
        guard try outcome.get() == bytes.count else {
            throw SystemError("send", "gateway", code: ENOBUFS)
        }
    }
}
