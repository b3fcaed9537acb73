import Dispatch
import Glibc
import Systemd

/// The signal that engages, while the process starts.
public enum KillSignal {
    /// Holds it back until it can be handled; for the thread that starts all others.
    public static func hold() { change(SIG_BLOCK) }

    /// Lets it through again.
    static func letThrough() { change(SIG_UNBLOCK) }

    /// Whether one has come meanwhile.
    static var hasCome: Bool {
        var pending = sigset_t()
        return sigpending(&pending) == 0 && sigismember(&pending, SIGUSR2) == 1
    }

    private static func change(_ how: Int32) {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGUSR2)
        pthread_sigmask(how, &signals, nil)
    }
}

/// Signals of the process, handled on a queue: TERM and INT end it, USR2 engages the kill switch, HUP, PIPE and XFSZ do nothing.
struct SignalSources {
    private let sources: [any DispatchSourceSignal]

    init(
        queue: DispatchQueue, stop: @escaping @Sendable (String) -> Void,
        engage: @escaping @Sendable () -> Void
    ) {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        // A file that reached its limit is a failed write, which is handled, not the end.
        signal(SIGXFSZ, SIG_IGN)
        // To be ignored drops what is held back.
        let isKilled = KillSignal.hasCome
        sources = [
            Self.source(SIGTERM, queue) { stop("SIGTERM") }, Self.source(SIGINT, queue) { stop("SIGINT") },
            Self.source(SIGUSR2, queue, engage),
        ]
        KillSignal.letThrough()
        if isKilled { engage() }
    }

    private static func source(
        _ number: Int32, _ queue: DispatchQueue, _ handler: @escaping @Sendable () -> Void
    ) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler(handler: handler)
        source.activate()
        return source
    }

    /// From now on TERM and INT end the process at once, as they do anywhere else.
    func cancel() {
        for source in sources { source.cancel() }
        signal(SIGTERM, SIG_DFL)
        signal(SIGINT, SIG_DFL)
    }
}

/// Feeds systemd's watchdog three times in its interval, each time after progress has been proved.
struct Watchdog {
    private let timer: (any DispatchSourceTimer)?

    /// - Parameter prove: blocks while there is no progress; then tells systemd.
    init(_ services: ServiceManager, queue: DispatchQueue, prove: @escaping @Sendable () -> Void) {
        guard let interval = services.watchdogInterval else {
            timer = nil
            return
        }
        let (seconds, attoseconds) = interval.components
        let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now(), repeating: .nanoseconds(max(nanoseconds / 3, 1_000_000)))
        timer.setEventHandler(handler: prove)
        timer.activate()
        self.timer = timer
    }

    func cancel() { timer?.cancel() }
}
