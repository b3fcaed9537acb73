import TradingModel

/// Brings positions to zero while the kill switch stands at `flatten`: a pure stage that folds events and proposes orders.
///
/// For each position in scope, once nothing else works in its instrument, one reducing order at the edge of the price collar
/// that takes what the market shows and leaves nothing behind. What is left is tried again with the next quote; without
/// progress once a second, a bounded number of times, among which those do not count that the market alone stands against; an
/// operator who engages again begins anew. It asks for the whole
/// position at once, in whole lots: only where risk finds that too large, or the venue refuses it, for pieces of the greatest size. Its orders go through risk like all others.
public struct FlattenStage: Sendable {
    /// Orders for one instrument that may fail to change its position, one after the other.
    public static let attempts = 100
    /// Nanoseconds from one that changed nothing to the next: a fast market must not use up all of them at once, nor the
    /// messages that cancels need.
    static let pause: Int64 = 1_000_000_000

    private struct Holding: Sendable {
        var position = Quantity.zero
        /// Orders that work or are pending.
        var open = 0
        /// Orders of ours that have changed nothing since the last progress.
        var failures = 0
        /// Whether the next order waits for a quote: the one before has not filled.
        var needsQuote = false
        /// Whether something filled since the newest order was sent.
        var hasProgress = false
        /// Whether all at once was too large for somebody.
        var isInPieces = false
        /// Event time before which nothing is tried.
        var retryAt = Timestamp(nanoseconds: .min)

        mutating func fail(at now: Timestamp) {
            failures += 1
            pause(at: now)
        }

        /// Waits for another market, however long that takes.
        mutating func pause(at now: Timestamp) {
            needsQuote = true
            retryAt = now.advanced(by: FlattenStage.pause)
        }
    }

    private var instruments = InstrumentTable<Instrument?>(default: nil)
    private let symbols: [SymbolID]
    private var kills = KillLatches()
    private var holdings = InstrumentTable<Holding>(default: Holding())
    private var open = OpenQuantities()
    private var isBrokerAvailable = true
    private var isEnding = false
    /// Whether anything is to be flattened: otherwise quotes concern nobody here.
    public private(set) var isActive = false

    /// A stage that knows no position.
    public init(instruments: [Instrument]) {
        symbols = instruments.map(\.symbol)
        for instrument in instruments { self.instruments[instrument.symbol] = instrument }
    }

    /// Whether it has given up on an instrument until an operator engages again.
    public func hasGivenUp(_ symbol: SymbolID) -> Bool { holdings[symbol].failures >= Self.attempts }

    // MARK: Folding

    /// Folds a decision, a report or a notice; others change nothing.
    public mutating func fold(_ event: MarketEvent) {
        switch event.payload {
        case .riskDecision(let decision): fold(decision, at: event.receivedAt)
        case .orderEvent(let report): fold(report, event.symbol, at: event.receivedAt)
        case .system(let notice): fold(notice)
        default: break
        }
    }

    private mutating func fold(_ decision: RiskDecision, at now: Timestamp) {
        let request = decision.request
        if decision.approved {
            open[request.id] = request.quantity
            holdings[request.symbol].open += 1
            holdings[request.symbol].hasProgress = false
        } else if request.flags.contains(.flatten) {
            let reason = decision.reasons.first
            if reason == .sizeLimit { holdings[request.symbol].isInPieces = true }
            if reason?.isOfTheMarket == true {
                holdings[request.symbol].pause(at: now)
            } else {
                holdings[request.symbol].fail(at: now)
            }
        }
    }

    private mutating func fold(_ report: OrderEvent, _ symbol: SymbolID, at now: Timestamp) {
        let change = report.side == .buy ? report.lastQuantity : -report.lastQuantity
        holdings[symbol].position += change
        if change != .zero {
            holdings[symbol].failures = 0
            holdings[symbol].hasProgress = true
        }
        guard report.status.isTerminal, open[report.id] != nil else { return }
        open[report.id] = nil
        holdings[symbol].open -= 1
        guard isActive, report.status != .filled else { return }
        // What has not left says nothing of its size.
        if report.status == .rejected && !report.reason.hasPrefix(OrderEvent.unsentPrefix) {
            holdings[symbol].isInPieces = true
        }
        if holdings[symbol].hasProgress {
            holdings[symbol].needsQuote = true
        } else {
            holdings[symbol].fail(at: now)
        }
    }

    private mutating func fold(_ notice: SystemNotice) {
        switch notice.kind {
        case .killSwitchEngaged:
            kills.engage(KillLatch(notice))
            if notice.level == .flatten { beginAnew(notice.scope) }
        case .killSwitchReleased: kills.release(notice.scope, to: notice.level)
        case .brokerLost, .brokerUnreconciled: isBrokerAvailable = false
        case .brokerReady: isBrokerAvailable = true
        case .sessionStop: isEnding = true
        case .positionAdopted: if let adopted = AdoptedPosition(notice) { adopt(adopted) }
        case .orderRestored: if let order = RestoredOrder(notice), order.end == nil { restore(order) }
        case .sessionStart, .armed, .disarmed, .auditDurable, .limitsChanged, .tripCleared, .clockRead,
            .budgetCarried, .orderUnresolved, .orderRequested, .cancelRequested, .modifyRequested,
            .faultRaised, .faultCleared, .shadowBegan, .shadowEnded:
            return
        }
        isActive = !isEnding && kills.latches.contains { $0.level == .flatten }
    }

    /// Closed like what was traded here.
    private mutating func adopt(_ adopted: AdoptedPosition) {
        holdings[adopted.symbol].position += adopted.change
        holdings[adopted.symbol].failures = 0
    }

    /// Waited for like one of this session.
    private mutating func restore(_ order: RestoredOrder) {
        guard open[order.id] == nil else { return }
        open[order.id] = order.leaves
        holdings[order.request.symbol].open += 1
    }

    private mutating func beginAnew(_ scope: KillScope) {
        for symbol in symbols where scope.contains(.manual, symbol) {
            holdings[symbol].failures = 0
            holdings[symbol].needsQuote = false
            holdings[symbol].isInPieces = false
            holdings[symbol].retryAt = Timestamp(nanoseconds: .min)
        }
    }

    // MARK: Proposing

    /// Proposes what follows from an event that was folded before.
    ///
    /// - Parameters:
    ///   - engine: what risk allows at this moment, and the reference price that it judges by.
    ///   - quotes: newest best bid and ask, after the event.
    ///   - requests: for the risk stage to take.
    ///   - numbers: of the session.
    public mutating func propose(
        _ event: MarketEvent, within engine: RiskEngine, quotes: some QuoteSource,
        _ requests: inout ContiguousArray<OrderProposal>, _ numbers: inout OrderNumbers
    ) {
        guard isActive, isBrokerAvailable else { return }
        let isQuote: Bool
        switch event.payload {
        case .tick: isQuote = true
        case .domDelta(let delta): isQuote = delta.endsBatch
        case .domSnapshot(let snapshot): isQuote = snapshot.endsBatch
        case .orderEvent, .system: isQuote = false
        default: return
        }
        for symbol in symbols where event.symbol == .none || event.symbol == symbol {
            guard event.receivedAt >= holdings[symbol].retryAt,
                let order = order(
                    symbol, isQuote: isQuote, within: engine.limits,
                    engine.reference(quotes.reference(symbol), symbol, now: event.receivedAt).price, &numbers)
            else { continue }
            // Nothing more until the verdict and the reports of this one have come.
            holdings[symbol].needsQuote = true
            requests.append(OrderProposal(order))
        }
    }

    /// The order that brings an instrument nearer to zero; `nil` where none may be sent now.
    private func order(
        _ symbol: SymbolID, isQuote: Bool, within limits: RiskLimits, _ reference: Price?,
        _ numbers: inout OrderNumbers
    ) -> OrderRequest? {
        let holding = holdings[symbol]
        guard holding.position != .zero, holding.open == 0, isQuote || !holding.needsQuote,
            holding.failures < Self.attempts, kills.level(.manual, symbol) == .flatten,
            let instrument = instruments[symbol], let quantity = quantity(holding, instrument, limits),
            let reference
        else { return nil }
        let side: Side = holding.position > .zero ? .sell : .buy
        let collar = PriceCollar(
            side: side, reference: reference, tick: instrument.tickSize,
            collarBps: limits.priceCollarBps(of: symbol),
            passiveBandBps: limits.passiveBandBps)
        return OrderRequest(
            id: numbers.next(), symbol: symbol, side: side, type: .limit,
            quantity: quantity,
            // The worst price that risk lets pass.
            limitPrice: side == .buy ? collar.highest : collar.lowest,
            timeInForce: .immediateOrCancel, flags: [.reduceOnly, .flatten])
    }

    /// All of it, or a piece: in whole lots, of which an order has at least one; `nil` where less than that is held.
    private func quantity(
        _ holding: Holding, _ instrument: Instrument, _ limits: RiskLimits
    ) -> Quantity? {
        let lot = instrument.lotSize
        let held = holding.position.magnitude.roundedDown(to: lot)
        guard held > .zero else { return nil }
        guard holding.isInPieces else { return held }
        return min(held, max(limits.maxSize(of: instrument.symbol).roundedDown(to: lot), lot))
    }
}

extension Quantity {
    /// The whole lots of a quantity that is not negative.
    fileprivate func roundedDown(to lot: Quantity) -> Quantity {
        Quantity(rawValue: rawValue - rawValue % lot.rawValue)
    }
}

extension RiskReason {
    /// Whether it speaks of the market at this moment, not of the order: another market may let the same order pass.
    fileprivate var isOfTheMarket: Bool {
        switch self {
        case .priceCollar, .noReference, .staleReference, .session, .symbolHalted: true
        default: false
        }
    }
}
