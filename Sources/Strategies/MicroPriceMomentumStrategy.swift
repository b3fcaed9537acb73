import TradingModel

/// Follows the micro-price: long while `last > mean_5 > mean_10`, short mirrored, each by at least a threshold.
///
/// - long: `last − mean_5 ≥ θ` and `mean_5 − mean_10 ≥ θ`, with θ = threshold × tick size
/// - short: mirrored
/// - flat: everything else; equality without a threshold is flat
///
/// A signal is emitted when the direction changes. `score` is `(last − mean_10) ÷ tick`, `confidence` is
/// `|score| ÷ (|score| + 10 θ/tick)`, or 1 with no threshold.
/// Source: order-flow reference, "Strategy features".
public struct MicroPriceMomentumStrategy: Strategy {
    /// Parameters.
    public struct Options: Sendable, Equatable {
        /// θ in ticks; zero or more.
        public var thresholdTicks: Price

        /// Parameters; the default threshold is 0.1 tick.
        public init(thresholdTicks: Price = Price(rawValue: 100_000_000)) {
            self.thresholdTicks = thresholdTicks
        }
    }

    /// What the strategy knows of one instrument, and thinks of it.
    private struct View {
        /// Zero for an instrument that is not known.
        var tick = Price.zero
        /// θ as a price in 1e-9; at least one, so that equality is flat.
        var threshold: Int128 = 1
        var direction = Signal.Direction.flat
    }

    /// `micro_price_momentum`.
    public let id = StrategyID("micro_price_momentum")
    /// 1: means over 5 and 10 samples, both differences against θ.
    public let version: UInt32 = 1
    private let options: Options
    private var views = InstrumentTable<View>(default: View())

    /// The strategy on instruments with known tick sizes; it stays silent on others.
    public init(instruments: [Instrument], options: Options = Options()) {
        self.options = options
        for instrument in instruments {
            let threshold = Int128(options.thresholdTicks.rawValue) * Int128(instrument.tickSize.rawValue)
            views[instrument.symbol] = View(
                tick: instrument.tickSize, threshold: max(threshold / 1_000_000_000, 1))
        }
    }

    /// Emits a signal when the direction changes.
    public mutating func evaluate(_ symbol: SymbolID, _ state: SymbolState) -> Signal? {
        let view = views[symbol]
        guard view.tick > .zero, let features = state.samples.features, let quote = state.quote else {
            return nil
        }
        let direction = Self.direction(features, threshold: view.threshold)
        guard direction != view.direction else { return nil }
        views[symbol].direction = direction
        let tick = view.tick
        let score = Double(features.last.rawValue - features.mean10.rawValue) / Double(tick.rawValue)
        let scale = Double(options.thresholdTicks.rawValue) / 1e9 * 10
        return Signal(
            strategy: id, direction: direction, isWeighted: state.isWeighted, score: score,
            confidence: score == 0 ? 0 : abs(score) / (abs(score) + scale), last: features.last,
            mean5: features.mean5, mean10: features.mean10, bid: quote.bid, ask: quote.ask)
    }

    /// Tick size, θ and opinion; `nil` for an instrument that is not known.
    public func view(_ symbol: SymbolID) -> StrategyView? {
        let view = views[symbol]
        guard view.tick > .zero else { return nil }
        return StrategyView(
            tickSize: view.tick, threshold: Price(rawValue: Int64(clamping: view.threshold)),
            direction: view.direction)
    }

    /// Back to flat, without a signal.
    public mutating func reset(_ symbol: SymbolID) { views[symbol].direction = .flat }

    private static func direction(_ features: Features, threshold: Int128) -> Signal.Direction {
        let fast = Int128(features.last.rawValue) - Int128(features.mean5.rawValue)
        let slow = Int128(features.mean5.rawValue) - Int128(features.mean10.rawValue)
        if fast >= threshold && slow >= threshold { return .long }
        if fast <= -threshold && slow <= -threshold { return .short }
        return .flat
    }
}
