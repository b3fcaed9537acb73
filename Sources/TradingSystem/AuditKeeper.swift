import Audit
import Configuration
import Dispatch
import Logging
import Platform
import TradingModel

/// What the audit log of the session at work needs from time to time: checkpoints for lines that wait, compression, the end
/// of what need not be kept.
struct AuditKeeper {
    private let signing: any DispatchSourceTimer
    private let tidying: any DispatchSourceTimer

    /// Looks every second for lines without checkpoint, and every minute for closed segments.
    ///
    /// - Parameters:
    ///   - settings: what is kept and how.
    ///   - session: the session at work; replays are left alone.
    init(_ settings: Settings, session: @escaping @Sendable () -> TradingSession?) {
        let live: @Sendable () -> TradingSession? = { session().flatMap { $0.mode == .replay ? nil : $0 } }
        signing = Self.timer("tradingd.audit.signing", every: 1) {
            live()?.audit.checkpointIfDue(at: UTCClock.now())
        }
        let last = Locked<(directory: String, segment: Int)?>(nil)
        tidying = Self.timer("tradingd.audit.tidying", every: 60) {
            guard let session = live() else { return }
            let place = (directory: session.paths.audit, segment: session.audit.segment.number)
            // Retention looks every time, compression after each new segment: both in one pass, as they are cheap when idle.
            let isNew = last.withLock { last in
                defer { last = place }
                return last.map { $0 != place } ?? true
            }
            if isNew || settings.audit.retentionDays > 0 {
                Self.tidy(settings, place.directory, place.segment)
            }
        }
    }

    /// No more looking.
    func end() {
        signing.cancel()
        tidying.cancel()
    }

    private static func timer(
        _ label: String, every seconds: Int, _ body: @escaping @Sendable () -> Void
    ) -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: label, qos: .utility))
        timer.schedule(deadline: .now() + .seconds(1), repeating: .seconds(seconds))
        timer.setEventHandler(handler: body)
        timer.activate()
        return timer
    }

    private static func tidy(_ settings: Settings, _ directory: String, _ segment: Int) {
        let log = Logger(label: "tradingd.audit")
        let retention = AuditRetention(
            directory: directory, compresses: settings.audit.compress, days: settings.audit.retentionDays)
        do throws(SystemError) {
            let report = try retention.run(current: segment, now: UTCClock.now())
            for name in report.compressed { log.info("Segment compressed", metadata: ["file": "\(name)"]) }
            for name in report.deleted { log.notice("Segment deleted", metadata: ["file": "\(name)"]) }
        } catch {
            log.error("Audit segments not tidied", metadata: ["reason": "\(error)"])
        }
    }
}
