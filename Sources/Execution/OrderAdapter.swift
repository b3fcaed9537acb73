import Messaging
import Risk
import TradingModel

/// A venue: takes approved orders and cancels, answers with `order_event`s.
///
/// Runs on the bus queue. A simulated venue publishes its answers into the outbox; a real one writes to its
/// socket and its answers come back as external events.
public protocol OrderAdapter: Sendable {
    /// What it can do: nothing else is sent to it.
    var abilities: VenueAbilities { get }

    /// Sends an order that risk has approved.
    mutating func submit(_ order: ApprovedOrder, _ outbox: inout Outbox)

    /// Asks for the cancellation of a working order; `reason` is kept in the report.
    mutating func cancel(_ order: WorkingOrder, reason: String, _ outbox: inout Outbox)

    /// Asks for other terms of a working order. The answer is a report `replace`, or `replaceReject` with the reason.
    mutating func replace(_ order: WorkingOrder, _ change: ApprovedChange, _ outbox: inout Outbox)

    /// Whether orders end there by themselves when their time is over; otherwise `expire` is for us to call.
    var keepsTime: Bool { get }

    /// The time of a working order is over.
    mutating func expire(_ order: WorkingOrder, _ outbox: inout Outbox)

    /// Asks for the cancellation of whatever is open at the venue in our name and was not sent by this session, now and when
    /// it is found later.
    ///
    /// - Parameter symbol: of that instrument alone; `nil` for all.
    mutating func cancelEverythingElse(in symbol: SymbolID?, reason: String, _ outbox: inout Outbox)

    /// Whether it may refuse a cancel once and take it later, and nobody asks again but us.
    var mayRefuseCancels: Bool { get }

    /// Asks the venue, at once and again and again for some seconds, what has become of the cancels just asked for.
    mutating func followCancels()

    /// Ends what `cancelEverythingElse` began.
    mutating func spareEverythingElse()

    /// Time has come to that of the event at hand, which nobody has handled yet: what was on its way until then is there.
    mutating func timePassed(_ outbox: inout Outbox)

    /// The session ends: what is on its way will never arrive by itself.
    mutating func sessionEnds(_ outbox: inout Outbox)

    /// Whether it wants every event of the market itself, instead of quotes and prints.
    var readsRows: Bool { get }

    /// Something happened in the market; called instead of the calls below where it `readsRows`.
    mutating func marketChanged(_ event: MarketEvent, _ outbox: inout Outbox)

    /// The best bid and ask of an instrument are no longer known; `none` means of all.
    mutating func quoteLost(_ symbol: SymbolID)

    /// The best bid and ask of an instrument have been told; they may be the same as before.
    mutating func quoteChanged(_ symbol: SymbolID, _ quote: Tick, _ outbox: inout Outbox)

    /// Somebody traded in the market.
    mutating func tradePrinted(_ symbol: SymbolID, _ trade: Trade, _ outbox: inout Outbox)
}

extension OrderAdapter {
    /// Everything.
    public var abilities: VenueAbilities { .simulation }
    /// It changes nothing.
    public mutating func replace(
        _ order: WorkingOrder, _ change: ApprovedChange, _ outbox: inout Outbox
    ) {}
    /// It does.
    public var keepsTime: Bool { true }
    /// It knows.
    public mutating func expire(_ order: WorkingOrder, _ outbox: inout Outbox) {}
    /// Nothing else can be open at a venue that begins empty.
    public mutating func cancelEverythingElse(
        in symbol: SymbolID?, reason: String, _ outbox: inout Outbox
    ) {}
    /// It takes them all, or is asked again by its adapter.
    public var mayRefuseCancels: Bool { false }
    /// A venue whose answers cannot be lost need not be asked.
    public mutating func followCancels() {}
    /// Nothing was begun.
    public mutating func spareEverythingElse() {}
    /// Nothing is on its way here.
    @inline(__always)
    public mutating func timePassed(_ outbox: inout Outbox) {}
    /// Nothing is on its way here.
    public mutating func sessionEnds(_ outbox: inout Outbox) {}
    /// Quotes and prints do.
    public var readsRows: Bool { false }
    /// Never called.
    public mutating func marketChanged(_ event: MarketEvent, _ outbox: inout Outbox) {}
}
