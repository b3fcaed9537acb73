import Benchmarking
import Glibc
import Platform
import Synchronization

/// A thread that waits for a byte and says when it came: what a wake-up costs on this machine at this moment.
final class EchoThread: Sendable {
    private let near: Int32
    private let far: Int32
    private let woken = Atomic<UInt64>(0)

    init() throws {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw SystemError("socketpair", "echo")
        }
        (near, far) = (ends[0], ends[1])
        try NamedThread.start("echo") { [self] in
            var byte: UInt8 = 0
            while read(far, &byte, 1) == 1 {
                woken.store(MonotonicClock.now(), ordering: .relaxed)
                guard write(far, &byte, 1) == 1 else { return }
            }
        }
    }

    /// Ends the thread.
    func end() { shutdown(near, Int32(SHUT_RDWR)) }

    /// Nanoseconds from a write until the thread has read it.
    func wake() throws -> UInt64 {
        var byte: UInt8 = 1
        let sentAt = MonotonicClock.now()
        guard write(near, &byte, 1) == 1, read(near, &byte, 1) == 1 else {
            throw SystemError("write", "echo")
        }
        return woken.load(ordering: .relaxed) - sentAt
    }
}
