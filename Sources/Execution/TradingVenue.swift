import Messaging
import Risk
import TradingModel

/// Where the orders of a session go: the simulated venue, the broker, or nowhere.
///
/// A value, so that the simulated venue lies in place and what it does for every quote is plain code; for the other two
/// it has no instruments, and a quote ends at the lookup.
public struct TradingVenue: OrderAdapter {
    private enum Target: Sendable {
        case simulation
        case broker(IBKRAdapter)
        case silence
    }

    private var simulation: SimAdapter
    private let target: Target

    private init(_ simulation: SimAdapter, _ target: Target) {
        self.simulation = simulation
        self.target = target
    }

    /// The simulated venue.
    public static func simulated(_ adapter: SimAdapter) -> TradingVenue { Self(adapter, .simulation) }

    /// The broker.
    public static func broker(_ adapter: IBKRAdapter) -> TradingVenue {
        Self(SimAdapter(instruments: []), .broker(adapter))
    }

    /// Nobody: a recorded session of the broker run again, whose reports the journal tells.
    public static var silent: TradingVenue { Self(SimAdapter(instruments: []), .silence) }

    /// Nobody stands for the broker, whose session is run again: what was refused then is so again.
    public var abilities: VenueAbilities {
        switch target {
        case .simulation: simulation.abilities
        case .broker(let adapter): adapter.abilities
        case .silence: .ibkr
        }
    }

    /// Sends an order that risk has approved.
    public mutating func submit(_ order: ApprovedOrder, _ outbox: inout Outbox) {
        switch target {
        case .simulation: simulation.submit(order, &outbox)
        case .broker(var adapter): adapter.submit(order, &outbox)
        case .silence: break
        }
    }

    /// Asks for the cancellation of a working order.
    public mutating func cancel(_ order: WorkingOrder, reason: String, _ outbox: inout Outbox) {
        switch target {
        case .simulation: simulation.cancel(order, reason: reason, &outbox)
        case .broker(var adapter): adapter.cancel(order, reason: reason, &outbox)
        case .silence: break
        }
    }

    /// Asks for other terms of a working order.
    public mutating func replace(
        _ order: WorkingOrder, _ change: ApprovedChange, _ outbox: inout Outbox
    ) {
        switch target {
        case .simulation: simulation.replace(order, change, &outbox)
        case .broker(var adapter): adapter.replace(order, change, &outbox)
        case .silence: break
        }
    }

    /// The simulated venue has no clock.
    public var keepsTime: Bool {
        if case .simulation = target { simulation.keepsTime } else { true }
    }

    /// The time of an order is over.
    public mutating func expire(_ order: WorkingOrder, _ outbox: inout Outbox) {
        if case .simulation = target { simulation.expire(order, &outbox) }
    }

    /// Asks for the cancellation of what earlier sessions have left at the broker.
    public mutating func cancelEverythingElse(
        in symbol: SymbolID?, reason: String, _ outbox: inout Outbox
    ) {
        if case .broker(var adapter) = target {
            adapter.cancelEverythingElse(in: symbol, reason: reason, &outbox)
        }
    }

    /// The simulated venue may.
    public var mayRefuseCancels: Bool {
        if case .simulation = target { simulation.mayRefuseCancels } else { false }
    }

    /// Asks the broker what has become of the cancels.
    public mutating func followCancels() {
        if case .broker(var adapter) = target { adapter.followCancels() }
    }

    /// What they have left stays.
    public mutating func spareEverythingElse() {
        if case .broker(var adapter) = target { adapter.spareEverythingElse() }
    }

    /// What is on its way to the simulated venue, and back, arrives.
    @inline(__always)
    public mutating func timePassed(_ outbox: inout Outbox) { simulation.timePassed(&outbox) }

    /// Nothing is on its way any more.
    public mutating func sessionEnds(_ outbox: inout Outbox) {
        if case .simulation = target { simulation.sessionEnds(&outbox) }
    }

    /// Whether it wants every event of the market.
    public var readsRows: Bool { simulation.readsRows }

    /// Something happened in the market.
    public mutating func marketChanged(_ event: MarketEvent, _ outbox: inout Outbox) {
        simulation.marketChanged(event, &outbox)
    }

    /// The best bid and ask are no longer known.
    public mutating func quoteLost(_ symbol: SymbolID) { simulation.quoteLost(symbol) }

    /// The best bid and ask have been told.
    @inline(__always)
    public mutating func quoteChanged(_ symbol: SymbolID, _ quote: Tick, _ outbox: inout Outbox) {
        simulation.quoteChanged(symbol, quote, &outbox)
    }

    /// Somebody traded in the market.
    @inline(__always)
    public mutating func tradePrinted(_ symbol: SymbolID, _ trade: Trade, _ outbox: inout Outbox) {
        simulation.tradePrinted(symbol, trade, &outbox)
    }
}
