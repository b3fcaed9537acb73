import Dispatch
import Glibc
import Logging
import Platform
import Synchronization
import Systemd

/// Where log lines go: taken from any thread in a short lock, written on a queue of their own.
///
/// A reader that stalls costs lines, the oldest first, never a caller's time; the loss is counted, and
/// reported as a line of its own before the lines that survived.
public final class LogSink: Sendable {
    /// What lines are written to; one of the two, never both.
    public enum Destination: Sendable {
        /// JSON, one object a line, to a file descriptor that stays open.
        case stream(Int32)
        /// Records with fields; the closure says whether the record was taken.
        case journal(@Sendable (Journal.Record) -> Bool)

        /// The journal when systemd connected standard output or standard error to it, else standard output.
        public static func standard(_ services: ServiceManager) -> Destination {
            services.isJournalStream ? .journal(sendToJournal) : .stream(STDOUT_FILENO)
        }

        private static func sendToJournal(_ record: Journal.Record) -> Bool {
            do throws(SystemError) {
                try Journal.send(record)
                return true
            } catch {
                return false
            }
        }
    }

    private struct State {
        var ring: LogRing
        var isDraining = false
    }

    private let state: Locked<State>
    private let output: LogOutput
    private let queue: DispatchQueue
    private let levelIndex: Atomic<Int>
    private let dropped = Atomic<UInt64>(0)
    let encoder: LogEncoder

    /// A sink that holds at most so many lines and bytes until they are written.
    ///
    /// - Parameters:
    ///   - environment: the profile: `env` of each line.
    ///   - processID: `pid` of each line.
    ///   - level: lines below it are not taken.
    ///   - queue: serial, `tradingd.telemetry`.
    public init(
        _ destination: Destination, environment: String, processID: Int32 = getpid(),
        level: Logger.Level = .info, maximumLines: Int = 8_192, maximumBytes: Int = 4 << 20,
        queue: DispatchQueue
    ) {
        state = Locked(State(ring: LogRing(maximumLines: maximumLines, maximumBytes: maximumBytes)))
        output = LogOutput(destination)
        encoder = LogEncoder(destination, environment: environment, processID: processID)
        levelIndex = Atomic(level.index)
        self.queue = queue
    }

    /// Lines below this are not taken. May be changed at any time, from any thread.
    public var level: Logger.Level {
        get { Logger.Level.ascending[levelIndex.load(ordering: .relaxed)] }
        set { levelIndex.store(newValue.index, ordering: .relaxed) }
    }

    /// Lines dropped because they were not written in time, since the start.
    public var droppedLines: UInt64 { dropped.load(ordering: .relaxed) }

    /// Lines that the stream or the journal refused, since the start.
    public var refusedLines: UInt64 { output.refusedLines }

    /// Waits until every line taken so far is written or refused. Not on the sink's own queue.
    ///
    /// - Returns: false when the time is over first.
    @discardableResult
    public func flush(timeout: Duration = .seconds(2)) -> Bool {
        let (seconds, attoseconds) = timeout.components
        let wait = UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds)) / 1_000_000_000
        return state.wait(until: MonotonicClock.now() + wait) { $0.isDraining ? nil : true } ?? false
    }

    /// Takes a line.
    func take(_ entry: LogEntry) {
        let starts = state.withLock { state in
            let lost = state.ring.push(entry)
            if lost > 0 { dropped.wrappingAdd(UInt64(lost), ordering: .relaxed) }
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if starts { queue.async { self.drain() } }
    }

    private func drain() {
        while let (lost, entries) = nextBatch() {
            if lost > 0 { output.write([encoder.lossEntry(lines: lost)]) }
            output.write(entries)
        }
    }

    private func nextBatch() -> (lost: UInt64, entries: [LogEntry])? {
        state.withLockNotifying { state in
            guard state.ring.count > 0 else {
                state.isDraining = false
                return nil
            }
            return state.ring.take(limit: 256)
        }
    }
}

extension Logger.Level {
    /// All levels, made once: `allCases` would allocate for each question.
    static let ascending = allCases

    /// Position in `ascending`.
    var index: Int { Self.ascending.firstIndex(of: self) ?? 0 }
}
