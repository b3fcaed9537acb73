import TradingModel

/// What is counted of each strategy: refusals, rejects, orders accepted. Orders by hand are nobody's.
struct StrategyCounts: Sendable {
    struct Counts: Sendable {
        let strategy: StrategyID
        /// Refused by our controls.
        var own: SlidingCount
        /// Rejected by the broker.
        var broker: SlidingCount
        /// Accepted since the session began or it was cleared.
        var accepted = 0
        /// The signal that the newest orders follow, and what they are sized at together.
        var signal: UInt64 = 0
        var sent = Quantity.zero
    }

    private let limits: TripLimits
    /// In the order in which strategies appeared; there are few.
    private(set) var counts: ContiguousArray<Counts> = []

    init(_ limits: TripLimits) { self.limits = limits }

    /// Counts a verdict.
    ///
    /// - Returns: place of the strategy's counts; `nil` for an order by hand.
    mutating func note(_ decision: RiskDecision, at now: Timestamp) -> Int? {
        guard let place = place(decision.request.strategy) else { return nil }
        if decision.approved {
            counts[place].accepted += 1
            follow(decision, &counts[place])
        } else if decision.reasons.first.map(Self.isFault) ?? true {
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

    private func follow(_ decision: RiskDecision, _ counts: inout Counts) {
        let request = decision.request
        guard request.signalSequence != 0 else { return }
        if counts.signal != request.signalSequence {
            counts.signal = request.signalSequence
            counts.sent = .zero
        }
        counts.sent += request.quantity
    }

    /// Whether a refusal says something of the order, not only of the state in which nobody may trade.
    private static func isFault(_ reason: RiskReason) -> Bool {
        switch reason {
        case .auditUnavailable, .killSwitch, .mode, .brokerUnavailable: false
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
            counts[place].accepted = 0
        }
    }
}

extension KillScope {
    /// Whether it names that strategy or everybody.
    fileprivate func includes(_ strategy: StrategyID) -> Bool { self == .all || self == .strategy(strategy) }
}
