import TradingModel

extension Trip {
    /// The table of the trips.
    public var rule: TripRule {
        switch self {
        case .dayLoss:
            TripRule(
                condition:
                    "realised and unrealised result, less commissions, since 00:00 UTC ≤ −`limit`, marked with fresh quotes; "
                    + "`halt` at 120 % of it",
                parameters: "`limit` 0 (off)", level: .reduce, reach: .all,
                cure: "a new day, or `trip clear`: the loss counts from there", isMandatory: true)
        case .drawdown:
            TripRule(
                condition:
                    "result ≤ its best of the session, or of an earlier session of the day − `limit`, marked with fresh quotes; `halt` at 120 % of it",
                parameters: "`limit` 0 (off)", level: .reduce, reach: .all,
                cure: "`trip clear`: the best counts from there", isMandatory: true)
        case .rejectStorm:
            TripRule(
                condition:
                    "of a strategy's orders ≥ `own` refused by our controls, or ≥ `broker` rejected by the broker, "
                    + "within `window`",
                parameters: "`own` 10, `broker` 5, `window` 60s", level: .halt, reach: .strategy,
                cure: "the window passes, or `trip clear`", isMandatory: true)
        case .orderRate:
            TripRule(
                condition:
                    "accepted orders > 80 % of `risk.orders_per_second`, as configured, over 10 s, or > `per_minute` within 60 s",
                parameters: "`per_minute` 0 (off)", level: .halt, reach: .all,
                cure: "the window passes, or `trip clear`", isMandatory: true)
        case .repetition:
            TripRule(
                condition:
                    "accepted orders of a strategy since it was cleared last, over all sessions ≥ `risk.max_repeats`",
                parameters: "", level: .halt, reach: .strategy,
                cure: "`trip clear`: it counts from nothing", isMandatory: true)
        case .staleFeed:
            TripRule(
                condition:
                    "an instrument in session, with a position or orders at work, silent for > `after`, while "
                    + "others tick or the broker is gone",
                parameters: "`after` 10s", level: .reduce, reach: .symbol,
                cure: "it is heard again", isMandatory: true)
        case .clock:
            TripRule(
                condition:
                    "clock not synchronised for > `unsynchronised_after`, set by > `step`, or gone back",
                parameters: "`unsynchronised_after` 60s, `step` 100ms", level: .reduce, reach: .all,
                cure: "the clock is synchronised", isMandatory: true)
        case .drift:
            TripRule(
                condition:
                    "positions differ from the broker's, or an open order at our client id appears that is not ours, "
                    + "and nothing explains it: what a second look (a comparison of the books) still shows",
                parameters: "", level: .halt, reach: .all,
                cure:
                    "the release of `all` with `--accept-positions`, where positions differed; the session is then not "
                    + "armed again", isMandatory: true)
        case .unknownExecution:
            TripRule(
                condition: "an execution of an order that is not known", parameters: "", level: .halt,
                reach: .all,
                cure: "`trip clear`, once the books have been looked at", isMandatory: true)
        case .childParent:
            TripRule(
                condition:
                    "an order is refused by `child_exceeds_parent`, or one filled more than its quantity",
                parameters: "", level: .halt, reach: .all, cure: "`trip clear`", isMandatory: true)
        case .disconnect:
            TripRule(
                condition:
                    "broker gone for > `after` with orders at work, which are cancelled when it is back, but for exits of brackets",
                parameters: "`after` 10s", level: .reduce, reach: .all, cure: "the broker is back",
                isMandatory: true)
        case .audit:
            TripRule(
                condition: "a line of the audit log cannot be written, or its disk is short of the reserve",
                parameters: "", level: .halt, reach: .all, cure: "room; else a restart", isMandatory: true)
        case .latency:
            TripRule(
                condition: "the bus lags > `lag`, or its ring is filled > 80 %", parameters: "`lag` 1s",
                level: .reduce,
                reach: .all, cure: "the load is gone", isMandatory: true)
        case .internal:
            TripRule(
                condition: "an order is refused by `internal`: an invariant is broken", parameters: "",
                level: .halt,
                reach: .all, cure: "a restart", isMandatory: true)
        case .velocity:
            TripRule(
                condition:
                    "the reference price of an instrument on the whitelist moves by > `bps` of where it moves from "
                    + "within `window`",
                parameters: "`bps` 0 (off), `window` 10s", level: .reduce, reach: .symbol,
                cure: "the window passes, or `trip clear`: it moves from where it is", isMandatory: true)
        }
    }

    /// docs/risk-trips.md, whole.
    public static var documentation: String {
        let rows = allCases.map { trip in
            let rule = trip.rule
            let parameters = rule.parameters.isEmpty ? "–" : rule.parameters
            return "| `\(trip.name)` | \(rule.condition) | \(parameters) | `\(rule.level.name)` | "
                + "\(rule.reach.rawValue) | \(rule.cure) |"
        }
        return """
            # Trips

            <!-- Made from the table in Sources/Risk/Trips; a test compares. Change the code, then run
                 `TRADINGD_WRITE_DOCS=1 swift test --filter TripDocumentationTests`. -->

            What stops trading by itself. A trip engages the kill switch as `trip:NAME`, with the figures as its reason: from
            the event in which it trips no order passes that its level forbids, not even a later one of the same event. Trips
            never flatten, never lower a level, and never end by themselves: an operator releases the kill switch and arms.
            A trip whose condition still holds trips again in the very event of the release. One that trips while a kill as
            strict holds already, whoever wanted it, is told and remembered all the same: it outlives that kill.

            `tradectl trip show` lists them; `tradectl trip clear NAME` lets one count from nothing. Under prod that is
            refused unless it has tripped and a kill of its scope, as strict, stands at that moment: two persons release that
            one. What has tripped ends when it is cleared, and with a release that leaves no such kill: what still holds then
            trips anew, and what does not cannot be cleared later. What has not ended outlives a restart. Settings are under
            `risk.trips.NAME`; all of them are mandatory under prod.

            The reference price of `velocity` is the middle of the newest quote that is neither crossed nor locked; without
            quotes the last trade. A price holds until the next one: one that follows a gap without quotes is a move, unless
            the instrument did not trade meanwhile (`risk.sessions`). Rises are measured from the lowest, falls from the
            highest price that held within the window, which is kept in sixteen parts: a price counts for `window` at least
            and for a fifteenth of it more at most.

            | Trip | Condition | Settings | Level | Scope | What ends the condition |
            |---|---|---|---|---|---|
            \(rows.joined(separator: "\n"))

            """
    }
}
