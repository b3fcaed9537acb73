import TradingModel

/// Things a second, with room for one second's worth at once. Time is the event's; whole numbers only.
struct TokenBucket: Sendable {
    /// Tokens a second; also how many there are at most.
    var rate: Int
    /// Of a token, in units of 1e-9.
    private var missing: Int64 = 0
    private var last = Timestamp.zero

    init(rate: Int) { self.rate = rate }

    /// Whole tokens there at `now`.
    func available(at now: Timestamp) -> Int {
        let missing = missing(at: now)
        return rate - Int((missing + 999_999_999) / 1_000_000_000)
    }

    /// Takes a token, also where there is none: cancels do, which nothing holds back.
    mutating func take(at now: Timestamp) {
        missing = min(missing(at: now) + 1_000_000_000, Self.deepest)
        last = now
    }

    /// A debt that takes hours is as good as one that takes for ever.
    private static let deepest: Int64 = 1 << 60

    private func missing(at now: Timestamp) -> Int64 {
        guard missing > 0 else { return 0 }
        let passed = max(now.since(last), 0)
        let (regained, overflow) = passed.multipliedReportingOverflow(by: Int64(rate))
        return overflow ? 0 : max(missing - regained, 0)
    }
}
