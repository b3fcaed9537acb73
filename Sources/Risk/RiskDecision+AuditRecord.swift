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
        writeUpToChecks(sequence: sequence, at: now, configHash: configHash, to: &json)
        json.beginArray()
        for index in limits.indices { limits[index].writeRecord(number: index + 1, to: &json) }
        json.endArray()
        writeEnd(to: &json)
    }

    /// The same; of the checks only what has changed since the record before is put into words.
    mutating func writeRecord(
        sequence: UInt64, at now: Timestamp, configHash: String, wording: inout RiskCheckWording,
        to json: inout JSONWriter
    ) {
        writeUpToChecks(sequence: sequence, at: now, configHash: configHash, to: &json)
        wording.write(&limits, to: &json)
        writeEnd(to: &json)
    }

    private func writeUpToChecks(
        sequence: UInt64, at now: Timestamp, configHash: String, to json: inout JSONWriter
    ) {
        json.beginObject()
        writeRequest(to: &json)
        json.member("decision_seq", sequence)
        json.key("config")
        json.string(configHash)
        if let origin { origin.writeFields(to: &json, .text) }
        writeReference(at: now, to: &json)
        json.member("verdict", approved ? "accept" : "deny" as StaticString)
        if let reason = reasons.first {
            json.key("code")
            json.string(reason.code)
        }
        if isReducing {
            json.key("reducing")
            json.bool(true)
        }
        json.key("checks")
    }

    private func writeEnd(to json: inout JSONWriter) {
        json.member("trace", request.trace.traceID)
        json.endObject()
    }

    private func writeRequest(to json: inout JSONWriter) {
        json.member("cid", request.id)
        json.key("symbol")
        json.string(request.symbol.name)
        json.member("side", request.side == .buy ? "BUY" : "SELL" as StaticString)
        json.member("type", request.type.name)
        if request.flags.contains(.protected) {
            json.member("asked_type", OrderType.market.name)
        }
        json.member("tif", request.timeInForce.name)
        json.member("qty", text: request.quantity)
        if let limit = request.limitPrice {
            json.member("limit", text: limit)
        }
        if let stop = request.stopPrice {
            json.member("stop", text: stop)
        }
        if let expiry = request.expiry {
            json.key("expiry")
            json.timestamp(expiry)
        }
        if let bracket = request.bracket {
            json.key("bracket")
            json.orderID(bracket)
            if request.exitRound != 0 { json.member("exit_round", UInt64(request.exitRound)) }
        }
        writeFlags(to: &json)
        json.key("strategy")
        json.string(request.strategy.name)
        json.member("signal_seq", request.signalSequence)
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
        json.member("bid", text: reference?.quote.bid)
        json.member("ask", text: reference?.quote.ask)
        json.member("ref", text: referencePrice)
        if let trade {
            json.member("ref_source", "trade")
            json.member("ref_age_ns", now.since(trade.receivedAt))
            return
        }
        guard let reference, reference.sequence != 0 else { return }
        json.member("ref_seq", reference.sequence)
        json.member("ref_age_ns", now.since(reference.receivedAt))
    }
}
