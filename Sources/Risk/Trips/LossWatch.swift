import TradingModel

/// The result of the day and its fall from the best.
struct LossWatch: Sendable {
    /// A UTC day in nanoseconds.
    private static let day: Int64 = 86_400_000_000_000

    private(set) var result: SessionPnL
    private let dayLimit: Money
    private let fallLimit: Money
    /// The result at which the day began.
    private var start = Money.zero
    private var best = Money.zero
    private var tomorrow = Timestamp.zero

    init(_ limits: TripLimits, instruments: [Instrument], rates: [String: Price]) {
        result = SessionPnL(instruments: instruments, rates: rates)
        dayLimit = limits.dayLoss
        fallLimit = limits.drawdown
    }

    /// Loss of the day; negative for a gain.
    var dayLoss: Money { start - result.total }

    /// Fall from the best result.
    var drawdown: Money { best - result.total }

    /// Begins a new day with the first event of it.
    mutating func turn(at now: Timestamp) {
        guard now >= tomorrow else { return }
        tomorrow = now.floored(to: Self.day).advanced(by: Self.day)
        start = result.total
    }

    /// Books an execution.
    mutating func book(_ report: OrderEvent, of symbol: SymbolID) {
        result.book(report.side, report.lastQuantity, at: report.lastPrice, of: symbol)
        best = max(best, result.total)
    }

    /// Values a position by a quote.
    ///
    /// - Returns: whether the result has changed.
    mutating func mark(_ symbol: SymbolID, by quote: Tick) -> Bool {
        guard result.mark(symbol, by: quote) else { return false }
        best = max(best, result.total)
        return true
    }

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
        if trip == .dayLoss { start = result.total } else { best = result.total }
    }
}
