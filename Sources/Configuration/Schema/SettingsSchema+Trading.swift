import TradingModel

/// The tables of what is traded, how much and where.
extension SettingsSchema {
    static let execution = Section(
        name: "execution", summary: "",
        settings: [
            .value(
                "execution.mode", \.execution.mode, Texts.mode, environment: "TRADINGD_MODE",
                "What feeds the daemon and where its orders go."),
            .value(
                "execution.slippage", \.execution.slippage, .whole(0...1_000_000),
                "How much worse than the book simulated fills are, in ticks."),
            .value(
                "execution.fill_probability", \.execution.fillProbability, Decimals.probability,
                "Chance that a simulated order fills each time it meets a price it may trade at."),
            .value(
                "execution.seed", \.execution.seed, .whole(0...UInt64.max), "Seed of the simulated exchange."),
            .value(
                "execution.limit_price", \.execution.limitPrice, .choice,
                "Where a strategy's limit orders are put: at the best price of the other side, or of our own."
            ),
            .value(
                "execution.on_stop", \.execution.onStop, .choice, decides: false,
                "What becomes of orders that work at the broker when the process is asked to end. A kill cancels them "
                    + "whatever stands here."),
            .value(
                "execution.reconcile_every", \.execution.reconcileEvery,
                Durations.kind(0...86_400_000_000_000),
                decides: false,
                "How often our books are compared with the broker's besides after every connection and every doubt; 0s "
                    + "never. New orders wait for the answers."),
            .value(
                "execution.on_error", \.execution.onError, .choice,
                "What becomes of new intents of strategies while the broker takes no orders, in mode ibkr: halt denies "
                    + "them, shadow simulates them in a book of its own. Under prod shadow is a start-up warning."
            ),
        ])

    static let strategy = Section(
        name: "strategy", summary: "",
        settings: [
            .value(
                "strategy.enabled", \.strategy.isEnabled, Texts.toggle,
                "Whether the strategy runs; without it there are no signals."),
            .value("strategy.name", \.strategy.name, Texts.name, "Which strategy runs."),
            .value(
                "strategy.size", \.strategy.size, Decimals.quantity(.positive), "Target position of a signal."
            ),
            .entry(
                "strategy.sizes.<SYMBOL>", \.strategy.sizes, Decimals.quantity(.positive),
                "Target position where it differs from `strategy.size`."),
            .value(
                "strategy.threshold_ticks", \.strategy.thresholdTicks, Decimals.price(.notNegative),
                "Ticks by which last, mean_5 and mean_10 must lie apart for a signal."),
            .value(
                "strategy.exit_on_flat", \.strategy.exitOnFlat, Texts.toggle,
                "Whether a flat signal closes the position."),
        ])

    static let orderFlow = Section(
        name: "order_flow", summary: "",
        settings: [
            .value(
                "order_flow.bar", \.orderFlow.bar, Durations.kind(1_000_000...86_400_000_000_000),
                "Length of a bar."),
            .value(
                "order_flow.tape_capacity", \.orderFlow.tapeCapacity, .powerOfTwo(upTo: 1_048_576),
                "Prints the tape keeps per symbol."),
            .value(
                "order_flow.bars_kept", \.orderFlow.barsKept, .whole(1...65_536),
                "Bars kept per symbol; of footprints fewer where they have more than 131,072 rows together."),
        ])
}
