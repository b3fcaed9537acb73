import TradingModel

/// What is counted of each strategy: refusals, rejects, orders accepted. Orders by hand are nobody's.
struct StrategyCounts: Sendable {
    struct Counts: Sendable {
        let strategy: StrategyID
        /// Refused by our controls.
        var own: SlidingCount
        /// Rejected by the broker.
        var broker: SlidingCount
        /// Orders accepted, of those that may be.
        var repeats = Repeats()
    }

    private let limits: TripLimits
    /// In the order in which strategies appeared; there are few.
    private(set) var counts: ContiguousArray<Counts> = []

    init(_ limits: TripLimits) { self.limits = limits }

    /// Counts a verdict.
    ///
    /// - Returns: place of the strategy's counts; `nil` for an order by hand.
    mutating func note(_ decision: RiskDecision, repeats: Repeats, at now: Timestamp) -> Int? {
        guard let place = place(decision.request.strategy) else { return nil }
        counts[place].repeats = repeats
        if !decision.approved, decision.reasons.first.map(Self.isFault) ?? true {
            counts[place].own.note(at: now)
        }
        return place
    }

    /// Counts a reject of the broker.
    mutating func reject(_ strategy: StrategyID, at now: Timestamp) -> Int? {
        guard let place = place(strategy) else { return nil }
        counts[place].broker.note(at: now)
        return place
    }

    /// Takes over what orders may be accepted, of the strategies that are known.
    mutating func renew(_ repeats: (StrategyID) -> Repeats) {
        for place in counts.indices { counts[place].repeats = repeats(counts[place].strategy) }
    }

    /// Counts a strategy of which nothing was seen yet.
    mutating func adopt(_ strategy: StrategyID) { _ = place(strategy) }

    /// Whether a refusal says something of the order, not only of the state in which nobody may trade.
    private static func isFault(_ reason: RiskReason) -> Bool {
        switch reason {
        case .auditUnavailable, .killSwitch, .mode, .notReconciled, .brokerDown, .orderUnresolved, .clock,
            .symbolHalted, .session:
            false
        default: true
        }
    }

    private mutating func place(_ strategy: StrategyID) -> Int? {
        guard strategy != .manual else { return nil }
        if let place = counts.firstIndex(where: { $0.strategy == strategy }) { return place }
        counts.append(
            Counts(
                strategy: strategy, own: SlidingCount(limit: limits.ownRejects, within: limits.rejectWindow),
                broker: SlidingCount(limit: limits.brokerRejects, within: limits.rejectWindow)))
        return counts.count - 1
    }

    /// Lets rejects count from nothing.
    mutating func clearRejects(_ scope: KillScope) {
        for place in counts.indices where scope.includes(counts[place].strategy) {
            counts[place].own.reset()
            counts[place].broker.reset()
        }
    }

    /// Lets accepted orders count from nothing.
    mutating func clearAccepted(_ scope: KillScope) {
        for place in counts.indices where scope.includes(counts[place].strategy) {
            counts[place].repeats.done = 0
        }
    }
}

extension KillScope {
    /// Whether it names that strategy or everybody.
    fileprivate func includes(_ strategy: StrategyID) -> Bool { self == .all || self == .strategy(strategy) }
}
