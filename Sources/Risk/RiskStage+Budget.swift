import Audit
import TradingModel

/// What is used up of the limits, written down so that the next session goes on from it.
extension RiskStage {
    /// Decisions after which what is used up is written down anew, so that a start need not read more than that.
    static let decisionsPerUse = 1_000
    /// Nanoseconds after which it is where anything has changed, so that what a position has lost is known that late at most.
    static let timePerUse: Int64 = 10_000_000_000

    /// Goes on from what earlier sessions have used up, and tells from now on what is; or an operator goes on without what
    /// is not known of it.
    mutating func carry(_ notice: SystemNotice, _ event: MarketEvent) {
        if notice.detail == BudgetUse.acknowledgement {
            engine.profit.acknowledgeDoubt()
        } else if let use = BudgetUse(text: notice.detail) {
            engine.carry(use)
            trips.carry(use, at: event.receivedAt) { engine.repeats(of: $0) }
        }
        writeUse(event)
    }

    mutating func countTowardsUse() {
        decisionsSinceUse += 1
        guard decisionsSinceUse >= Self.decisionsPerUse, useIsDue.nanoseconds < .max else { return }
        useIsDue = Timestamp(nanoseconds: .min)
    }

    @inline(never)
    mutating func writeUseIfChanged(_ event: MarketEvent) {
        engine.advance(to: event.receivedAt)
        guard decisionsSinceUse == 0, engine.profit.total == writtenResult, event.receivedAt < writtenDayEnd
        else { return writeUse(event) }
        useIsDue = event.receivedAt.advanced(by: Self.timePerUse)
    }

    /// Writes down what all events before this one have used up.
    @inline(never)
    mutating func writeUse(_ event: MarketEvent) {
        let now = event.receivedAt
        engine.advance(to: now)
        decisionsSinceUse = 0
        let use = use(at: now)
        useIsDue = now.advanced(by: Self.timePerUse)
        writtenDayEnd = use.day.advanced(by: ProfitState.day)
        writtenResult = engine.profit.total
        do throws(AuditError) {
            try audit.stage(.riskUse, at: now) { use.write(to: &$0) }
        } catch {
            onAuditFailure(error)
        }
    }

    /// What is used up of the limits.
    public func use(at now: Timestamp) -> BudgetUse {
        var use = engine.use(at: now, strategies: [.manual] + trips.strategies.counts.map(\.strategy))
        use.tripDayLoss = trips.losses.dayLoss(at: now)
        use.tripDrawdown = trips.losses.drawdown
        use.tripped = Array(trips.records)
        return use
    }
}
