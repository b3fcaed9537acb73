import TradingModel

/// The table of the simulated exchange.
extension SettingsSchema {
    private static let latency = Durations.kind(0...60_000_000_000)

    static let simulation = Section(
        name: "execution.sim",
        summary:
            "How far away the simulated exchange is, what it shows and what it charges. Latencies are of event time: a "
            + "message arrives with the first event at or after its time. Fees are in the instrument's currency.",
        settings: simulationSettings.map { $0.addedLater() })

    private static let simulationSettings: [Setting] = [
        .value(
            "execution.sim.entry_latency", \.execution.sim.entryLatency, latency,
            "Time that an order or cancel travels, at least; none overtakes another."),
        .value(
            "execution.sim.response_latency", \.execution.sim.responseLatency, latency,
            "Time that a report travels back, at least."),
        .value(
            "execution.sim.latency_jitter", \.execution.sim.latencyJitter, latency,
            "What comes on top each way, by chance."),
        .value(
            "execution.sim.latency_shape", \.execution.sim.latencyShape, .choice,
            "How the jitter is spread: evenly from nothing to it, or with it as the middle and a long tail."
        ),
        .value(
            "execution.sim.book", \.execution.sim.book, .choice,
            "What orders meet: the best bid and ask, or every row of the ladder where depth is known."),
        .value(
            "execution.sim.fee_per_unit", \.execution.sim.feePerUnit, Decimals.price(.notNegative),
            "Fee for each unit of quantity."),
        .value(
            "execution.sim.taker_fee_bps", \.execution.sim.takerFeeBps, Decimals.price(.notNegative),
            "Fee in basis points of the notional for what fills from the shown book or a resting order."),
        .value(
            "execution.sim.maker_fee_bps", \.execution.sim.makerFeeBps, Decimals.price(.any),
            "The same for what fills while it rests; negative where the venue pays for it."),
        .value(
            "execution.sim.minimum_fee", \.execution.sim.minimumFee, Decimals.price(.notNegative),
            "Least fee of an order that fills, charged with its first fill."),
        .value(
            "execution.sim.reject_probability", \.execution.sim.rejectProbability, Decimals.probability,
            "Chance that an order is refused when it arrives."),
        .value(
            "execution.sim.cancel_reject_probability", \.execution.sim.cancelRejectProbability,
            Decimals.probability,
            "Chance that a cancel is refused when it arrives; the order works on. One of a kill is asked for "
                + "again a second later."),
    ]
}
