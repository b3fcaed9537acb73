import TradingModel

/// The result of the day and its fall from the best.
struct LossWatch: Sendable {
    /// A UTC day in nanoseconds.
    private static let day: Int64 = 86_400_000_000_000

    private let dayLimit: Money
    private let fallLimit: Money
    /// The newest result.
    private(set) var result = Money.zero
    /// The result at which the day began.
    private var start = Money.zero
    private var best = Money.zero
    private var tomorrow = Timestamp.zero

    init(_ limits: TripLimits) {
        dayLimit = limits.dayLoss
        fallLimit = limits.drawdown
    }

    /// Loss of the day; negative for a gain.
    var dayLoss: Money { start - result }

    /// Fall from the best result.
    var drawdown: Money { best - result }

    /// Notes a new result. The first of a day counts to that day.
    mutating func note(_ newest: Money, at now: Timestamp) {
        if now >= tomorrow {
            tomorrow = now.floored(to: Self.day).advanced(by: Self.day)
            start = result
        }
        result = newest
        best = max(best, newest)
    }

    /// Goes on from what was lost before.
    ///
    /// - Parameter day: beginning of the day (UTC) of `dayLoss`.
    mutating func carry(dayLoss: Money, drawdown: Money, day: Timestamp) {
        start = result + dayLoss
        best = result + max(drawdown, .zero)
        tomorrow = day.advanced(by: Self.day)
    }

    /// A day's loss ends with it; what is noted does so by itself.
    func dayLoss(at now: Timestamp) -> Money { now >= tomorrow ? .zero : dayLoss }

    /// How far a loss calls for a kill; `nil` where it does not.
    func level(_ trip: Trip) -> KillLevel? {
        trip == .dayLoss ? Self.level(dayLoss, dayLimit) : Self.level(drawdown, fallLimit)
    }

    private static func level(_ loss: Money, _ limit: Money) -> KillLevel? {
        guard limit > .zero, loss >= limit else { return nil }
        return loss >= limit.scaled(by: 12, over: 10) ? .halt : .reduce
    }

    /// Lets a loss count from here.
    mutating func clear(_ trip: Trip) {
        if trip == .dayLoss { start = result } else { best = result }
    }
}
