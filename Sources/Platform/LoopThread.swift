import CLinux
import Glibc

/// The thread of an event loop: blocks every signal, has a name, can be joined by several.
final class LoopThread: Sendable {
    private struct Life {
        var handle: pthread_t?
        var hasEnded = true
    }

    /// What the new thread needs; handed over once.
    private final class Start: Sendable {
        let name: String
        let isHurried: Bool
        let body: @Sendable () -> Void

        init(_ name: String, isHurried: Bool, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.isHurried = isHurried
            self.body = body
        }
    }

    private let life = Locked(Life())

    deinit {
        // The last owner may be the thread itself, which cannot join.
        if let handle = life.withLock({ $0.handle }) { pthread_detach(handle) }
    }

    /// Niceness of a thread that is to run soon after it wakes, where the kernel allows it.
    private static let hurriedNiceness: Int32 = -15
    /// Nanoseconds of its time slice: the shorter, the sooner its turn comes.
    private static let hurriedSlice: UInt64 = 100_000

    /// Runs `body` on a new thread, which keeps what `body` holds until it ends. Once only.
    ///
    /// - Parameter isHurried: whether the kernel is asked to run it soon after it wakes; it may refuse.
    func start(
        name: String, isHurried: Bool = false, _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        let code = life.withLock { life -> Int32 in
            var handle = pthread_t()
            let start = Start(name, isHurried: isHurried) {
                body()
                self.life.withLockNotifying { $0.hasEnded = true }
            }
            let code = Self.create(&handle, start)
            if code == 0 { life = Life(handle: handle, hasEnded: false) }
            return code
        }
        guard code == 0 else { throw SystemError("pthread_create", name, code: code) }
    }

    /// Waits until the thread has ended; at once when it was never started.
    func join() {
        _ = life.wait { $0.hasEnded ? true : nil }
        let handle = life.withLock { life in
            defer { life.handle = nil }
            return life.handle
        }
        if let handle { pthread_join(handle, nil) }
    }

    /// The new thread inherits the mask: signals go to those who wait for them.
    private static func create(_ handle: inout pthread_t, _ start: Start) -> Int32 {
        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        let argument = Unmanaged.passRetained(start)
        let code = pthread_create(
            &handle, nil,
            { argument in
                if let argument { LoopThread.run(Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()) }
                return nil
            }, argument.toOpaque())
        if code != 0 { argument.release() }
        return code
    }

    private static func run(_ start: Start) {
        _ = String(start.name.prefix(15)).withCString(tradingd_name_thread)
        if start.isHurried { _ = tradingd_hurry_thread(hurriedNiceness, hurriedSlice) }
        start.body()
    }
}
