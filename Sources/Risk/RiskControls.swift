import TradingModel

/// One control in words: a row of docs/risk-controls.md, which is made of these.
public struct RiskControl: Sendable {
    /// Its code.
    public let reason: RiskReason
    /// When it refuses.
    public let breach: String
    /// The settings it goes by, without `risk.`; empty for none.
    public let settings: [String]
    /// What it does with orders that only make a position smaller.
    public let reducing: String
    /// OrdRejReason (tag 103) that says the same.
    ///
    /// - Source: FIX 5.0 SP2, field 103.
    public let fix: Int

    fileprivate init(
        _ reason: RiskReason, _ breach: String, _ settings: [String] = [], reducing: String = "applies",
        fix: Int
    ) {
        self.reason = reason
        self.breach = breach
        self.settings = settings
        self.reducing = reducing
        self.fix = fix
    }

    /// Every control, in the order of evaluation.
    public static let all = gates + shapes + amounts + rates

    private static let gates = [
        RiskControl(
            .auditUnavailable, "the audit trail cannot make the decision durable", fix: 0),
        RiskControl(
            .killSwitch,
            "a kill of level `halt` or `flatten` holds for the order, or one of level `reduce` and the order is not reducing",
            reducing: "exempt at `reduce`; above it only what a flatten itself sends", fix: 0),
        RiskControl(.mode, "trading is not armed", reducing: "applies, but to what a flatten sends", fix: 0),
        RiskControl(.notReconciled, "our books are not compared with the broker's, or differ", fix: 0),
        RiskControl(.brokerDown, "the broker cannot be reached, or takes no orders", fix: 0),
        RiskControl(
            .orderUnresolved,
            "of an order of the same instrument and side nobody knows what has become of it: it was never answered before the connection or the process was lost, or the broker holds it without a word",
            reducing: "exempt: what that order may fill is reserved", fix: 0),
        RiskControl(
            .clock,
            "the clock is not synchronised, or wrong by more than the limit, or watched and not read yet; not checked where nobody watches it",
            ["max_clock_error"], reducing: "exempt", fix: 0),
        RiskControl(
            .symbol, "the instrument is not on the whitelist, or the settings do not describe it",
            ["whitelist"], reducing: "exempt from the whitelist", fix: 1),
        RiskControl(
            .symbolHalted,
            "the stream of the instrument's quotes may not be traded on, or a kill of the instrument holds",
            reducing: "exempt: `kill_switch` has asked for the strictest kill already", fix: 2),
        RiskControl(
            .session, "the instrument's hours are known and it is outside them", ["sessions"],
            reducing: "exempt with `reduce_outside_sessions`", fix: 2),
        RiskControl(
            .orderType,
            "the kind, or how long it is good for, is not allowed; a market order or a stop with `market_orders: deny`; `reduce_only` on an order that does not reduce",
            ["order_types", "time_in_force", "market_orders"], fix: 11),
        RiskControl(
            .duplicateID, "the id is not above the last one of the same strategy, or is open", fix: 6),
    ]

    private static let shapes = [
        RiskControl(.invalidQuantity, "the quantity is not a positive multiple of the lot", fix: 13),
        RiskControl(
            .invalidPrice, "a price is missing or one too many, not positive, or off the tick grid", fix: 18),
        RiskControl(
            .noReference, "no quote that is neither crossed nor locked, and no trade young enough", fix: 19),
        RiskControl(
            .staleReference, "the quote is too old or too wide, and no trade is young enough",
            ["max_ref_age", "max_ref_spread_bps"],
            reducing: "exempt for limits inside the collar of what was known last",
            fix: 8),
        RiskControl(
            .sizeLimit, "quantity > limit", ["max_size"], reducing: "may be as large as the position", fix: 3),
        RiskControl(
            .priceCollar,
            "a limit beyond the collar, or beyond the wide band on the passive side; a trigger that is not beyond the reference (but of a stop-loss whose entry has filled), or beyond the wide band; the limit behind a trigger outside the collar around it",
            ["price_collar_bps", "passive_band_bps"], fix: 16),
    ]

    private static let amounts = [
        RiskControl(
            .notionalLimit, "quantity × worst price × multiplier × rate > limit", ["max_order_notional"],
            reducing: "exempt", fix: 20),
        RiskControl(
            .positionLimit, "worst-case position > limit", ["max_position"], reducing: "exempt", fix: 3),
        RiskControl(
            .exposureLimit,
            "worst-case exposure > limit, of the instrument or of all; what cannot be valued refuses",
            ["max_exposure", "max_gross_exposure"], reducing: "exempt", fix: 25),
        RiskControl(
            .openOrdersLimit,
            "working and pending orders have reached the limit, of the instrument or of all",
            ["max_open_orders", "max_open_orders_total"], reducing: "counted apart, same limit", fix: 3),
        RiskControl(
            .buyingPower, "gross exposure > funds less the loss", ["account_equity"], reducing: "exempt",
            fix: 25),
        RiskControl(
            .lossLimit,
            "the loss of the day (UTC), or from the highest result, commissions included, has reached its limit",
            ["max_day_loss", "max_drawdown"], reducing: "exempt", fix: 21),
    ]

    private static let rates = [
        RiskControl(
            .duplicateOrder, "the same symbol, side, quantity and price was accepted within the window",
            ["duplicate_window"], reducing: "applies, but to what a flatten sends", fix: 6),
        RiskControl(
            .selfCross, "an order of ours works on the other side at a price at which they would trade",
            ["refuse_self_cross"], reducing: "refused, but not by a stop that waits", fix: 0),
        RiskControl(
            .throttleExceeded, "orders accepted for the symbol in the last 60 s have reached the limit",
            ["throttle_max"], reducing: "exempt, and not counted", fix: 21),
        RiskControl(
            .rateLimit, "no token is left of the orders and changes, or of the messages, of a second",
            ["orders_per_second", "messages_per_second"], reducing: "own share: `rate_reserve_percent`",
            fix: 21),
        RiskControl(
            .repeatLimit, "orders of the strategy since the trip `repeat` was cleared have reached the limit",
            ["max_repeats"], reducing: "exempt, and not counted", fix: 21),
        RiskControl(
            .dailyOrdersLimit, "orders accepted today (UTC) have reached the limit", ["max_orders_day"],
            reducing: "exempt, and not counted", fix: 21),
        RiskControl(
            .childExceedsParent, "the orders that follow from one signal are more than it asked for", fix: 3),
        RiskControl(.internalFault, "a sum does not fit its range, or a result is not known", fix: 99),
    ]

    /// docs/risk-controls.md, whole.
    public static var markdown: String {
        let rows = all.enumerated().map { index, control in
            let settings = control.settings.map { "`risk.\($0)`" }.joined(separator: ", ")
            return "| \(index + 1) | `\(control.reason.code)` | \(control.breach) | "
                + "\(settings.isEmpty ? "–" : settings) | \(control.reducing) | \(control.fix) |"
        }
        return introduction + rows.joined(separator: "\n") + "\n" + rules
    }

    private static let introduction = """
        # Controls before every order

        <!-- Made from Sources/Risk/RiskControls.swift; a test compares. Change the code, then run
             `TRADINGD_WRITE_DOCS=1 swift test --filter RiskTests`. -->

        Every order, of a strategy, by hand or of a flatten, in every mode, is judged by these controls in this order, and
        reserved in the same step. Live the first that refuses is the reason, and those behind it are not evaluated;
        `tradectl risk check` evaluates all of them and spends nothing. A limit that is not configured is not checked, which
        `dev` alone allows. A value equal to a limit passes, but where the table says "reached". FIX is the value of
        OrdRejReason (103).

        | # | code | refuses when | settings | reducing orders | FIX |
        |---|---|---|---|---|---|

        """

    private static let rules = """

        An order is **reducing** when it is on the other side of the position, and no larger than the position less what works
        on that side already. A larger one reverses the position and is judged in full.

        The **reference price** is the middle of a quote that is young and narrow enough, else the last trade if it is young
        enough. A **market order** is sent as a limit at the edge of the collar that does not stay (`market_orders: protect`, IOC), or refused. A **stop**
        of ours that waits crosses what may still wait between its trigger and its limit when the market comes there.

        The **exposure** values what is held at the reference, and each open order at its own price: a buy at the worse of its
        limit and the reference it was approved by, a sell at that reference; together they are worth no less than the
        reference of the moment says. So no set of fills, at the prices the orders allow, leads past the limit.

        The **worst case** of an instrument is the larger of |position + open buys| and |position − open sells|. What an order
        may still fill counts from its approval on, before it leaves, until the venue's word releases it: a fill moves it into
        the position, a cancel or a reject gives it back, silence does neither. Where a limit is given for an instrument or a
        strategy as well (`risk.symbols`, `risk.strategies`), the tighter applies.

        A **change** of a working order that asks for more, or for a worse price, is judged as a new order of the difference,
        which is reserved before it leaves; one that asks for less is refused only while the broker is down, and gives back
        only what the venue has confirmed. A **cancel** is never refused; those of a kill count among the messages of a second.

        Limits may be changed while the daemon runs: `tradectl risk set` and `tradectl risk override`. A tighter one holds at
        once. Under `prod` a looser one needs two persons, and looser is what allows more at any moment to come: making an
        override permanent or longer is, and so is taking the place of a stricter one that holds longer. It is judged when it
        is asked for and again in its place in the sequence, where one that has become looser meanwhile is refused. Nothing of it outlives the session: a restart, and a switch of the
        mode, return to the files.

        What is used up outlives the session: the throttle's 60 s, orders of the day, repeats, the day's loss and the fall
        from the best of the day go on after a restart or a switch back to the mode, from what the audit trail tells
        (docs/audit-format.md, `risk.use`). The result that `buying_power` takes from `risk.account_equity` goes on over
        midnight as well, until the settings say another equity. Commissions and fees count in all of them when the venue tells them,
        at the rates of `risk.fx.<CURRENCY>`; one in a currency without a rate leaves the result unknown. The rates of a second, the window of duplicates and the counts of the trips
        `order_rate` and `reject_storm` begin anew.

        """
}
