extension SettingsSchema {
    static let providers = Section(
        name: "providers",
        summary:
            "IBKR through TWS or IB Gateway: see docs/ibkr.md. A mapping under `providers.ibkr.contracts` says what IBKR "
            + "calls one of our instruments; mode ibkr needs one for each of `symbols`.",
        settings: gateway + contracts)

    private static let gateway: [Setting] = [
        .value(
            "providers.ibkr.host", \.providers.ibkr.host, Texts.host, decides: false,
            environment: "IBKR_HOST", "Host of TWS or IB Gateway."),
        .value(
            "providers.ibkr.port", \.providers.ibkr.port, .whole(1...65_535), decides: false,
            environment: "IBKR_PORT",
            "Its TCP port: by custom 7496 (TWS) and 4001 (Gateway) are live, 7497 and 4002 paper."),
        .value(
            "providers.ibkr.client_id", \.providers.ibkr.clientID, .whole(0...Int32.max), decides: false,
            environment: "IBKR_CLIENT_ID",
            "Number of this API client, the same for ever; two clients may not share one. 0 also sees orders made by hand."
        ),
        .value(
            "providers.ibkr.account", \.providers.ibkr.account, Texts.name.optional, decides: false,

            "Account of our orders and positions; needed where a login has several."),
        .value(
            "providers.ibkr.max_server_version", \.providers.ibkr.highestServerVersion, .whole(178...200),
            decides: false, "Highest version of the protocol that is offered; the lowest is 178."),
        .value(
            "providers.ibkr.requests_per_second", \.providers.ibkr.requestsPerSecond, .whole(1...10_000),
            decides: false,
            "Messages a second over everything; the gateway takes half as many as there are lines."),
        .value(
            "providers.ibkr.market_data_lines", \.providers.ibkr.marketDataLines, .whole(1...10_000),
            decides: false, "Level 1 subscriptions at a time."),
        .value(
            "providers.ibkr.depth_instruments", \.providers.ibkr.depthInstruments, .whole(0...1_000),
            decides: false, "Instruments with a ladder at a time."),
        .value(
            "providers.ibkr.tick_by_tick_streams", \.providers.ibkr.tickByTickStreams, .whole(0...1_000),
            decides: false,
            "Tick-by-tick subscriptions at a time; an instrument with quotes and prints takes two."),
        .value(
            "providers.ibkr.step_timeout", \.providers.ibkr.stepTimeout,
            Durations.kind(100_000_000...600_000_000_000),
            decides: false, "How long connecting, greeting, starting and comparing books may take, each."),
        .value(
            "providers.ibkr.heartbeat", \.providers.ibkr.heartbeat,
            Durations.kind(100_000_000...600_000_000_000),
            decides: false,
            "Silence after which the gateway is asked for a sign of life; it has as long again to give one."),
        .value(
            "providers.ibkr.region", \.providers.ibkr.region, .choice, decides: false,
            "Where the account's servers are, for the daily reset window that `tradectl status` tells."),
        .value(
            "providers.ibkr.outside_hours", \.providers.ibkr.tradesOutsideHours, Texts.toggle, decides: false,
            "Whether orders may trade outside regular hours."),
    ]

    private static let contracts: [Setting] = [
        .contract("symbol", \.symbol, Texts.name.optional, "Symbol of the underlying; without it our name."),
        .contract(
            "type", \.securityType, Texts.name, "Kind of security: `CMDTY`, `CASH`, `FUT`, `STK` and so on."),
        .contract("exchange", \.exchange, Texts.name, "Where requests and orders go."),
        .contract("primary_exchange", \.primaryExchange, Texts.name.optional, "Where a stock is listed."),
        .contract("currency", \.currency, Texts.currency, "Currency of its price."),
        .contract(
            "local_symbol", \.localSymbol, Texts.name.optional, "Symbol on its exchange, such as `GCZ6`."),
        .contract("expiry", \.expiry, Texts.name.optional, "`YYYYMM` or `YYYYMMDD` of a future."),
        .contract("trading_class", \.tradingClass, Texts.name.optional, "Class of its trading."),
        .contract(
            "contract_id", \.contractID, .whole(0...Int32.max), "IBKR's number of it; 0 lets it be found."),
        .contract(
            "quotes", \.quotes, .choice,
            "Where best bid and ask come from: every change, level 1, or the ladder."),
        .contract("trades", \.trades, .choice, "Prints: all, those reported to the public tape, or none."),
        .contract("depth_rows", \.depthRows, .whole(0...60), "Rows of the ladder a side; 0: no ladder."),
        .contract("smart_depth", \.isSmartDepth, Texts.toggle, "Whether the ladder gathers all venues."),
    ]

    static let feed = Section(
        name: "feed", summary: "",
        settings: [
            .value(
                "feed.stale_after", \.feed.staleAfter, Durations.kind(100_000_000...3_600_000_000_000),
                decides: false,
                "Silence after which quotes or ladder of an instrument in session are stale: its strategies halt."
            ),
            .value(
                "feed.trades_stale_after", \.feed.tradesStaleAfter, Durations.kind(0...3_600_000_000_000),
                decides: false,
                "The same for prints; 0: no print is no alarm."),
            .value(
                "feed.retry_after", \.feed.retryAfter, Durations.kind(100_000_000...3_600_000_000_000),
                decides: false,
                "Wait before a stream that was refused, has ended or is silent is asked for again; doubles up to 20 times that."
            ),
            .value(
                "feed.count_unreported", \.feed.unreportedTrades, .choice, decides: false,
                "What becomes of prints that are not reported to the public tape: in volume with unknown aggressor, left "
                    + "out, or as any other."),
            .entry(
                "feed.hours.<NAME>", \.feed.hours, Texts.hours, decides: false,
                "Trading hours of one instrument where the feed does not tell them, such as `Sun 18:00-Fri 17:00 "
                    + "America/New_York`; without them it is always in session."),
        ])
}
