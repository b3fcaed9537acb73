import Messaging
import Risk
import TradingModel

/// How the simulated venue fills.
public struct SimOptions: Sendable, Equatable {
    /// Ticks by which a fill is worse than the touch; a limit is never passed.
    public var slippageTicks: Int
    /// Chance of a fill each time an order meets a price it may trade at, in units of 2⁻³².
    public var fillChance: UInt64
    /// Seed of the chance.
    public var seed: UInt64

    /// Options.
    ///
    /// - Parameter fillProbability: 0…1.
    public init(slippageTicks: Int = 0, fillProbability: Double = 1, seed: UInt64 = 1) {
        self.slippageTicks = slippageTicks
        fillChance = UInt64((min(max(fillProbability, 0), 1) * 4_294_967_296).rounded())
        self.seed = seed
    }
}

/// A simulated venue: acknowledges at once, fills at the touch plus slippage, keeps the rest working.
///
/// An order meets a price when it arrives and whenever the quote changes; each time it may trade it does so with the
/// given probability, in full. IOC and FOK orders that do not fill at once are cancelled. Deterministic for a seed.
public struct SimAdapter: OrderAdapter {
    private struct Resting {
        let request: OrderRequest
        let venueOrderID: UInt64
    }

    private let options: SimOptions
    private var tickSizes = InstrumentTable<Price>(default: .zero)
    private var quotes = InstrumentTable<Tick?>(default: nil)
    private var resting = InstrumentTable<[Resting]>(default: [])
    private var random: SplitMix64
    private var lastVenueOrderID: UInt64 = 0
    private var lastExecutionID: UInt64 = 0

    /// A venue for those instruments.
    public init(instruments: [Instrument], options: SimOptions = SimOptions()) {
        self.options = options
        random = SplitMix64(seed: options.seed)
        for instrument in instruments { tickSizes[instrument.symbol] = instrument.tickSize }
    }

    /// Acknowledges and, if the market allows, fills.
    public mutating func submit(_ order: ApprovedOrder, _ outbox: inout Outbox) {
        let request = order.request
        guard let quote = quotes[request.symbol] else {
            return reject(request, "no market", &outbox)
        }
        guard request.type == .market || request.type == .limit else {
            return reject(request, "order type \(request.type.name) is not supported", &outbox)
        }
        lastVenueOrderID += 1
        let entry = Resting(request: request, venueOrderID: lastVenueOrderID)
        publish(entry, .ack, .accepted, &outbox)
        if trade(entry, quote, &outbox) { return }
        switch request.timeInForce {
        case .day, .goodTillCancel: resting[request.symbol].append(entry)
        case .immediateOrCancel, .fillOrKill:
            publish(entry, .cancel, .cancelled, reason: "not filled at once", &outbox)
        }
    }

    /// Cancels, if it is still working.
    public mutating func cancel(_ order: WorkingOrder, reason: String, _ outbox: inout Outbox) {
        guard let index = resting[order.request.symbol].firstIndex(where: { $0.request.id == order.id })
        else {
            return
        }
        let entry = resting[order.request.symbol].remove(at: index)
        publish(entry, .cancel, .cancelled, reason: reason, &outbox)
    }

    /// Lets working orders meet the new price, in the order they arrived.
    public mutating func quoteChanged(_ symbol: SymbolID, _ quote: Tick, _ outbox: inout Outbox) {
        guard quotes[symbol] != quote else { return }
        quotes[symbol] = quote
        guard !resting[symbol].isEmpty else { return }
        var stillResting: [Resting] = []
        for entry in resting[symbol] where !trade(entry, quote, &outbox) { stillResting.append(entry) }
        resting[symbol] = stillResting
    }

    /// Nothing trades until the next quote.
    public mutating func quoteLost(_ symbol: SymbolID) {
        if symbol == .none {
            quotes = InstrumentTable(default: nil)
        } else {
            quotes[symbol] = nil
        }
    }

    /// Fills in full if the price allows and chance agrees.
    private mutating func trade(_ entry: Resting, _ quote: Tick, _ outbox: inout Outbox) -> Bool {
        guard let price = fillPrice(entry.request, quote) else { return false }
        guard random.next() >> 32 < options.fillChance else { return false }
        lastExecutionID += 1
        publish(entry, .fill, .filled, price: price, &outbox)
        return true
    }

    /// The touch plus slippage, no worse than the limit; `nil` when the market is not there.
    private func fillPrice(_ request: OrderRequest, _ quote: Tick) -> Price? {
        guard quote.bid < quote.ask else { return nil }
        let touch = request.side == .buy ? quote.ask : quote.bid
        let slip = Int64(clamping: Int128(options.slippageTicks) * Int128(tickSizes[request.symbol].rawValue))
        let worse = touch.moved(by: request.side.sign * slip)
        guard let limit = request.limitPrice else { return worse }
        switch request.side {
        case .buy: return touch <= limit ? min(worse, limit) : nil
        case .sell: return touch >= limit ? max(worse, limit) : nil
        }
    }

    private mutating func reject(_ request: OrderRequest, _ reason: String, _ outbox: inout Outbox) {
        publish(Resting(request: request, venueOrderID: 0), .reject, .rejected, reason: reason, &outbox)
    }

    private func publish(
        _ entry: Resting, _ report: OrderReport, _ status: OrderStatus, price: Price = .zero,
        reason: String = "", _ outbox: inout Outbox
    ) {
        let request = entry.request
        let filled = report == .fill ? request.quantity : .zero
        outbox.publish(
            .orderEvent(
                OrderEvent(
                    id: request.id, venueOrderID: entry.venueOrderID, report: report, status: status,
                    side: request.side, quantity: request.quantity, filledQuantity: filled,
                    averagePrice: price, lastPrice: price, lastQuantity: filled,
                    executionID: report == .fill ? lastExecutionID : 0,
                    leavesQuantity: status.isTerminal ? .zero : request.quantity - filled, reason: reason)),
            symbol: request.symbol, source: .execution, trace: request.trace)
    }
}

/// splitmix64 (Steele, Lea, Flood): a stream of 64-bit numbers, the same for a seed everywhere.
struct SplitMix64: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
