/// Every method of the control plane with its parameters and permissions: the one place that says who may
/// do what. A method without a row does not exist.
public enum MethodTable {
    /// The method that stops trading; nothing may stand in its way.
    static let engage = engageName.description
    /// The same, to be found in a line before it is parsed.
    static let engageName: StaticString = "killswitch.engage"

    private static let symbol = ParameterRule.required("symbol", .text(longest: 64))
    private static let anySymbol = ParameterRule.optional("symbol", .text(longest: 64))
    private static let strategy = ParameterRule.optional("strategy", .text(longest: 64))
    private static let scope = ParameterRule.optional("scope", .text(longest: 128))
    private static let level = ParameterRule.optional("level", .choice(["reduce", "halt", "flatten"]))

    /// `default` takes back the level of a component.
    private static let logLevels = [
        "trace", "debug", "info", "notice", "warning", "error", "critical", "default",
    ]

    private static func limit(_ most: Int) -> ParameterRule { .optional("limit", .integer(1...most)) }

    /// The rows, in the order of the documentation.
    public static let methods: [ControlMethod] = [
        .query("rpc.hello", "Versions, profile, mode, the caller's role, limits and methods", .everyone),
        .query("rpc.discover", "Every method with parameters and permissions", .insiders),
        .query("status", "Life cycle, mode, arming, kill switch, activity and results at a glance", .readers),
        .query("health", "Checks of every part, each with a verdict", .insiders),
        .query("version", "Version", .insiders),
        .query("metrics", "Counters and gauges", .insiders),
        .query(
            "snapshot.dom", "Order book of a symbol; `limit` levels a side", .readers, symbol, limit(1_000)),
        .query("snapshot.delta", "Delta bars of a symbol, the last `limit`", .readers, symbol, limit(10_000)),
        .query("snapshot.tape", "Trades of a symbol, the last `limit`", .readers, symbol, limit(10_000)),
        .query(
            "snapshot.footprint", "Footprint bars of a symbol, the last `limit`", .readers, symbol,
            limit(1_000)),
        .query("snapshot.orders", "Orders, the last `limit`", .readers, anySymbol, limit(10_000)),
        .query("snapshot.positions", "Positions and results", .readers, anySymbol),
        .query(
            "position.list", "Positions, results and commissions by account, instrument and strategy",
            .insiders,
            anySymbol, strategy),
        .query(
            "fill.list",
            "Executions of all sessions from the blotter, newest first; `before` is the next page",
            .insiders, anySymbol, strategy, .optional("since", .text(longest: 40)), limit(1_000),
            .optional("before", .integer(1...Int.max))),
        .query("snapshot.risk", "Limits, their use, decisions", .readers, anySymbol),
        .query("snapshot.config", "Settings in force, secrets left out", .readers),
        .query(
            "why", "What led to an order, or to the newest signal of a symbol", .readers, anySymbol,
            .optional("order", .text(longest: 32))),
        .query(
            "killswitch.status", "Every kill that holds: level, scope, since when, by whom, why", .insiders),
        .mutating(
            engage, "Stops trading: level `halt` and every scope unless told otherwise", .stoppers,
            within: .seconds(20), level, scope),
        .mutating(
            "killswitch.release",
            "Ends the kill of a scope or lowers it to `level`; goes to disarmed, not to trading", .operators,
            within: .seconds(10), level, scope, .optional("request", .flag),
            .optional("approve", .text(longest: 64)), .optional("accept_positions", .flag),
            .optional("generation", .integer(0...Int.max))),
        .query("mode.show", "Mode, arming and what blocks it", .insiders),
        .mutating("mode.arm", "Lets strategies trade", .operators, within: .seconds(10)),
        .mutating("mode.disarm", "Stops new orders", .operators, within: .seconds(10)),
        .mutating(
            "mode.switch", "Changes between sim, ibkr and replay; cancels and reconciles on the way",
            .operators, within: .seconds(60), .required("mode", .choice(["sim", "ibkr", "live", "replay"])),
            .optional("file", .text(longest: 4_096))),
        .query("risk.show", "Every limit, its use, its owner and its last change", .insiders),
        .query(
            "risk.check", "What every control says of an order that nobody sends", .insiders,
            .required("symbol", .text(longest: 64)), .required("side", .choice(["buy", "sell"])),
            .required("quantity", .text(longest: 32)), .optional("limit", .text(longest: 32)),
            .optional("stop", .text(longest: 32)), .optional("strategy", .text(longest: 64)),
            .optional("reduce_only", .flag)),
        .mutating(
            "risk.set", "Changes a limit until the session ends; a looser one needs two persons under prod",
            .operators, within: .seconds(10), .optional("limit", .text(longest: 192)),
            .optional("value", .text(longest: 32)), .optional("request", .flag),
            .optional("approve", .text(longest: 32))),
        .mutating(
            "risk.override", "Changes a limit for some `seconds`; a looser one needs two persons under prod",
            .operators, within: .seconds(10), .optional("limit", .text(longest: 192)),
            .optional("value", .text(longest: 32)), .optional("seconds", .integer(1...86_400)),
            .optional("request", .flag), .optional("approve", .text(longest: 32))),
        .mutating(
            "mode.ack_warnings",
            "Lets the session be armed despite the start-up warnings that are open now; needs a `reason`",
            .operators, within: .seconds(10)),
        .mutating(
            "order.submit",
            "Sends an order by hand through every control; the same `token` again tells of the first one",
            .operators, within: .seconds(10), symbol, .required("side", .choice(["buy", "sell"])),
            .required("quantity", .text(longest: 32)),
            .optional("type", .choice(["market", "limit", "stop", "stop-limit"])),
            .optional("limit", .text(longest: 32)), .optional("stop", .text(longest: 32)),
            .optional("tif", .text(longest: 8)), .optional("until", .text(longest: 40)),
            .optional("reduce_only", .flag), .optional("post_only", .flag), .optional("outside_rth", .flag),
            .optional("take_profit", .text(longest: 32)), .optional("stop_loss", .text(longest: 32)),
            .optional("strategy", .text(longest: 64)), .optional("token", .text(longest: 64))),
        .mutating(
            "order.modify",
            "Asks for other terms of a working order, judged like an order; `quantity` is the whole of it",
            .operators, within: .seconds(10), .required("order", .text(longest: 32)),
            .optional("quantity", .text(longest: 32)), .optional("limit", .text(longest: 32)),
            .optional("stop", .text(longest: 32)), .optional("token", .text(longest: 64))),
        .mutating(
            "order.cancel", "Asks for the cancellation of a working order", .stoppers, within: .seconds(10),
            .required("order", .text(longest: 32))),
        .mutating(
            "order.cancel_all", "The same of every working order, of an instrument, of a strategy", .stoppers,
            within: .seconds(10), anySymbol, .optional("strategy", .text(longest: 64))),
        .query(
            "order.list", "Working orders; with `all` also the newest finished ones", .insiders, anySymbol,
            .optional("strategy", .text(longest: 64)), .optional("all", .flag), limit(10_000)),
        .query(
            "order.show", "One order with its terms", .insiders, .required("order", .text(longest: 32))),
        .query("trip.show", "How near each trip is, and what it has done", .insiders),
        .mutating(
            "trip.clear", "Lets a trip count from nothing; needs a `reason`, and releases nothing",
            .operators,
            within: .seconds(10), .required("name", .text(longest: 64)), scope),
        .query(
            "order.unresolved", "Orders of which nobody knows what has become of them, and why", .insiders),
        .query(
            "recon.show",
            "How our books stand against the broker's: differences, orders found, what is awaited",
            .insiders),
        .mutating(
            "recon.accept",
            "Takes the broker's positions for right where they differ; needs a `reason`, two persons under prod",
            .operators, within: .seconds(10), .optional("symbols", .text(longest: 1_024)),
            .optional("all", .flag), .optional("request", .flag), .optional("approve", .text(longest: 64))),
        .query("fault.show", "Faults that hold, since when and why, and how often each has come", .insiders),
        .query("log.show", "Log levels: of all, and of each component", .insiders),
        .mutating(
            "log.level", "Changes what is logged until the daemon ends; without `component` for all",
            .operators, within: .seconds(2), .required("level", .choice(logLevels)),
            .optional("component", .text(longest: 64))),
    ]

    private static let rows = Dictionary(uniqueKeysWithValues: methods.map { ($0.name, $0) })

    /// The row of `name`; `nil` for a method that does not exist.
    public static func row(_ name: String) -> ControlMethod? { rows[name] }
}
