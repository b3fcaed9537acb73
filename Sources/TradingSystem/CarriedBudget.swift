import Audit
import Configuration
import Logging
import Platform
import Risk
import TradingModel

/// What earlier sessions of the same profile and mode have used up of the limits, as their audit trail tells it.
struct CarriedBudget: Sendable {
    /// What the session begins with.
    let use: BudgetUse
    /// What is not known of it; `nil` where all is.
    let warning: StartUpWarning?

    /// Bytes of the trail that are searched at most for the newest line that tells everything.
    static let reach = 256 << 20

    /// Reads the trail in `directory`, which must be open: nobody else writes it.
    ///
    /// - Parameter isFirst: whether there cannot have been a session before.
    init(_ settings: Settings, _ mode: Mode, directory: String, isFirst: Bool, at now: Timestamp) {
        let tolerance = mode == .ibkr ? settings.risk.maxClockError ?? 0 : 0
        let isClockGood =
            tolerance <= 0
            || ClockQuality.read().map { $0.isSynchronised && $0.error <= tolerance } ?? false
        self.init(
            limits: RiskLimits(settings, Wiring.instruments(settings)), directory: directory,
            isFirst: isFirst, at: now, isClockGood: isClockGood, keepsPositions: mode == .ibkr)
    }

    /// The same with what is known of the clock.
    ///
    /// - Parameter keepsPositions: whether the venue keeps positions from one session to the next.
    init(
        limits: RiskLimits, directory: String, isFirst: Bool, at now: Timestamp, isClockGood: Bool,
        keepsPositions: Bool = false
    ) {
        var fold = BudgetFold(limits: limits, keepsPositions: keepsPositions)
        var sessions = 0
        do throws(AuditRecentFault) {
            try AuditRecentLines(directory: directory, from: BudgetFold.beginning, within: Self.reach)
                .forEach { type, time, data in
                    if type == .sessionStart || type == .riskUse { sessions += 1 }
                    fold.fold(type, at: time, data)
                }
        } catch {
            use = BudgetUse(at: now)
            warning = Self.warning("nothing of the limits' use is carried over: \(error)")
            return
        }
        guard fold.misunderstood == 0 else {
            use = BudgetUse(at: now)
            warning = Self.warning(
                "nothing of the limits' use is carried over: \(fold.misunderstood) lines of the audit trail "
                    + "are not understood")
            return
        }
        use = fold.carried(at: now, isClockGood: isClockGood)
        if !isFirst && sessions == 0 {
            warning = Self.warning(
                "nothing of the limits' use is carried over: the audit trail knows no earlier session")
        } else if use.isResultUnknown {
            warning = Self.warning(
                "the result of the day is not known: something was traded that the settings do not describe")
        } else {
            warning = nil
        }
    }

    private static func warning(_ text: String) -> StartUpWarning { StartUpWarning(.budget, text) }
}

extension TradingSession {
    /// Tells the sequence what earlier sessions have used up, and what they hold at the broker.
    func begin(with carried: CarriedBudget, _ gate: inout Gate, at time: Timestamp) {
        // First, so that the first line of use has it: from there on nobody reads further back.
        for holding in carried.use.holdings {
            publish(holding.adoption.notice(actor: "startup", reason: "audit trail"), at: time)
        }
        publish(
            SystemNotice(.budgetCarried, actor: "startup", reason: "audit trail", detail: carried.use.text),
            at: time)
        guard let warning = carried.warning else { return }
        gate.standingWarnings.append(warning)
        log.warning("\(warning.text)")
    }
}
