import TradingModel

/// What a venue can do: kinds of order × times in force × instructions. What it cannot do is never sent there.
public struct VenueAbilities: Sendable, Hashable, BitwiseCopyable {
    /// Who it is, for people.
    public let name: Venue
    // For each kind of order the times in force it takes, a bit each.
    private let market: UInt8
    private let limit: UInt8
    private let stop: UInt8
    private let stopLimit: UInt8
    /// Instructions it can follow.
    private let flags: OrderFlags

    /// Names of venues.
    public enum Venue: UInt8, Sendable, BitwiseCopyable {
        /// The simulated venue.
        case simulation
        /// Interactive Brokers.
        case ibkr

        /// In words.
        public var text: StaticString {
            switch self {
            case .simulation: "the simulated venue"
            case .ibkr: "IBKR"
            }
        }
    }

    private init(
        _ name: Venue, market: [TimeInForce], limit: [TimeInForce], stop: [TimeInForce],
        stopLimit: [TimeInForce], flags: OrderFlags
    ) {
        self.name = name
        self.market = Self.bits(market)
        self.limit = Self.bits(limit)
        self.stop = Self.bits(stop)
        self.stopLimit = Self.bits(stopLimit)
        self.flags = flags
    }

    private static func bits(_ times: [TimeInForce]) -> UInt8 { times.reduce(0) { $0 | 1 << $1.rawValue } }

    private static let everyTime = TimeInForce.allCases
    private static let internalFlags: OrderFlags = [.reduceOnly, .flatten, .protected]

    /// The simulated venue: everything. It has no hours besides its own, so that orders outside of them are like others.
    public static let simulation = VenueAbilities(
        .simulation, market: everyTime, limit: everyTime, stop: everyTime, stopLimit: everyTime,
        flags: internalFlags.union([.postOnly, .outsideRegularHours]))

    /// IBKR's route for spot metals, currencies and futures: no post-only, and no market order for later.
    public static let ibkr = VenueAbilities(
        .ibkr, market: everyTime.filter { $0 != .goodTillDate }, limit: everyTime, stop: everyTime,
        stopLimit: everyTime, flags: internalFlags.union(.outsideRegularHours))

    /// Why an order cannot be sent there; `nil` where it can.
    @inline(__always)
    public func refusal(of request: OrderRequest) -> String? {
        refusal(of: request.type, request.timeInForce, request.flags)
    }

    /// The same of an order of that kind, time in force and instructions.
    @inline(__always)
    public func refusal(of type: OrderType, _ time: TimeInForce, _ flags: OrderFlags) -> String? {
        if times(of: type) & 1 << time.rawValue != 0 && flags.isSubset(of: self.flags) { return nil }
        return refusalText(type, time, flags)
    }

    @inline(never)
    private func refusalText(_ type: OrderType, _ time: TimeInForce, _ flags: OrderFlags) -> String {
        if times(of: type) & 1 << time.rawValue == 0 {
            return "\(name.text) takes no \(type.name) orders with time in force \(time.name)"
        }
        let what = flags.contains(.postOnly) && !self.flags.contains(.postOnly) ? "post-only" : "such"
        return "\(name.text) takes no \(what) orders"
    }

    @inline(__always)
    private func times(of type: OrderType) -> UInt8 {
        switch type {
        case .market: market
        case .limit: limit
        case .stop: stop
        case .stopLimit: stopLimit
        }
    }
}
