import Dispatch
import Glibc
import Platform
import Testing

/// Two connected sockets: `near` is watched, `far` is the other side.
struct SocketPair {
    let near: Int32
    let far: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemError("socketpair", "test") }
        near = ends[0]
        far = ends[1]
    }

    /// Makes `near` readable.
    func poke() { _ = Glibc.send(far, "x", 1, Int32(MSG_NOSIGNAL)) }

    /// Takes one byte.
    static func take(_ descriptor: Int32) {
        var byte: UInt8 = 0
        _ = recv(descriptor, &byte, 1, 0)
    }
}

/// A loop whose next batch a test can put together.
final class EventLoopRig: Sendable {
    let queue = DispatchQueue(label: "test.loop")
    let loop: EventLoop
    /// What handlers noted, in their order.
    let calls = Locked<[String]>([])
    private let gate: SocketPair
    private let works = Locked<[@Sendable () -> Void]>([])

    init() throws {
        loop = try EventLoop(name: "a name of more than fifteen bytes", queue: queue)
        gate = try SocketPair()
        let (gate, works, calls) = (gate, works, calls)
        _ = try watch(gate.near) { _ in
            SocketPair.take(gate.near)
            let next = works.withLock { $0 }
            for work in next { work() }
            works.withLock { $0.removeFirst(next.count) }
            calls.withLockNotifying { $0.append("gate") }
        }
    }

    deinit {
        loop.stop()
        loop.join()
        close(gate.near)
        close(gate.far)
    }

    func watch(
        _ descriptor: Int32, for interest: EventLoop.Interest = .read,
        _ handler: @escaping @Sendable (EventLoop.Interest) -> Void
    ) throws -> EventLoop.Registration {
        try queue.sync { try loop.register(descriptor, for: interest, handler: handler) }
    }

    /// Runs `work` in a handler: what it makes ready is found together, in the next batch. Returns after that batch,
    /// in which the gate may be heard before the others, so that a third round is needed.
    func prepareBatch(_ work: @escaping @Sendable () -> Void) {
        round(work)
        round {}
        round {}
    }

    func note(_ call: String) { calls.withLockNotifying { $0.append(call) } }

    /// How often `call` was noted.
    func count(_ call: String) -> Int { calls.withLock { $0.count { $0 == call } } }

    /// Waits for the `times`th note of `call`; false after 30 s, for broken code only.
    func waits(for call: String, times: Int = 1) -> Bool {
        calls.wait(until: MonotonicClock.now() + 30_000_000_000) { calls in
            calls.count { $0 == call } >= times ? true : nil
        } ?? false
    }

    private func round(_ work: @escaping @Sendable () -> Void) {
        let before = count("gate")
        works.withLock { $0.append(work) }
        gate.poke()
        #expect(waits(for: "gate", times: before + 1))
    }
}
