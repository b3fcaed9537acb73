/// What a strategy thinks.
public struct Signal: Hashable, Sendable, BitwiseCopyable {
    /// Which way.
    public enum Direction: Int8, Sendable, BitwiseCopyable, CaseIterable {
        /// Sell.
        case short = -1
        /// No opinion.
        case flat = 0
        /// Buy.
        case long = 1

        /// `short`, `flat` or `long`.
        public var name: StaticString {
            switch self {
            case .short: "short"
            case .flat: "flat"
            case .long: "long"
            }
        }
    }

    /// Who says so.
    public var strategy: StrategyID
    /// Which way.
    public var direction: Direction
    /// Whether the micro-price had sizes to weigh; otherwise it is the mid.
    public var isWeighted: Bool
    /// Strength in ticks, signed.
    public var score: Double
    /// 0…1.
    public var confidence: Double
    /// Features at the signal: the newest micro-price.
    public var last: Price
    /// Mean of the last 5 samples.
    public var mean5: Price
    /// Mean of the last 10 samples.
    public var mean10: Price
    /// Best bid and ask at the signal.
    public var bid: Price
    /// Best ask at the signal.
    public var ask: Price

    /// A signal.
    public init(
        strategy: StrategyID, direction: Direction, isWeighted: Bool, score: Double, confidence: Double,
        last: Price, mean5: Price, mean10: Price, bid: Price, ask: Price
    ) {
        self.strategy = strategy
        self.direction = direction
        self.isWeighted = isWeighted
        self.score = score
        self.confidence = confidence
        self.last = last
        self.mean5 = mean5
        self.mean10 = mean10
        self.bid = bid
        self.ask = ask
    }
}
