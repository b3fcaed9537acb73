import Audit
import ControlPlane
import ExactJSON
import Execution
import Messaging
import Risk
import Strategies
import TradingModel

/// Answers `why`: what led to an order, or to the newest signal of an instrument and no order.
///
/// The steps of an order are written as the lines of the audit trail, so that whoever has only the trail reads the same.
/// Like `Snapshots` it takes a cut between two batches and writes it afterwards.
struct Explanations: Sendable {
    let session: TradingSession

    /// Everything kept of one order.
    private struct OrderCut: Sendable {
        let decision: MarketEvent?
        let order: WorkingOrder?
        let reports: [MarketEvent]
        let configHash: String
        /// Whether nothing of it can have been forgotten.
        let isComplete: Bool

        init(_ id: ClientOrderID, _ core: TradingPipeline) {
            decision = core.decisions.decision(on: id)
            reports = core.decisions.reports(on: id)
            order = core.execution.orders.order(id)
            configHash = core.risk.configHash
            isComplete = decision.map { core.decisions.keepsReports(since: $0.sequence) } ?? false
        }

        var isKnown: Bool { decision != nil || order != nil || !reports.isEmpty }
    }

    /// `why`: with `order` that order, with `symbol` the newest signal of the instrument.
    func why(_ call: RPCCall, _ json: inout JSONWriter) throws(RPCError) {
        switch (call.string("symbol"), call.string("order")) {
        case (let name?, nil): try explain(symbol: name, &json)
        case (nil, let text?): try explain(order: text, &json)
        default: throw .invalidParams([ParameterIssue("order", "give either symbol or order")])
        }
    }

    // MARK: Order

    private func explain(order text: String, _ json: inout JSONWriter) throws(RPCError) {
        guard let id = ClientOrderID(text) else {
            throw .invalidParams([ParameterIssue("order", "must be c-SESSION-NUMBER")])
        }
        let cut = session.bus.query(on: session.queues.execution) { OrderCut(id, $0) }
        guard cut.isKnown else {
            throw .notFound(
                "order \(id) among the newest of session \(session.number); its audit trail may have it")
        }
        json.beginObject()
        json.key("order")
        json.orderID(id)
        writeSession(&json)
        write(cut, &json)
        json.endObject()
    }

    private func writeSession(_ json: inout JSONWriter) {
        json.key("session")
        json.beginObject()
        SessionRecord(session: session.number, mode: session.mode, settings: session.settings)
            .writeIdentity(to: &json)
        json.endObject()
    }

    /// Writes `lines`: `{type, ts, data}` of every step, in the order of the audit trail.
    private func write(_ cut: OrderCut, _ json: inout JSONWriter) {
        json.key("lines")
        json.beginArray()
        if let event = cut.decision, case .riskDecision(let decision) = event.payload {
            Self.line(decision.auditLineType, event.receivedAt, &json) { json in
                decision.writeRecord(
                    sequence: event.sequence, at: event.receivedAt, configHash: cut.configHash, to: &json)
            }
        }
        if let order = cut.order, !Self.neverLeft(cut.reports) {
            Self.line(.orderSend, order.sentAt, &json) { order.writeRecord(to: &$0) }
        }
        for event in cut.reports {
            guard case .orderEvent(let report) = event.payload else { continue }
            Self.line(report.auditLineType, event.receivedAt, &json) { json in
                report.writeRecord(
                    symbol: event.symbol, decision: cut.order?.decisionSequence, sequence: event.sequence,
                    to: &json)
            }
        }
        json.endArray()
        json.key("complete")
        json.bool(cut.isComplete)
    }

    private static func line(
        _ type: AuditLineType, _ time: Timestamp, _ json: inout JSONWriter,
        _ data: (inout JSONWriter) -> Void
    ) {
        json.beginObject()
        json.key("type")
        json.string(type.rawValue)
        json.key("ts")
        json.timestamp(time, fractionDigits: 6)
        json.key("data")
        data(&json)
        json.endObject()
    }

    /// Whether the order was rejected by ourselves before it was handed over.
    private static func neverLeft(_ reports: [MarketEvent]) -> Bool {
        reports.contains { event in
            guard case .orderEvent(let report) = event.payload else { return false }
            return report.venueOrderID == 0 && report.reason.hasPrefix(WorkingOrder.unsentPrefix)
        }
    }

    // MARK: Symbol

    private func explain(symbol name: String, _ json: inout JSONWriter) throws(RPCError) {
        guard let symbol = SymbolID.known(name) else { throw .notFound("symbol \(name)") }
        let (sequence, now, armed, killed, strategy, cut) = session.bus.query(
            on: session.queues.strategies
        ) { core in
            let strategy = core.strategies.snapshot(symbol)
            return (
                core.sequence, core.now, core.risk.engine.isArmed, core.risk.engine.isKilled, strategy,
                strategy.newest?.order.map { OrderCut($0, core) }
            )
        }
        json.beginObject()
        json.key("symbol")
        json.string(name)
        writeSession(&json)
        json.key("now")
        json.beginObject()
        json.key("sequence")
        json.integer(sequence)
        json.key("ts")
        if now > .zero { json.timestamp(now) } else { json.null() }
        json.key("armed")
        json.bool(armed && !killed)
        json.key("killed")
        json.bool(killed)
        strategy.write(to: &json)
        json.endObject()
        json.key("signal")
        if let newest = strategy.newest { newest.write(to: &json) } else { json.null() }
        json.key("order")
        if let id = strategy.newest?.order { json.orderID(id) } else { json.null() }
        if let cut { write(cut, &json) }
        json.endObject()
    }
}

extension StrategySnapshot {
    /// Writes `enabled known direction threshold tick count last mean_5 mean_10 basis bid ask` into an open object; what is
    /// not there yet is `null`.
    fileprivate func write(to json: inout JSONWriter) {
        json.key("enabled")
        json.bool(isEnabled)
        json.key("known")
        json.bool(view != nil)
        json.key("direction")
        json.string(view?.direction.name ?? "flat")
        json.key("threshold")
        Self.text(view?.threshold, &json)
        json.key("tick")
        Self.text(view?.tickSize, &json)
        json.key("count")
        json.integer(state.samples.count)
        json.key("skipped_quotes")
        json.integer(state.skippedQuotes)
        json.key("last")
        Self.text(state.samples.last, &json)
        json.key("mean_5")
        Self.text(state.samples.mean5, &json)
        json.key("mean_10")
        Self.text(state.samples.mean10, &json)
        json.key("basis")
        json.string(state.isWeighted ? "micro" : "mid" as StaticString)
        json.key("bid")
        Self.text(state.quote?.bid, &json)
        json.key("ask")
        Self.text(state.quote?.ask, &json)
    }

    private static func text(_ price: Price?, _ json: inout JSONWriter) {
        if let price { json.priceText(price) } else { json.null() }
    }
}

extension SignalRecord {
    /// Writes the signal as the lines of the audit trail have it, with its time and its sizing.
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("ts")
        json.timestamp(origin.trigger.receivedAt, fractionDigits: 6)
        json.key("strategy")
        json.string(origin.signal.strategy.name)
        json.key("signal_seq")
        json.integer(origin.signalSequence)
        origin.writeFields(to: &json, .text)
        json.key("sizing")
        if let sizing { sizing.write(to: &json, .text) } else { json.null() }
        json.endObject()
    }
}
