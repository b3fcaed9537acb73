import Messaging
import OrderFlow
import TradingModel

/// The strategy stage: folds quotes into `SymbolState`, asks the strategy, publishes signals, and turns each delivered
/// signal into an order request.
public struct StrategyStage<Idea: Strategy>: Sendable {
    private var states = InstrumentTable<SymbolState>(default: SymbolState())
    private var strategy: Idea
    private var sizing: TargetPositionSizing
    /// Sizes in its place while orders are simulated.
    private var shadow: TargetPositionSizing?
    private let isEnabled: Bool
    private let session: UInt32
    private var records = InstrumentTable<SignalRecord?>(default: nil)
    /// Requests of the event at hand, for the risk stage to take.
    public var requests: ContiguousArray<OrderProposal> = []
    /// Ids for orders, shared with whoever else makes some.
    public var numbers: OrderNumbers
    /// Signals published so far.
    public private(set) var signalCount = 0

    /// A stage with one strategy.
    ///
    /// - Parameters:
    ///   - isEnabled: with `false` it folds state and says nothing.
    ///   - session: number of the daemon's session, for ids of orders and traces.
    public init(strategy: Idea, sizing: TargetPositionSizing, isEnabled: Bool, session: UInt32) {
        self.strategy = strategy
        self.sizing = sizing
        self.isEnabled = isEnabled
        self.session = session
        numbers = OrderNumbers(session: session)
        requests.reserveCapacity(8)
    }

    /// Folds one event, after the engines have.
    public mutating func handle(
        _ event: MarketEvent, _ engines: borrowing OrderFlowEngines, _ outbox: inout Outbox
    ) {
        switch event.payload {
        case .tick(let tick):
            guard engines.streams(event.symbol).isTradable(.quotes) else { return }
            if states[event.symbol].observe(tick) { ask(event, &outbox) }
        case .domDelta(let delta):
            if delta.endsBatch { observeLadder(event, engines, &outbox) }
        case .domSnapshot(let snapshot):
            if snapshot.endsBatch { observeLadder(event, engines, &outbox) }
        case .signal(let signal):
            size(signal, event)
        case .riskDecision, .orderEvent, .system:
            sizing.fold(event)
            shadow?.fold(event)
        case .feedStatus(let status):
            if stops(status, event.symbol, engines) { forget(event.symbol) }
        case .trade, .deltaBar, .tapeSnapshot, .footprintSnapshot, .timer: break
        }
    }

    /// Whether quotes may no longer be traded on, or have been lost: a stream that is stale, delayed, halted or gone gives
    /// no sample, and after it samples are collected anew. What happens to a ladder that is not the quote does not matter.
    private func stops(
        _ status: FeedStatus, _ symbol: SymbolID, _ engines: borrowing OrderFlowEngines
    ) -> Bool {
        guard status.losesQuote || status.losesLadder || !status.quality.isTradable else { return false }
        guard let stream = status.stream, symbol != .none else { return true }
        return stream == .quotes || stream == engines.quoteStream(symbol)
    }

    /// Where there is no quote stream, the top of the ladder is the quote.
    private mutating func observeLadder(
        _ event: MarketEvent, _ engines: borrowing OrderFlowEngines, _ outbox: inout Outbox
    ) {
        guard !engines.hasQuotes(event.symbol), let top = engines.top(event.symbol),
            engines.streams(event.symbol).isTradable(.depth)
        else { return }
        if states[event.symbol].observe(top) { ask(event, &outbox) }
    }

    private mutating func ask(_ event: MarketEvent, _ outbox: inout Outbox) {
        guard isEnabled, let signal = strategy.evaluate(event.symbol, states[event.symbol]) else { return }
        signalCount += 1
        let trace = TraceContext(
            traceID: TraceID(session: UInt64(session), sequence: event.sequence),
            spanID: SpanID(sequence: event.sequence))
        let sequence = outbox.publish(
            .signal(signal), symbol: event.symbol, source: .strategy, trace: trace)
        remember(signal, sequence, event)
    }

    /// Keeps what the signal was made of: the next event of the instrument changes it.
    private mutating func remember(_ signal: Signal, _ sequence: UInt64, _ event: MarketEvent) {
        let view = strategy.view(event.symbol)
        let samples = states[event.symbol].samples
        records[event.symbol] = SignalRecord(
            origin: SignalOrigin(
                trigger: EventStamp(event), quote: states[event.symbol].quote ?? Tick(bid: .zero, ask: .zero),
                samples: samples.window, sampleCount: samples.count, tickSize: view?.tickSize ?? .zero,
                threshold: view?.threshold ?? .zero, strategyVersion: strategy.version, signal: signal,
                signalSequence: sequence))
    }

    /// Turns a delivered signal into a request, if the position is not where it should be.
    private mutating func size(_ signal: Signal, _ event: MarketEvent) {
        let sizing = shadow?.sizing(of: signal, event.symbol) ?? sizing.sizing(of: signal, event.symbol)
        let request = self.sizing.order(sizing, for: signal, event, &numbers)
        // A signal that is not ours has no origin here.
        let origin = records[event.symbol]?.origin
        let isOurs = origin?.signalSequence == event.sequence
        if isOurs {
            records[event.symbol]?.sizing = sizing
            records[event.symbol]?.order = request?.id
        }
        guard let request else { return }
        requests.append(
            OrderProposal(
                request, origin: isOurs ? origin.map { OrderOrigin(signal: $0, sizing: sizing) } : nil))
    }

    // MARK: Simulated orders

    /// Sizes what is simulated from now on: from position and open orders as they are, apart from them afterwards.
    public mutating func beginShadow() { shadow = sizing }

    /// Sizes by what is real again.
    public mutating func endShadow() { shadow = nil }

    /// An order is sent to a simulated venue.
    public mutating func approve(simulated request: OrderRequest) { shadow?.approve(request) }

    /// Folds a report of it, which is nothing real.
    public mutating func fold(simulated event: MarketEvent) { shadow?.fold(event) }

    /// What is known of an instrument.
    public func snapshot(_ symbol: SymbolID) -> StrategySnapshot {
        StrategySnapshot(
            isEnabled: isEnabled, state: states[symbol], view: strategy.view(symbol), newest: records[symbol])
    }

    /// Version of the strategy's rules.
    public var strategyVersion: UInt32 { strategy.version }

    /// Momentum across a reset is fiction. `none` means all instruments.
    private mutating func forget(_ symbol: SymbolID) {
        let symbols = symbol == .none ? states.byName.map(\.symbol) : [symbol]
        for symbol in symbols {
            states[symbol].reset()
            strategy.reset(symbol)
        }
    }
}
