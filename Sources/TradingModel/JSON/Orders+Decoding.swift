import ExactJSON

extension Signal {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        let basis = try fields.string("basis")
        guard basis == "micro" || basis == "mid" else {
            throw EventDecodingError(fields.path("basis"), "'\(basis)' is none of micro, mid")
        }
        self.init(
            strategy: StrategyID(try fields.string("strategy")),
            direction: try fields.named("direction", \Direction.name), isWeighted: basis == "micro",
            score: try fields.double("score"), confidence: try fields.double("confidence"),
            last: try fields.price("last"), mean5: try fields.price("mean_5"),
            mean10: try fields.price("mean_10"), bid: try fields.price("bid"), ask: try fields.price("ask"))
    }
}

extension OrderRequest {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        guard let symbol = SymbolID(try fields.string("symbol")) else {
            throw EventDecodingError(fields.path("symbol"), "not a usable name")
        }
        guard let trace = TraceID(hex: try fields.string("trace_id")),
            let span = SpanID(hex: try fields.string("span_id"))
        else { throw EventDecodingError(fields.path("trace_id"), "must be hex digits") }
        self.init(
            id: try fields.orderID(), symbol: symbol, side: try fields.named("side", \Side.name),
            type: try fields.named("type", \OrderType.name), quantity: try fields.quantity("qty"),
            limitPrice: try fields.optionalPrice("limit_price"),
            stopPrice: try fields.optionalPrice("stop_price"),
            timeInForce: try fields.named("tif", \TimeInForce.name),
            expiry: try fields.optional("expiry") == nil ? nil : fields.timestamp("expiry"),
            bracket: try fields.optional("bracket") == nil ? nil : fields.orderID("bracket"),
            flags: try OrderFlags(fields),
            strategy: StrategyID(try fields.string("strategy")),
            signalSequence: try fields.integer("signal_sequence"),
            trace: TraceContext(traceID: trace, spanID: span))
        if fields.optional("exit_round") != nil { exitRound = try fields.integer("exit_round") }
    }
}

extension OrderFlags {
    /// What came later than 0.3.0 may be left out.
    fileprivate init(_ fields: JSONFields) throws(EventDecodingError) {
        self = try fields.bool("reduce_only") ? .reduceOnly : []
        if fields.optional("flatten") != nil, try fields.bool("flatten") { insert(.flatten) }
        if fields.optional("protected") != nil, try fields.bool("protected") { insert(.protected) }
        if fields.optional("post_only") != nil, try fields.bool("post_only") { insert(.postOnly) }
        if fields.optional("outside_rth") != nil, try fields.bool("outside_rth") {
            insert(.outsideRegularHours)
        }
    }
}

extension JSONFields {
    fileprivate func orderID(_ key: String = "order_id") throws(EventDecodingError) -> ClientOrderID {
        let text = try string(key)
        guard let id = ClientOrderID(text) else {
            throw EventDecodingError(path(key), "'\(text)' is no client order id")
        }
        return id
    }
}

extension RiskCheck.Value {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        if fields.optional("flag") != nil {
            self = .flag(try fields.bool("flag"))
        } else if fields.optional("count") != nil {
            self = .count(try fields.integer("count"))
        } else if fields.optional("quantity") != nil {
            self = .quantity(try fields.quantity("quantity"))
        } else if fields.optional("price") != nil {
            self = .price(try fields.price("price"))
        } else if fields.optional("money") != nil {
            self = .money(try fields.money("money"))
        } else if fields.optional("missing") != nil {
            self = .missing
        } else {
            throw EventDecodingError(fields.prefix, "no known kind of value")
        }
    }
}

extension RiskCheck {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        let code = try fields.string("check")
        guard let reason = RiskReason(code: code) else {
            throw EventDecodingError(fields.path("check"), "unknown code '\(code)'")
        }
        self.init(
            reason, limit: try RiskCheck.Value(try fields.nested("limit")),
            actual: try RiskCheck.Value(try fields.nested("actual")), passed: try fields.bool("passed"))
    }
}

extension RiskDecision {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        guard let codes = try fields.required("reasons").arrayValue,
            let rows = try fields.required("limits").arrayValue
        else { throw EventDecodingError(fields.prefix, "reasons and limits must be arrays") }
        var reasons: [RiskReason] = []
        for code in codes {
            guard let reason = code.stringValue.flatMap(RiskReason.init(code:)) else {
                throw EventDecodingError(fields.path("reasons"), "unknown code \(code.text)")
            }
            reasons.append(reason)
        }
        var checks = RiskChecks()
        for (index, row) in rows.enumerated() {
            let check = try RiskCheck(try JSONFields(row, at: "\(fields.path("limits"))[\(index)]"))
            guard checks.hasRoom(for: check) else {
                throw EventDecodingError(fields.path("limits"), "more checks than there are controls")
            }
            checks.append(check)
        }
        self.init(
            request: try OrderRequest(try fields.nested("order")), approved: try fields.bool("approved"),
            reasons: reasons, limits: checks,
            reference: try ReferenceQuote(optional: "reference", in: fields),
            origin: try OrderOrigin(optional: "origin", in: fields))
        trade = try ReferenceTrade(optional: "trade", in: fields)
    }
}

extension OrderEvent {
    init(_ fields: JSONFields) throws(EventDecodingError) {
        self.init(
            id: try fields.orderID(), venueOrderID: try fields.integer("venue_order_id"),
            report: try fields.named("report", \OrderReport.name),
            status: try fields.named("status", \OrderStatus.name), side: try fields.named("side", \Side.name),
            quantity: try fields.quantity("qty"), filledQuantity: try fields.quantity("filled_qty"),
            averagePrice: try fields.price("avg_price"), lastPrice: try fields.price("last_price"),
            lastQuantity: try fields.quantity("last_qty"), executionID: try fields.integer("execution_id"),
            leavesQuantity: try fields.quantity("leaves_qty"),
            limitPrice: try fields.optionalPrice("limit_price"),
            stopPrice: try fields.optionalPrice("stop_price"), reason: try fields.string("reason"),
            raw: try fields.string("raw"))
        if fields.optional("simulated") != nil { isSimulated = try fields.bool("simulated") }
        try readCommission(fields)
    }

    private mutating func readCommission(_ fields: JSONFields) throws(EventDecodingError) {
        guard fields.optional("commission_currency") != nil else { return }
        let code = try fields.string("commission_currency")
        guard let currency = CurrencyCode(code) else {
            throw EventDecodingError(fields.path("commission_currency"), "'\(code)' is no currency")
        }
        commission = try fields.money("commission")
        commissionCurrency = currency
    }
}
