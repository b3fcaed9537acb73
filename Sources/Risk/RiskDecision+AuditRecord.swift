import Audit
import ExactJSON
import TradingModel

extension RiskDecision {
    /// `order.intent` for an approval, `order.deny` otherwise.
    public var auditLineType: AuditLineType { approved ? .orderIntent : .orderDeny }

    /// The data of its audit line, the same whenever it is written; prices, quantities and money are strings.
    ///
    /// What led to the request stands beside it, so that the line can be computed again from itself. `docs/audit-format.md`
    /// lists the members.
    /// - Parameters:
    ///   - sequence: number of the decision's event.
    ///   - now: time of the decision.
    ///   - configHash: hash of the settings it depends on.
    public func writeRecord(
        sequence: UInt64, at now: Timestamp, configHash: String, to json: inout JSONWriter
    ) {
        json.beginObject()
        writeRequest(to: &json)
        json.key("decision_seq")
        json.integer(sequence)
        json.key("config")
        json.string(configHash)
        if let origin { origin.writeFields(to: &json, .text) }
        writeReference(at: now, to: &json)
        json.key("verdict")
        json.string(approved ? "accept" : "deny" as StaticString)
        if let reason = reasons.first {
            json.key("code")
            json.string(reason.code)
        }
        if isReducing {
            json.key("reducing")
            json.bool(true)
        }
        json.key("checks")
        json.beginArray()
        for index in limits.indices { limits[index].writeRecord(number: index + 1, to: &json) }
        json.endArray()
        json.key("trace")
        json.traceID(request.trace.traceID)
        json.endObject()
    }

    private func writeRequest(to json: inout JSONWriter) {
        json.key("cid")
        json.orderID(request.id)
        json.key("symbol")
        json.string(request.symbol.name)
        json.key("side")
        json.string(request.side == .buy ? "BUY" : "SELL" as StaticString)
        json.key("type")
        json.string(request.type.name)
        if request.flags.contains(.protected) {
            json.key("asked_type")
            json.string(OrderType.market.name)
        }
        json.key("tif")
        json.string(request.timeInForce.name)
        json.key("qty")
        json.quantityText(request.quantity)
        if let limit = request.limitPrice {
            json.key("limit")
            json.priceText(limit)
        }
        if let stop = request.stopPrice {
            json.key("stop")
            json.priceText(stop)
        }
        if let expiry = request.expiry {
            json.key("expiry")
            json.timestamp(expiry)
        }
        if let bracket = request.bracket {
            json.key("bracket")
            json.orderID(bracket)
        }
        writeFlags(to: &json)
        json.key("strategy")
        json.string(request.strategy.name)
        json.key("signal_seq")
        json.integer(request.signalSequence)
    }

    /// By name, where there are any.
    private func writeFlags(to json: inout JSONWriter) {
        guard !request.flags.isEmpty else { return }
        json.key("flags")
        json.beginArray()
        if request.flags.contains(.reduceOnly) { json.string("reduce_only") }
        if request.flags.contains(.flatten) { json.string("flatten") }
        if request.flags.contains(.protected) { json.string("protected") }
        if request.flags.contains(.postOnly) { json.string("post_only") }
        if request.flags.contains(.outsideRegularHours) { json.string("outside_rth") }
        json.endArray()
    }

    /// Best bid and ask; the price the order was judged by, which is their middle or the last trade; the event that told
    /// the quote, and the age of that price.
    private func writeReference(at now: Timestamp, to json: inout JSONWriter) {
        json.key("bid")
        json.priceText(reference?.quote.bid)
        json.key("ask")
        json.priceText(reference?.quote.ask)
        json.key("ref")
        json.priceText(referencePrice)
        if let trade {
            json.key("ref_source")
            json.string("trade")
            json.key("ref_age_ns")
            json.integer(now.since(trade.receivedAt))
            return
        }
        guard let reference, reference.sequence != 0 else { return }
        json.key("ref_seq")
        json.integer(reference.sequence)
        json.key("ref_age_ns")
        json.integer(now.since(reference.receivedAt))
    }
}

extension RiskCheck {
    /// An object `{n, code, limit, actual, result}`; `n` counts from 1 in the order of evaluation.
    fileprivate func writeRecord(number: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.key("n")
        json.integer(number)
        json.key("code")
        json.string(reason.code)
        json.key("limit")
        limit.writeText(to: &json)
        json.key("actual")
        actual.writeText(to: &json)
        json.key("result")
        json.string(passed ? "pass" : "fail" as StaticString)
        json.endObject()
    }
}
