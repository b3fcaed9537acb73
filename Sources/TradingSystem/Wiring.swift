import Audit
import Configuration
import Execution
import Export
import OrderFlow
import Recorder
import Risk
import Strategies
import Telemetry
import TradingModel

/// The decision path of this build.
typealias TradingPipeline = DecisionPipeline<MicroPriceMomentumStrategy, TradingVenue>

/// Settings → stages. No logic: what is decided here is only what is connected to what.
enum Wiring {
    /// The strategy of this build.
    static let strategyName = "micro_price_momentum"

    /// The stages of a session.
    ///
    /// - Parameters:
    ///   - mode: of the session; in `ibkr` somebody reads the clock, where the settings limit its error.
    ///   - venue: where orders go; `nil` to the simulated venue as the settings have it.
    /// - Throws: `LaunchError.configuration` for trading hours that cannot be understood.
    static func pipeline(
        _ settings: Settings, mode: Mode? = nil, venue: TradingVenue? = nil, session: UInt32, audit: AuditLog,
        handOver: HandOver,
        recorder: SessionRecorder?, export: ExportStage?,
        measuring: (clock: StageClock, latencies: StageLatencies, traces: TraceSink?),
        onTrip: (@Sendable (KillLatch) -> Void)? = nil,
        onAuditFailure: @escaping @Sendable (AuditError) -> Void
    ) throws(LaunchError) -> TradingPipeline {
        let instruments = instruments(settings)
        var risk = RiskStage(
            engine: RiskEngine(
                limits: RiskLimits(settings, instruments, watchesClock: mode == .ibkr),
                isOpen: try settings.risk.tradingTimes()),
            trips: TripLimits(settings.risk),
            configHash: settings.decisionHash(sha256Hex), audit: audit, onAuditFailure: onAuditFailure)
        risk.onTrip = onTrip
        risk.onVerdict = { [clock = measuring.clock] in clock.verdictReached() }
        risk.onKill = { [clock = measuring.clock] in clock.killWasSeen() }
        var execution = ExecutionRouter(
            venue: venue ?? simulatedVenue(settings, instruments), instruments: instruments, audit: audit,
            handOver: handOver, longestAbsence: settings.risk.trips.disconnectAfter,
            sessionEnds: try settings.risk.sessionEnds(),
            onAuditFailure: onAuditFailure)
        execution.onCommit = { [clock = measuring.clock] in clock.committed() }
        return DecisionPipeline(
            engines: OrderFlowEngines(options: orderFlow(settings, row: export?.footprintRow)),
            strategies: StrategyStage(
                strategy: strategy(settings),
                sizing: TargetPositionSizing(options: sizing(settings), instruments: instruments),
                isEnabled: settings.strategy.isEnabled, session: session),
            flatten: FlattenStage(instruments: instruments),
            risk: risk,
            execution: execution,
            shadow: ShadowStage(
                isEnabled: mode == .ibkr && settings.execution.onError == .shadow, instruments: instruments,
                engine: risk.engine, options: simulation(settings), audit: audit,
                onAuditFailure: onAuditFailure),
            faults: FaultStage(audit: audit, onAuditFailure: onAuditFailure),
            probe: DecisionProbe(
                clock: measuring.clock, latencies: measuring.latencies, traces: measuring.traces),
            recorder: recorder, export: export)
    }

    /// The strategy as the settings have it.
    static func strategy(_ settings: Settings) -> MicroPriceMomentumStrategy {
        MicroPriceMomentumStrategy(
            instruments: instruments(settings),
            options: .init(thresholdTicks: settings.strategy.thresholdTicks))
    }

    /// Instruments by name, so that nothing depends on the order of a dictionary.
    static func instruments(_ settings: Settings) -> [Instrument] {
        settings.instruments.keys.sorted().compactMap { settings.instrument(named: $0) }
    }

    private static func orderFlow(_ settings: Settings, row: Price?) -> OrderFlowOptions {
        OrderFlowOptions(
            barInterval: settings.orderFlow.bar, tapeCapacity: settings.orderFlow.tapeCapacity,
            barsKept: settings.orderFlow.barsKept, footprintRow: row)
    }

    private static func sizing(_ settings: Settings) -> SizingOptions {
        var sizes: [SymbolID: Quantity] = [:]
        for (name, size) in settings.strategy.sizes {
            if let symbol = SymbolID(name) { sizes[symbol] = size }
        }
        return SizingOptions(
            size: settings.strategy.size, sizes: sizes, exitOnFlat: settings.strategy.exitOnFlat,
            limitPrice: settings.execution.limitPrice == .touch ? .touch : .join)
    }

    private static func simulatedVenue(_ settings: Settings, _ instruments: [Instrument]) -> TradingVenue {
        .simulated(SimAdapter(instruments: instruments, options: simulation(settings)))
    }

    private static func simulation(_ settings: Settings) -> SimOptions {
        let sim = settings.execution.sim
        var options = SimOptions(
            slippageTicks: settings.execution.slippage, fillProbability: settings.execution.fillProbability,
            seed: settings.execution.seed)
        options.latency = SimLatencyOptions(
            entry: sim.entryLatency, response: sim.responseLatency, jitter: sim.latencyJitter,
            shape: sim.latencyShape == .uniform ? .uniform : .lognormal)
        options.book = sim.book == .touch ? .touch : .rows
        options.fees = SimFees(
            perUnit: sim.feePerUnit, takerBasisPoints: sim.takerFeeBps, makerBasisPoints: sim.makerFeeBps,
            minimum: sim.minimumFee)
        options.rejectChance = SimOptions.chance(sim.rejectProbability)
        options.cancelRejectChance = SimOptions.chance(sim.cancelRejectProbability)
        return options
    }
}
