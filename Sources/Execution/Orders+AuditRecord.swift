import Audit
import ExactJSON
import Risk
import TradingModel

extension WorkingOrder {
    /// How the reason begins why we reject an order ourselves: it never left.
    public static var unsentPrefix: String { OrderEvent.unsentPrefix }

    /// The data of an `order.send` line.
    public func writeRecord(to json: inout JSONWriter) {
        Self.writeRecord(request, decision: decisionSequence, to: &json)
    }

    /// The same, without an order made for it.
    static func writeRecord(_ request: OrderRequest, decision: UInt64, to json: inout JSONWriter) {
        json.beginObject()
        json.member("cid", request.id)
        json.key("symbol")
        json.string(request.symbol.name)
        json.member("decision_seq", decision)
        json.endObject()
    }
}

extension OrderEvent {
    /// The type of its audit line.
    public var auditLineType: AuditLineType {
        switch report {
        case .ack: .orderAck
        case .fill: .orderFill
        case .cancel: .orderCancel
        case .reject: .orderReject
        case .commission: .orderCommission
        case .expire: .orderExpire
        case .replace: .orderReplace
        case .replaceReject: .orderReplaceReject
        }
    }

    /// The data of its audit line; prices and quantities are strings.
    ///
    /// - Parameters:
    ///   - decision: sequence number of the decision that approved the order; `nil` for an order that is not known.
    ///   - sequence: number of the report's event.
    public func writeRecord(
        symbol: SymbolID, decision: UInt64?, sequence: UInt64, to json: inout JSONWriter
    ) {
        json.beginObject()
        json.member("cid", id)
        json.key("symbol")
        json.string(symbol.name)
        if let decision {
            json.member("decision_seq", decision)
        }
        json.member("venue_id", venueOrderID)
        json.member("status", status.name)
        json.member("side", side == .buy ? "BUY" : "SELL" as StaticString)
        json.member("qty", text: quantity)
        json.member("filled", text: filledQuantity)
        if report == .fill { writeFill(to: &json) }
        if commissionCurrency != .none { writeCommission(to: &json) }
        json.member("leaves", text: leavesQuantity)
        if let limitPrice {
            json.key("limit")
            json.priceText(limitPrice)
        }
        if let stopPrice {
            json.key("stop")
            json.priceText(stopPrice)
        }
        if !reason.isEmpty {
            json.key("reason")
            json.string(reason)
        }
        if !raw.isEmpty {
            json.key("raw")
            json.string(raw)
        }
        if isSimulated {
            json.key("simulated")
            json.bool(true)
        }
        json.member("event_seq", sequence)
        json.endObject()
    }

    private func writeFill(to json: inout JSONWriter) {
        json.member("last_price", text: lastPrice)
        json.member("last_qty", text: lastQuantity)
        json.member("exec_id", executionID)
        json.member("avg_price", text: averagePrice)
    }

    private func writeCommission(to json: inout JSONWriter) {
        if report != .fill {
            json.key("exec_id")
            json.integer(executionID)
        }
        json.key("commission")
        json.moneyText(commission)
        json.key("currency")
        json.currency(commissionCurrency)
    }
}
