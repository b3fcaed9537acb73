import Audit
import Blotter
import Dispatch
import ExactJSON
import Logging
import Platform

/// Keeps the blotter of a session behind its audit trail, on a queue of its own. The decision path knows nothing of it: a
/// store that is locked, damaged or on a full disk stops nothing, is told of, and catches up once it can.
final class BlotterKeeper: Sendable {
    private struct State {
        var store: BlotterStore?
        /// Whether the store was begun anew when it was opened: then what does not fit is the trail's own.
        var isNew = false
        var sequel: AuditSequel?
        var report = Report()
        /// When it is tried again after a fault, in the time of the monotonic clock.
        var retryAt: UInt64 = 0
        var retries = 0
        var isFinished = false
    }

    /// How the store stands.
    struct Report: Sendable {
        /// The audit line it has taken last.
        var line: UInt64 = 0
        /// What keeps it from being written; `nil` while nothing does.
        var fault: String?
        /// Faults since the session began.
        var faults = 0
        /// Times it was made anew from the trail.
        var rebuilds = 0
        /// Lines that could not be understood.
        var misunderstood = 0
    }

    /// Where the store is.
    let path: String
    private let directory: String
    private let head: @Sendable () -> UInt64
    private let state = Locked(State())
    private let reported = Locked(Report())
    private let queue: DispatchQueue
    private let timer: Locked<any DispatchSourceTimer>
    private let log = Logger(label: "tradingd.blotter")

    /// Milliseconds between two looks at the trail: what comes meanwhile is one transaction.
    private static let interval = 250

    convenience init(_ session: TradingSession, queue: DispatchQueue) {
        self.init(
            path: session.paths.blotter, trail: session.paths.audit,
            head: { [audit = session.audit] in audit.head.sequence }, queue: queue)
    }

    /// - Parameters:
    ///   - directory: of the audit trail.
    ///   - head: number of its newest line.
    init(
        path: String, trail directory: String, head: @escaping @Sendable () -> UInt64, queue: DispatchQueue
    ) {
        self.path = path
        self.directory = directory
        self.head = head
        self.queue = queue
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now(), repeating: .milliseconds(Self.interval))
        self.timer = Locked(timer)
        self.timer.withLock { timer in
            timer.setEventHandler { [weak self] in self?.look() }
            timer.activate()
        }
    }

    deinit { timer.withLock { $0.cancel() } }

    /// How the store stands; waits for nothing.
    var report: Report { reported.withLock { $0 } }

    /// Lines of the trail that it lacks.
    var behind: UInt64 {
        let head = head(), line = report.line
        return head > line ? head - line : 0
    }

    /// Takes the last lines of the trail and closes the file.
    func finish() {
        timer.withLock { $0.cancel() }
        queue.sync {
            state.withLock { state in
                guard !state.isFinished else { return }
                state.retryAt = 0
                catchUp(&state)
                if let store = state.store {
                    note(Result { () throws(BlotterError) in try store.settle() }, &state)
                }
                state.store = nil
                state.isFinished = true
            }
        }
    }

    /// Writes `file line behind ok fault faults rebuilds misunderstood`.
    func write(to json: inout JSONWriter) {
        let report = report
        json.beginObject()
        json.key("file")
        json.string(path)
        json.key("line")
        json.integer(report.line)
        json.key("behind")
        json.integer(behind)
        json.key("ok")
        json.bool(report.fault == nil)
        json.key("fault")
        if let fault = report.fault { json.string(fault) } else { json.null() }
        json.key("faults")
        json.integer(report.faults)
        json.key("rebuilds")
        json.integer(report.rebuilds)
        json.key("misunderstood")
        json.integer(report.misunderstood)
        json.endObject()
    }

    // MARK: Work

    private func look() {
        state.withLock { state in
            guard !state.isFinished, MonotonicClock.now() >= state.retryAt else { return }
            guard state.store == nil || head() > state.report.line else { return }
            catchUp(&state)
        }
    }

    private func catchUp(_ state: inout State) {
        note(Result { () throws(BlotterError) in try takeAll(&state) }, &state)
        state.report.line = state.store?.line ?? state.report.line
        state.report.misunderstood = state.store?.misunderstood ?? state.report.misunderstood
        let report = state.report
        reported.withLock { $0 = report }
    }

    private func takeAll(_ state: inout State) throws(BlotterError) {
        if state.store == nil {
            let (store, damage) = try BlotterFile.open(path)
            if let damage { tellRebuild(damage, &state) }
            state.sequel = store.sequel(of: directory)
            state.store = store
            state.isNew = store.line == 0
        }
        guard var sequel = state.sequel else { return }
        while true {
            let isDone: Bool
            do throws(BlotterError) {
                isDone = try state.store?.catchUp(&sequel) ?? true
            } catch {
                // It is opened again: what is wrong with it may be another thing then.
                state.store = nil
                guard error.needsRebuild, !state.isNew else { throw error }
                try BlotterFile.setAside(path)
                tellRebuild(error.description, &state)
                throw error
            }
            state.sequel = sequel
            if isDone { return }
        }
    }

    private func tellRebuild(_ reason: String, _ state: inout State) {
        state.report.rebuilds += 1
        log.warning(
            "Blotter is made anew from the audit trail",
            metadata: ["file": "\(path)", "reason": "\(reason)"])
    }

    /// Tells a fault once, and when it is over; tries again after a second, then less and less often.
    private func note(_ result: Result<Void, BlotterError>, _ state: inout State) {
        switch result {
        case .success:
            if state.report.fault != nil {
                log.notice("Blotter is written again", metadata: ["file": "\(path)"])
            }
            state.report.fault = nil
            state.retries = 0
        case .failure(let error):
            let text = error.description
            if state.report.fault != text {
                log.error("Blotter is not written; trading goes on", metadata: ["reason": "\(text)"])
            }
            state.report.fault = text
            state.report.faults += 1
            state.retries = min(state.retries + 1, 6)
            state.retryAt = MonotonicClock.now() + (500_000_000 << UInt64(state.retries))
        }
    }
}
