import Execution
import OrderFlow
import Risk
import TradingModel

/// What the metrics want to know of a session, copied out in one query of the bus.
struct SessionReading: Sendable {
    /// Where one instrument stands.
    struct Instrument: Sendable {
        let symbol: SymbolID
        let openOrders: Int
        let position: Quantity
        /// Worst case, in the base currency; `nil` without a price or rate.
        let exposure: Money?
        let acceptedInWindow: Int
    }

    let summary: SessionSummary
    let outcomes: [OrderOutcomes.Entry]
    let instruments: [Instrument]
    /// What was told of orders, by what it did to them.
    let orderOutcomes: OrderOutcomeCounts
    /// Orders of which nobody knows whether they arrived, or why they are held.
    let unresolvedOrders: Int
    /// How often each fault has come, by its number, and those that hold.
    let faultCounts: [FaultCount]
    let faults: [HeldFault]
    /// Whether intents are simulated now, and what was.
    let isShadowActive: Bool
    let shadow: ShadowTally
    /// What risk allows now, which operators change.
    let limits: RiskLimits
    let sequence: UInt64
    /// Instruments by the quality of each of their streams; those nobody has said anything of are none.
    let streams: [StreamCount]

    /// How many instruments have a stream of one quality.
    struct StreamCount: Sendable {
        let stream: FeedStream
        let quality: FeedStatus.Quality
        let instruments: Int

        /// The same, of no instrument.
        var none: StreamCount { StreamCount(stream: stream, quality: quality, instruments: 0) }
    }

    /// - Parameter whitelist: the instruments that may be traded; there are no metrics of others.
    init(_ core: TradingPipeline, session: TradingSession, whitelist: [SymbolID]) {
        summary = SessionSummary(core, session: session)
        outcomes = core.probe.outcomes.entries
        orderOutcomes = core.execution.orders.outcomes
        unresolvedOrders = core.execution.orders.working.count(where: \.life.isUnresolved)
        faultCounts = Fault.allCases.map { core.faults[$0] }
        faults = core.faults.held
        isShadowActive = core.shadow.isActive
        shadow = core.shadow.tally
        limits = core.risk.engine.limits
        sequence = core.sequence
        streams = Self.count(core.engines)
        var open = InstrumentTable<Int>(default: 0)
        for order in core.execution.orders.working { open[order.request.symbol] += 1 }
        instruments = whitelist.map { symbol in
            let view = core.risk.engine.view(symbol, now: core.now) { core.engines.top($0) }
            return Instrument(
                symbol: symbol, openOrders: open[symbol], position: view.position, exposure: view.exposure,
                acceptedInWindow: view.acceptedInWindow)
        }
    }

    private static func count(_ engines: OrderFlowEngines) -> [StreamCount] {
        let qualities = engines.symbols.map { engines.streams($0) }
        return FeedStream.allCases.flatMap { stream in
            FeedStatus.Quality.allCases.map { quality in
                StreamCount(
                    stream: stream, quality: quality,
                    instruments: qualities.count { $0[stream]?.quality == quality })
            }
        }
    }

    /// The largest and the sum of the exposures that are known.
    var exposures: (largest: Money, gross: Money) {
        instruments.compactMap(\.exposure).reduce((.zero, .zero)) { (max($0.0, $1), $0.1 + $1) }
    }
}
