import TradingModel

/// The table of what risk allows: docs/risk-controls.md says what each limit does.
extension SettingsSchema {
    static let risk = Section(
        name: "risk",
        summary:
            "Under paper and prod every limit must stand in a file, the environment or a flag; under dev a limit "
            + "that is not given is not checked. What each does: docs/risk-controls.md.",
        settings: orderLimits + accountLimits + rateLimits + scopedLimits)

    /// What one order, one position and one instrument may be.
    private static let orderLimits: [Setting] = [
        .value(
            "risk.whitelist", \.risk.whitelist, Texts.names, need: .limit,
            "Instruments that may be traded."),
        .value(
            "risk.max_size", \.risk.maxSize, Decimals.quantity(.positive), need: .limit,
            "Largest quantity of one order."),
        .value(
            "risk.max_exposure", \.risk.maxExposure, Decimals.money(.positive), need: .limit,
            "Largest worst-case exposure of one symbol, in the base currency."),
        .value(
            "risk.max_gross_exposure", \.risk.maxGrossExposure, Decimals.money(.positive), need: .limit,
            "Largest sum of the exposures of all symbols, in the base currency."),
        .value(
            "risk.throttle_max", \.risk.throttleMax, .whole(1...1_000_000_000), need: .limit,
            "Accepted orders per symbol in 60 s."),
        .value(
            "risk.price_collar_bps", \.risk.priceCollarBps, .whole(1...1_000_000), need: .limit,
            "Farthest an order's price may be from the reference, in basis points."),
        .value(
            "risk.passive_band_bps", \.risk.passiveBandBps, .whole(1...9_999), need: .limit,
            "The same on the side where it does not trade at once, and for triggers of stops."),
        .value(
            "risk.max_order_notional", \.risk.maxOrderNotional, Decimals.money(.positive).optional,
            need: .limit, "Largest value of one order, in the base currency."),
        .value(
            "risk.max_position", \.risk.maxPosition, Decimals.quantity(.positive).optional, need: .limit,
            "Largest worst-case position of one symbol, long or short."),
        .value(
            "risk.max_ref_age", \.risk.maxReferenceAge,
            Durations.kind(1_000_000...3_600_000_000_000).optional, need: .limit,
            "Age at which a quote or a trade is no reference price any more."),
        .value(
            "risk.max_ref_spread_bps", \.risk.maxReferenceSpreadBps,
            ValueKind<Int>.whole(1...1_000_000).optional,
            need: .limit, "Widest quote whose middle is a reference price, in basis points of it."),
        .value(
            "risk.order_types", \.risk.orderTypes, Texts.orderTypes, "Kinds of order that are allowed."),
        .value(
            "risk.time_in_force", \.risk.timesInForce, Texts.timesInForce,
            "How long orders may be good for; a market order that is protected never stays."),
        .value(
            "risk.market_orders", \.risk.marketOrders, .choice,
            "Market orders are refused (and stops, which become some), or sent as limits at the edge of the collar."
        ),
        .value(
            "risk.two_person", \.risk.needsTwoPersons, Texts.toggle, decides: false,
            "Whether, under prod, a second person approves the release of a kill. `tradectl status` shows when not."
        ),
        .value("risk.base_currency", \.risk.baseCurrency, Texts.currency, "Currency of the exposures."),
        .entry(
            "risk.fx.<CURRENCY>", \.risk.fx, Decimals.price(.positive),
            "Value of one unit of the currency in the base currency; orders without a rate are refused."),
        .entry(
            "risk.sessions.<NAME>", \.risk.sessions, Texts.hours,
            "When an instrument may be traded, in the form of `feed.hours`; one without it always may."),
        .value(
            "risk.reduce_outside_sessions", \.risk.reducesOutsideSessions, Texts.toggle,
            "Whether positions may be made smaller outside those hours."),
    ]

    /// What the account may carry.
    private static let accountLimits: [Setting] = [
        .value(
            "risk.account_equity", \.risk.accountEquity, Decimals.money(.positive).optional, need: .limit,
            "Funds of the account, in the base currency: the gross exposure may not pass them, less the loss."
        ),
        .value(
            "risk.max_day_loss", \.risk.maxDayLoss, Decimals.money(.positive).optional, need: .limit,
            "Loss of a day (UTC), realised and not, at which only reducing orders are approved."),
        .value(
            "risk.max_drawdown", \.risk.maxDrawdown, Decimals.money(.positive).optional, need: .limit,
            "The same for the loss from the highest result of the session."),
        .value(
            "risk.max_open_orders", \.risk.maxOpenOrders, ValueKind<Int>.whole(1...10_000).optional,
            need: .limit, "Working and pending orders of one symbol; reducing ones are counted apart."),
        .value(
            "risk.max_open_orders_total", \.risk.maxOpenOrdersTotal,
            ValueKind<Int>.whole(1...100_000).optional,
            need: .limit, "The same over all symbols."),
        .value(
            "risk.refuse_self_cross", \.risk.refusesSelfCross, Texts.toggle, need: .limit,
            "Whether an order that would trade with one of our own is refused."),
        .value(
            "risk.max_clock_error", \.risk.maxClockError,
            Durations.kind(0...10_000_000_000).optional, need: .limit,
            environment: "TRADINGD_MAX_CLOCK_ERROR",
            "How wrong the clock may be in mode ibkr; more is a start-up warning as well. With 0 nobody looks."
        ),
    ]

    /// How often.
    private static let rateLimits: [Setting] = [
        .value(
            "risk.duplicate_window", \.risk.duplicateWindow,
            Durations.kind(1_000...3_600_000_000_000).optional, need: .limit,
            "Time in which the same order (symbol, side, quantity, price) is not accepted twice."),
        .value(
            "risk.orders_per_second", \.risk.ordersPerSecond, ValueKind<Int>.whole(1...1_000_000).optional,
            need: .limit, "Orders and changes a second."),
        .value(
            "risk.messages_per_second", \.risk.messagesPerSecond,
            ValueKind<Int>.whole(1...1_000_000).optional,
            need: .limit, "Messages to the venue a second, cancels included, which are never held back."),
        .value(
            "risk.rate_reserve_percent", \.risk.rateReservePercent, .whole(0...90),
            "Share of both that only reducing orders may use."),
        .value(
            "risk.max_repeats", \.risk.maxRepeats, ValueKind<Int>.whole(1...1_000_000_000).optional,
            need: .limit, "Orders of one strategy until an operator clears the trip `repeat`."),
        .value(
            "risk.max_orders_day", \.risk.maxDailyOrders, ValueKind<Int>.whole(1...1_000_000_000).optional,
            need: .limit, "Accepted orders on one day (UTC)."),
    ]

    /// Tighter limits of single instruments and strategies, and who answers for a limit.
    private static let scopedLimits: [Setting] = [
        .scoped("symbols.<NAME>.max_size", \.maxSize, Decimals.quantity(.positive)),
        .scoped("symbols.<NAME>.max_order_notional", \.maxOrderNotional, Decimals.money(.positive)),
        .scoped("symbols.<NAME>.max_position", \.maxPosition, Decimals.quantity(.positive)),
        .scoped("symbols.<NAME>.max_exposure", \.maxExposure, Decimals.money(.positive)),
        .scoped("symbols.<NAME>.throttle_max", \.throttleMax, .whole(1...1_000_000_000)),
        .scoped("symbols.<NAME>.price_collar_bps", \.priceCollarBps, .whole(1...1_000_000)),
        .scoped("symbols.<NAME>.max_open_orders", \.maxOpenOrders, .whole(1...10_000)),
        .scoped("strategies.<NAME>.max_size", \.maxSize, Decimals.quantity(.positive)),
        .scoped("strategies.<NAME>.max_order_notional", \.maxOrderNotional, Decimals.money(.positive)),
        .scoped("strategies.<NAME>.max_repeats", \.maxRepeats, .whole(1...1_000_000_000)),
        .scoped("strategies.<NAME>.max_orders_day", \.maxDailyOrders, .whole(1...1_000_000_000)),
        .entry(
            "risk.owners.<LIMIT>", \.risk.owners, Texts.words, decides: false,
            "Who answers for a limit, for `tradectl risk show`; `LIMIT` is the last part of its key."),
    ]
}

extension Setting {
    /// A limit of one instrument or one strategy; the tighter of it and the one for all applies.
    fileprivate static func scoped<Value: Sendable>(
        _ member: String, _ path: any WritableKeyPath<Settings.ScopedRisk, Value?> & Sendable,
        _ kind: ValueKind<Value>
    ) -> Setting {
        let key = "risk." + member
        let isOfSymbols = member.hasPrefix("symbols.")
        let scopes: any WritableKeyPath<Settings, [String: Settings.ScopedRisk]> & Sendable =
            isOfSymbols ? \.risk.symbols : \.risk.strategies
        let limit = member.split(separator: ".").last.map(String.init) ?? member
        return Setting(
            key: key, words: kind.words,
            summary: "`risk.\(limit)` of one \(isOfSymbols ? "symbol" : "strategy"), where it is tighter.",
            need: .optional, decides: true, environment: nil,
            assign: { node, name, settings throws(BadValue) in
                let value = try kind.parse(node)
                settings[keyPath: scopes][name, default: Settings.ScopedRisk()][keyPath: path] = value
            },
            lines: { settings in
                settings[keyPath: scopes].compactMap { name, own in
                    own[keyPath: path].map { (KeyName.filled(key, name), kind.print($0)) }
                }
            },
            defaultText: "none")
    }
}
