import CLinux
import Glibc

/// A thread of our own, for work that may block: what waits on a Dispatch worker takes it from everybody else.
public enum NamedThread {
    /// Carries the body over to the new thread.
    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Runs `body` on a new, detached thread on which the signals of the process are not delivered.
    ///
    /// - Parameters:
    ///   - name: for `ps -T` and debuggers; the kernel keeps 15 bytes.
    ///   - stackBytes: size of its stack.
    /// - Throws: `SystemError` when the kernel gives no thread.
    public static func start(
        _ name: String, stackBytes: Int = 524_288, _ body: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, max(stackBytes, 65_536))
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let start = Unmanaged.passRetained(Start(name, body))
        let code = withSignalsBlocked {
            var thread = pthread_t()
            return pthread_create(
                &thread, &attributes,
                { argument in
                    guard let argument else { return nil }
                    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                    tradingd_name_thread(start.name)
                    start.body()
                    return nil
                }, start.toOpaque())
        }
        guard code == 0 else {
            start.release()
            throw SystemError("pthread_create", name, code: code)
        }
    }

    /// A new thread inherits the mask of the one that makes it.
    private static func withSignalsBlocked<Result>(_ body: () -> Result) -> Result {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        // Faults of the program stay deadly where they happen.
        for signal in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&all, signal) }
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        return body()
    }
}
