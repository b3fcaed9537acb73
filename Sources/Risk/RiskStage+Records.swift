import Audit
import ExactJSON
import TradingModel

/// What the stage writes into the audit trail besides its decisions: commands, changes of limits, trips.
extension RiskStage {
    /// Operator commands are audited where they take effect: in the sequence, before anything follows from them.
    mutating func record(_ notice: SystemNotice, _ event: MarketEvent) {
        let type: AuditLineType
        switch notice.kind {
        case .killSwitchEngaged:
            type = .killSwitchEngage
            if let trip = Trip(actor: notice.actor) { record(trip, "tripped", notice, event) }
        case .killSwitchReleased: type = .killSwitchRelease
        case .armed: type = .modeArm
        case .disarmed: type = .modeDisarm
        case .tripCleared:
            guard let trip = TripClearing(notice)?.trip else { return }
            return record(trip, "cleared", notice, event)
        case .budgetCarried: return carry(notice, event)
        case .positionAdopted: return record(adoption: notice, event)
        case .orderRequested, .cancelRequested: return record(wish: notice, event)
        // With its verdict.
        case .modifyRequested: return
        case .sessionStop: return useIsDue.nanoseconds == .max ? () : writeUse(event)
        // Orders are written down by who follows them.
        case .sessionStart, .auditDurable, .clockRead, .limitsChanged, .orderRestored, .orderUnresolved,
            .brokerLost, .brokerUnreconciled, .brokerReady, .faultRaised, .faultCleared, .shadowBegan,
            .shadowEnded:
            return
        }
        stage(type, event) { notice.writeCommand(to: &$0) }
    }

    /// A limit that operators change: for good, or for a while; or one that by now may not be changed so any more.
    func recordChange(_ notice: SystemNotice, _ event: MarketEvent) {
        guard let change = LimitAssignment(text: notice.detail) else { return }
        let isAllowed = engine.allows(change, at: event.receivedAt)
        stage(change.until == nil ? .riskLimitChange : .riskOverride, event) { json in
            json.key("by")
            json.string(notice.actor)
            json.key("reason")
            json.string(notice.reason)
            json.key("limit")
            json.string(change.name)
            json.key("value")
            json.string(change.value.text)
            if let until = change.until {
                json.key("until")
                json.timestamp(until)
            }
            if !isAllowed {
                json.key("refused")
                json.string("looser_by_now")
            }
        }
    }

    /// A position that counts from now on: whose sum with the executions is what a later session begins with.
    private func record(adoption notice: SystemNotice, _ event: MarketEvent) {
        guard let adopted = AdoptedPosition(notice) else { return }
        stage(.positionAdopt, event) { json in
            json.key("symbol")
            json.string(adopted.symbol.name)
            json.key("change")
            json.quantityText(adopted.change)
            json.key("avg_price")
            if let price = adopted.averagePrice { json.priceText(price) } else { json.null() }
            json.key("origin")
            json.string(adopted.isCarried ? "earlier_session" : "accepted")
            json.key("by")
            json.string(notice.actor)
            json.key("reason")
            json.string(notice.reason)
        }
    }

    /// A trip that has tripped, or counts from nothing again.
    func record(_ trip: Trip, _ state: StaticString, _ notice: SystemNotice, _ event: MarketEvent) {
        stage(.riskTrip, event) { json in
            json.key("trip")
            json.string(trip.name)
            json.key("state")
            json.string(state)
            notice.writeCommand(to: &json)
        }
    }

    /// Writes a line of those members, and the event's number.
    func stage(_ type: AuditLineType, _ event: MarketEvent, _ members: (inout JSONWriter) -> Void) {
        do {
            try audit.stage(type, at: event.receivedAt) { json in
                json.beginObject()
                members(&json)
                json.key("event_seq")
                json.integer(event.sequence)
                json.endObject()
            }
        } catch {
            onAuditFailure(error)
        }
    }
}

extension SystemNotice {
    /// Who has commanded it, why, whom it concerns and how far: members of an object.
    fileprivate func writeCommand(to json: inout JSONWriter) {
        json.key("by")
        json.string(actor)
        json.key("reason")
        json.string(reason)
        json.key("scope")
        json.string(scope.text)
        if let level {
            json.key("level")
            json.string(level.name)
        }
    }
}
