import Audit
import ExactJSON
import Risk
import TradingModel

extension WorkingOrder {
    /// How the reason begins why we reject an order ourselves: it never left.
    public static var unsentPrefix: String { OrderEvent.unsentPrefix }

    /// The data of an `order.send` line.
    public func writeRecord(to json: inout JSONWriter) {
        json.beginObject()
        json.key("cid")
        json.orderID(id)
        json.key("symbol")
        json.string(request.symbol.name)
        json.key("decision_seq")
        json.integer(decisionSequence)
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
        json.key("cid")
        json.orderID(id)
        json.key("symbol")
        json.string(symbol.name)
        if let decision {
            json.key("decision_seq")
            json.integer(decision)
        }
        json.key("venue_id")
        json.integer(venueOrderID)
        json.key("status")
        json.string(status.name)
        json.key("side")
        json.string(side == .buy ? "BUY" : "SELL" as StaticString)
        json.key("qty")
        json.quantityText(quantity)
        json.key("filled")
        json.quantityText(filledQuantity)
        if report == .fill { writeFill(to: &json) }
        if commissionCurrency != .none { writeCommission(to: &json) }
        json.key("leaves")
        json.quantityText(leavesQuantity)
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
        json.key("event_seq")
        json.integer(sequence)
        json.endObject()
    }

    private func writeFill(to json: inout JSONWriter) {
        json.key("last_price")
        json.priceText(lastPrice)
        json.key("last_qty")
        json.quantityText(lastQuantity)
        json.key("exec_id")
        json.integer(executionID)
        json.key("avg_price")
        json.priceText(averagePrice)
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
