import TradingModel

extension LimitAssignment {
    /// What is wrong with a change that an operator asks for, where one could be folded: whom it concerns, and what it says.
    public enum Fault: Error, Sendable, Hashable {
        /// The instrument is not among those that are traded.
        case unknownSymbol(String)
        /// The strategy does not run and has no limits.
        case unknownStrategy(String)
        /// The settings would not take such a number.
        case range(ClosedRange<Int>)
        /// No order could be of that size.
        case lot(Quantity)
        /// Trading would stop by itself before the limit is reached.
        case beyondTrip(Trip, Money)

        /// The member of a call that it concerns.
        public var member: String {
            switch self {
            case .unknownSymbol, .unknownStrategy: "limit"
            case .range, .lot, .beyondTrip: "value"
            }
        }

        /// In words.
        public var text: String {
            switch self {
            case .unknownSymbol(let name): "\(name) is no instrument of this session"
            case .unknownStrategy(let name): "\(name) is no strategy of this session"
            case .range(let range): "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            case .lot(let lot): "must be a multiple of the lot, which is \(lot)"
            case .beyondTrip(let trip, let hard):
                "must be < risk.trips.\(trip.name).limit (\(hard)), at which trading stops by itself"
            }
        }
    }

    /// What is wrong with it under limits that hold; `nil` where nothing is.
    ///
    /// - Parameters:
    ///   - trips: when trading stops by itself.
    ///   - strategies: those that run.
    public func fault(
        _ limits: RiskLimits, trips: TripLimits = .off, strategies: Set<StrategyID>
    ) -> Fault? {
        switch scope {
        case .all: break
        case .symbol(let symbol):
            guard limits.instruments.contains(where: { $0.symbol == symbol }) else {
                return .unknownSymbol(symbol.name)
            }
        case .strategy(let strategy):
            guard strategies.contains(strategy) || limits.strategies[strategy] != nil else {
                return .unknownStrategy(strategy.name)
            }
        }
        switch value {
        case .count(let count):
            guard let range = key.range, !range.contains(count) else { return nil }
            return .range(range)
        case .quantity(let quantity): return lotFault(quantity, limits.instruments)
        case .money(let money): return tripFault(money, trips)
        default: return nil
        }
    }

    /// From a limit of the result on only reducing orders pass: that must come before everything stops, as the settings say.
    private func tripFault(_ money: Money, _ trips: TripLimits) -> Fault? {
        switch key {
        case .maxDayLoss where trips.dayLoss > .zero && money >= trips.dayLoss:
            .beyondTrip(.dayLoss, trips.dayLoss)
        case .maxDrawdown where trips.drawdown > .zero && money >= trips.drawdown:
            .beyondTrip(.drawdown, trips.drawdown)
        default: nil
        }
    }

    /// A size must be one that an order can have, of the instrument or, where it is for all, of one of them.
    private func lotFault(_ quantity: Quantity, _ instruments: [Instrument]) -> Fault? {
        let concerned = instruments.filter { instrument in
            guard case .symbol(let own) = scope else { return true }
            return own == instrument.symbol
        }
        let fits = concerned.contains { quantity.isMultiple(of: $0.lotSize) }
        guard let least = concerned.map(\.lotSize).min(), !fits else { return nil }
        return .lot(least)
    }
}
