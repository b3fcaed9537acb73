import TradingModel

/// Calling for kills, and beginning anew once somebody has cleared a trip.
extension TripMonitor {
    /// Calls for a kill, and remembers that it did: also where one as strict of that scope holds already, whoever wanted it,
    /// for that one may be released without a look at this.
    mutating func trip(
        _ trip: Trip, _ scope: KillScope, _ level: KillLevel? = nil, at now: Timestamp,
        _ reason: (TripMonitor) -> String
    ) {
        let level = level ?? trip.rule.level
        let isHeld = isHeld(scope, level)
        guard !isHeld || !isRecorded(trip, scope, level) else { return }
        let finding = TripFinding(
            trip: trip, scope: scope, level: level, reason: reason(self), isHeld: isHeld)
        kills.engage(finding.latch)
        findings.append(finding)
        record(finding, now)
    }

    mutating func record(_ finding: TripFinding, _ now: Timestamp) {
        records.note(
            TripRecord(
                trip: finding.trip, scope: finding.scope, level: finding.level, since: now,
                reason: finding.reason))
    }

    /// A trip counts from nothing; the kill is released separately.
    mutating func clear(_ trip: Trip, _ scope: KillScope, at now: Timestamp) {
        records.removeAll { $0.trip == trip && (scope == .all || $0.scope == scope) }
        switch trip {
        case .dayLoss, .drawdown: losses.clear(trip)
        case .rejectStorm: strategies.clearRejects(scope)
        case .repetition: strategies.clearAccepted(scope)
        case .orderRate:
            burst.reset()
            minute.reset()
        case .unknownExecution: unknownExecutions = 0
        case .childParent: excesses = 0
        case .clock: clock.clear()
        case .velocity: velocity.clear(scope)
        // What these look at is a state, not a count.
        case .staleFeed, .disconnect, .drift, .audit, .latency, .internal: break
        }
    }
}
