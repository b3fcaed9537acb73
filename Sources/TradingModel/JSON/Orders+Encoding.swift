import ExactJSON

extension Signal {
    /// Writes the signal with its features as one object.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        writeFields(to: &json)
        json.endObject()
    }

    /// Writes its fields into an open object.
    public func writeFields(to json: inout JSONWriter) {
        json.key("strategy")
        json.string(strategy.name)
        json.key("direction")
        json.string(direction.name)
        json.key("score")
        json.double(score)
        json.key("confidence")
        json.double(confidence)
        json.key("basis")
        json.string(isWeighted ? "micro" : "mid")
        json.key("last")
        json.price(last)
        json.key("mean_5")
        json.price(mean5)
        json.key("mean_10")
        json.price(mean10)
        json.key("bid")
        json.price(bid)
        json.key("ask")
        json.price(ask)
    }
}

extension OrderRequest {
    /// Writes the request as one object.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("order_id")
        json.orderID(id)
        json.key("symbol")
        json.string(symbol.name)
        json.key("side")
        json.string(side.name)
        json.key("type")
        json.string(type.name)
        json.key("qty")
        json.quantity(quantity)
        json.key("limit_price")
        json.price(limitPrice)
        json.key("stop_price")
        json.price(stopPrice)
        json.key("tif")
        json.string(timeInForce.name)
        json.key("reduce_only")
        json.bool(flags.contains(.reduceOnly))
        // What came later than 0.3.0 is left out where it is not so.
        if flags.contains(.flatten) {
            json.key("flatten")
            json.bool(true)
        }
        if flags.contains(.protected) {
            json.key("protected")
            json.bool(true)
        }
        writeTerms(to: &json)
        json.key("strategy")
        json.string(strategy.name)
        json.key("signal_sequence")
        json.integer(signalSequence)
        json.key("trace_id")
        json.traceID(trace.traceID)
        json.key("span_id")
        json.spanID(trace.spanID)
        json.endObject()
    }
}

extension OrderRequest {
    /// What few orders have; each is left out where there is none.
    private func writeTerms(to json: inout JSONWriter) {
        if flags.contains(.postOnly) {
            json.key("post_only")
            json.bool(true)
        }
        if flags.contains(.outsideRegularHours) {
            json.key("outside_rth")
            json.bool(true)
        }
        if let expiry {
            json.key("expiry")
            json.timestamp(expiry)
        }
        if let bracket {
            json.key("bracket")
            json.orderID(bracket)
            if exitRound != 0 {
                json.key("exit_round")
                json.integer(UInt64(exitRound))
            }
        }
    }
}

extension RiskCheck {
    /// Writes `check limit actual passed`.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("check")
        json.string(reason.code)
        json.key("limit")
        limit.write(to: &json)
        json.key("actual")
        actual.write(to: &json)
        json.key("passed")
        json.bool(passed)
        json.endObject()
    }
}

extension RiskCheck.Value {
    /// Writes the value with its kind: `{"money":"250000"}`, so that it reads back as the same case.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        switch self {
        case .flag(let flag):
            json.key("flag")
            json.bool(flag)
        case .count(let count):
            json.key("count")
            json.integer(count)
        case .quantity(let quantity):
            json.key("quantity")
            json.quantity(quantity)
        case .price(let price):
            json.key("price")
            json.price(price)
        case .money(let money):
            json.key("money")
            json.money(money)
        case .missing:
            json.key("missing")
            json.bool(true)
        }
        json.endObject()
    }

    /// Writes the value as a JSON string for people and audit lines: `on`, `12`, `4000.1`, `missing`.
    public func writeText(to json: inout JSONWriter) {
        switch self {
        case .flag(let flag): json.string(flag ? "on" : "off" as StaticString)
        case .count(let count): json.quoted { DecimalDigits.append(count, to: &$0) }
        case .quantity(let quantity): json.quantityText(quantity)
        case .price(let price): json.priceText(price)
        case .money(let money): json.moneyText(money)
        case .missing: json.string("missing" as StaticString)
        }
    }
}

extension RiskDecision {
    /// Writes `approved reasons order limits`.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("approved")
        json.bool(approved)
        json.key("reasons")
        json.beginArray()
        for reason in reasons { json.string(reason.code) }
        json.endArray()
        json.key("order")
        request.write(to: &json)
        json.key("limits")
        json.beginArray()
        for check in limits { check.write(to: &json) }
        json.endArray()
        // What came later than 0.3.0 is left out where there is none.
        if let reference {
            json.key("reference")
            reference.write(to: &json)
        }
        if let trade {
            json.key("trade")
            trade.write(to: &json)
        }
        if let origin {
            json.key("origin")
            json.beginObject()
            origin.writeFields(to: &json, .number)
            json.endObject()
        }
        json.endObject()
    }
}

extension OrderEvent {
    /// Writes the report as one object.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        writeFields(to: &json)
        json.endObject()
    }

    /// Writes its fields into an open object.
    public func writeFields(to json: inout JSONWriter) {
        json.key("order_id")
        json.orderID(id)
        json.key("venue_order_id")
        json.integer(venueOrderID)
        json.key("report")
        json.string(report.name)
        json.key("status")
        json.string(status.name)
        json.key("side")
        json.string(side.name)
        json.key("qty")
        json.quantity(quantity)
        json.key("filled_qty")
        json.quantity(filledQuantity)
        json.key("avg_price")
        json.price(averagePrice)
        json.key("last_price")
        json.price(lastPrice)
        json.key("last_qty")
        json.quantity(lastQuantity)
        json.key("execution_id")
        json.integer(executionID)
        // What came later than 0.3.0 is left out where there is none.
        if commissionCurrency != .none {
            json.key("commission")
            json.money(commission)
            json.key("commission_currency")
            json.currency(commissionCurrency)
        }
        json.key("leaves_qty")
        json.quantity(leavesQuantity)
        // What came later than 0.3.0 is left out where there is none.
        if let limitPrice {
            json.key("limit_price")
            json.price(limitPrice)
        }
        if let stopPrice {
            json.key("stop_price")
            json.price(stopPrice)
        }
        json.key("reason")
        json.string(reason)
        json.key("raw")
        json.string(raw)
        guard isSimulated else { return }
        json.key("simulated")
        json.bool(true)
    }
}
