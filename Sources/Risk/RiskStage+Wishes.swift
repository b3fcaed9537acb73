import Audit
import ExactJSON
import Messaging
import TradingModel

/// What operators ask for about orders, in the audit trail where it takes effect: before anything follows from it.
extension RiskStage {
    func record(wish notice: SystemNotice, _ event: MarketEvent) {
        let id = newestWish.flatMap { $0.sequence == event.sequence ? $0.id : nil }
        stage(notice.kind == .orderRequested ? .orderRequest : .orderCancelRequest, event) { json in
            if let id {
                json.key("cid")
                json.orderID(id)
            }
            notice.writeWish(to: &json)
        }
    }
}

/// What became of a change that an operator asked for.
public enum ChangeVerdict: Sendable {
    /// It may be sent.
    case approved(ApprovedChange)
    /// The control that failed.
    case denied(RiskCheck?)
    /// The order cannot be changed so, in words.
    case refused(String)
}

/// Changes of working orders: judged, written down and reserved in one step, like orders.
extension RiskStage {
    /// Decides on a change of an order.
    ///
    /// - Parameters:
    ///   - request: the order as it works now.
    ///   - objection: why the order cannot be changed so whatever risk says; `nil` where it can.
    public mutating func decide(
        _ wish: ChangeWish, of request: OrderRequest?, objection: String?, _ notice: SystemNotice,
        _ event: MarketEvent, quotes: some QuoteSource
    ) -> ChangeVerdict {
        guard let request, objection == nil else {
            let text = objection ?? "no such order"
            stage(.orderReplaceRequest, event) { json in
                notice.writeWish(to: &json)
                json.key("verdict")
                json.string("refused")
                json.key("why")
                json.string(text)
            }
            return .refused(text)
        }
        let modify = ModifyRequest(
            id: request.id, quantity: wish.quantity ?? request.quantity,
            limitPrice: wish.limitPrice ?? request.limitPrice, stopPrice: wish.stopPrice)
        let now = event.receivedAt
        engine.advance(to: now)
        engine.value(request.symbol, by: quotes)
        let decision = engine.evaluate(modify, of: request, now: now, quotes: quotes)
        guard let line = write(decision, notice, event) else {
            engine.isAuditAvailable = false
            return .refused("the audit log is not available")
        }
        guard decision.approved else { return .denied(decision.limits.first { !$0.passed }) }
        engine.reserve(modify, at: engine.floor(decision.request, decision.referencePrice), now: now)
        return .approved(
            ApprovedChange(
                ApprovedOrder(
                    request: decision.request, decisionSequence: event.sequence, auditEntry: line,
                    approvedAt: now, judgedUnder: engine.kills.level(request.strategy, request.symbol))))
    }

    /// - Returns: what the audit log calls the line; `nil` where it could not be written.
    private func write(_ decision: RiskDecision, _ notice: SystemNotice, _ event: MarketEvent) -> UInt64? {
        do throws(AuditError) {
            return try audit.stage(.orderReplaceRequest, at: event.receivedAt) { json in
                json.beginObject()
                notice.writeWish(to: &json)
                json.key("verdict")
                json.string(decision.approved ? "accept" : "deny" as StaticString)
                if let reason = decision.reasons.first {
                    json.key("code")
                    json.string(reason.code)
                }
                json.key("event_seq")
                json.integer(event.sequence)
                json.endObject()
            }
        } catch {
            onAuditFailure(error)
            return nil
        }
    }
}

extension SystemNotice {
    /// Who asks, why, and for what: members of an object.
    fileprivate func writeWish(to json: inout JSONWriter) {
        json.key("by")
        json.string(actor)
        json.key("reason")
        json.string(reason)
        for member in wishMembers {
            json.key(dynamic: member.key)
            json.string(member.value)
        }
    }
}
