import TradingModel

/// The table of what stops trading by itself.
extension SettingsSchema {
    private static let anHour = Durations.kind(0...3_600_000_000_000)

    static let trips = Section(
        name: "risk.trips",
        summary: "What each trip does: docs/risk-trips.md. 0 turns one off; under prod none may be.",
        settings: [
            .value(
                "risk.trips.day_loss.limit", \.risk.trips.dayLoss, Decimals.money(.notNegative),
                "Loss since 00:00 UTC, realised and unrealised, in the base currency."),
            .value(
                "risk.trips.drawdown.limit", \.risk.trips.drawdown, Decimals.money(.notNegative),
                "Fall from the best result of the session, in the base currency."),
            .value(
                "risk.trips.reject_storm.own", \.risk.trips.ownRejects, .whole(0...100_000),
                "Orders of a strategy that our controls refuse within the window."),
            .value(
                "risk.trips.reject_storm.broker", \.risk.trips.brokerRejects, .whole(0...100_000),
                "Orders of a strategy that the broker rejects within the window."),
            .value(
                "risk.trips.reject_storm.window", \.risk.trips.rejectWindow,
                Durations.kind(1_000_000_000...3_600_000_000_000), "Length of that window."),
            .value(
                "risk.trips.order_rate.per_minute", \.risk.trips.ordersPerMinute, .whole(0...100_000),
                "Accepted orders in 60 s; trips above. It trips above 80 % of `risk.orders_per_second` over 10 s as well."
            ),
            .value(
                "risk.trips.velocity.bps", \.risk.trips.velocityBps, .whole(0...10_000),
                "Move of a reference price within the window, in basis points; trips above."),
            .value(
                "risk.trips.velocity.window", \.risk.trips.velocityWindow,
                Durations.kind(1_000_000_000...3_600_000_000_000), "Length of that window."),
            .value(
                "risk.trips.stale_feed.after", \.risk.trips.staleAfter, anHour,
                "Silence of an instrument in which something is at stake."),
            .value(
                "risk.trips.clock.unsynchronised_after", \.risk.trips.unsynchronisedAfter, anHour,
                "Time for which the clock may be unsynchronised."),
            .value(
                "risk.trips.clock.step", \.risk.trips.clockStep, anHour,
                "How far the clock may be set at once."),
            .value(
                "risk.trips.disconnect.after", \.risk.trips.disconnectAfter, anHour,
                "Absence of the broker while orders work."),
            .value(
                "risk.trips.latency.lag", \.risk.trips.lag, anHour,
                "How long the bus may take to get to an event."),
        ])

    /// Settings that profile prod does not let stand at zero: no trip is off, but one of the two rates may be, and the
    /// clock is watched.
    static let mandatoryTrips =
        trips.settings.map(\.key).filter { $0 != "risk.trips.order_rate.per_minute" } + [
            "risk.max_clock_error"
        ]
}
