import Glibc
import Logging
import Platform
import Systemd

/// Where log lines go: taken from any thread in a short lock, written on a thread of their own.
///
/// A reader that stalls costs lines, the oldest first, never a caller's time, nor a Dispatch worker's; the loss is
/// counted, and reported as a line of its own before the lines that survived.
public final class LogSink: Sendable {
    /// What lines are written to; one of the two, never both.
    public enum Destination: Sendable {
        /// JSON, one object a line, to a file descriptor that stays open.
        case stream(Int32)
        /// Records with fields.
        case journal(any Journal.Connection)

        /// The journal when systemd connected standard output or standard error to it, else standard output.
        public static func standard(_ services: ServiceManager) -> Destination {
            services.isJournalStream ? .journal(JournalSocket()) : .stream(STDOUT_FILENO)
        }
    }

    /// The level for all, and for each component.
    public let levels: LogLevels
    let encoder: LogEncoder
    private let writer: LogWriter

    /// A sink that holds at most so many lines and bytes until they are written.
    ///
    /// - Parameters:
    ///   - environment: the profile: `env` of each line.
    ///   - processID: `pid` of each line.
    ///   - levels: lines below them are not taken.
    /// - Throws: `SystemError` when the kernel gives no thread.
    public init(
        _ destination: Destination, environment: String, processID: Int32 = getpid(),
        levels: LogLevels = LogLevels(), maximumLines: Int = 8_192, maximumBytes: Int = 4 << 20
    ) throws(SystemError) {
        self.levels = levels
        encoder = LogEncoder(destination, environment: environment, processID: processID)
        let writer = LogWriter(
            LogOutput(destination), ring: LogRing(maximumLines: maximumLines, maximumBytes: maximumBytes),
            encoder: encoder)
        self.writer = writer
        try NamedThread.start("tradingd-log") { writer.run() }
    }

    deinit { writer.close() }

    /// Lines of components without a level of their own are not taken below this.
    public var level: Logger.Level {
        get { levels.standard }
        set { levels.standard = newValue }
    }

    /// Lines dropped because they were not written in time, since the start.
    public var droppedLines: UInt64 { writer.droppedLines }

    /// Lines that the stream or the journal refused, since the start.
    public var refusedLines: UInt64 { writer.refusedLines }

    /// Waits until every line taken so far is written or refused.
    ///
    /// - Returns: false when the time is over first.
    @discardableResult
    public func flush(timeout: Duration = .seconds(2)) -> Bool {
        let (seconds, attoseconds) = timeout.components
        let wait = UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds)) / 1_000_000_000
        return writer.flush(until: MonotonicClock.now() + wait)
    }

    /// Takes a line.
    func take(_ entry: LogEntry) { writer.take(entry) }
}
