import TWSProtocol
import TradingModel

/// One contract that the simulated gateway knows: what it says of it, and what data it has of it.
///
/// Numbers and names are those of IBKR where they are fixed; those of futures, which come and go, are made up from the
/// month. Source: reference of the TWS socket protocol, "contractData" and "contracts and their feeds".
public struct GatewayInstrument: Sendable {
    /// What depth a venue gives.
    public enum DepthKind: Sendable {
        /// Message 12.
        case plain
        /// Message 13: rows name a market maker.
        case makers
    }

    /// A venue of the contract.
    public struct Venue: Sendable {
        /// Its name, such as `COMEX`.
        public var name: String
        /// What depth it gives; `nil` where there is none.
        public var depth: DepthKind?
    }

    /// The contract, with the exchange where it is asked for by default.
    public var contract: Contract
    /// Name of its market in feeds and recordings: the local symbol.
    public var symbol: SymbolID
    /// Venues that may be asked, the default one first.
    public var venues: [Venue]
    /// Smallest price step anywhere.
    public var minTick: Price
    /// Price steps by price, lowest edge first; the same at every venue.
    public var rule: PriceRule
    /// Smallest size and step of sizes.
    public var sizeStep: Quantity
    /// Whether its trades are published: over-the-counter instruments have none.
    public var hasTrades: Bool
    /// Shortest time between two conflated level 1 updates, in nanoseconds.
    public var conflation: Int64
    /// Name of the product, such as `Apple Inc`.
    public var longName: String
    /// Name of its market.
    public var marketName: String
    /// Month of a future, `YYYYMM`; empty otherwise.
    public var contractMonth: String
    /// Zone of its trading hours.
    public var timeZone: String
    /// When it trades on a day.
    public var hours: TradingHours
    /// Kinds of order it takes, separated by commas.
    public var orderTypes: String
    /// Kind of stock, such as `COMMON`; empty otherwise.
    public var stockType: String
    /// Industry, category and subcategory; empty where there is none.
    public var sector: [String]
    /// Where a simulated market opens.
    public var startPrice: Price

    /// Name of the market: the local symbol.
    public var name: String { contract.localSymbol }

    /// Units of the underlying one contract stands for; 1 where none is told.
    public var multiplier: Quantity {
        guard !contract.multiplier.isEmpty else { return Money.one }
        do throws(DecimalError) { return try Quantity(contract.multiplier) } catch { return Money.one }
    }

    /// What an order needs to know of it.
    public var instrument: Instrument {
        Instrument(
            symbol: symbol, tickSize: minTick, lotSize: sizeStep, multiplier: multiplier,
            currency: contract.currency)
    }

    /// Depth at a venue; `nil` for a venue without, or one it does not have.
    func depth(at exchange: String) -> DepthKind? { venues.first { $0.name == exchange }?.depth }

    /// Whether it can be asked for at `exchange`.
    func trades(at exchange: String) -> Bool { venues.contains { $0.name == exchange } }
}

/// Price steps by price, as reqMarketRule tells them.
public struct PriceRule: Sendable, Equatable {
    /// From one price on, one step.
    public struct Band: Sendable, Equatable {
        /// Lowest price of the band.
        public var lowEdge: Price
        /// Step within the band.
        public var increment: Price
    }

    /// Its number.
    public var number: Int32
    /// Bands, lowest first; not empty.
    public var bands: [Band]

    /// The step at a price: that of the last band that begins at or below it.
    public func increment(at price: Price) -> Price {
        bands.last { $0.lowEdge <= price }?.increment ?? bands[0].increment
    }
}
