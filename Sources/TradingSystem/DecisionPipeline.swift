import Execution
import Messaging
import OrderFlow
import Risk
import Strategies
import TradingModel

/// The stages of the decision path in their order. It connects them and decides nothing.
struct DecisionPipeline<Idea: Strategy, Venue: OrderAdapter>: EventCore {
    var tally = EventTally()
    var engines: OrderFlowEngines
    var strategies: StrategyStage<Idea>
    var risk: RiskStage
    var execution: ExecutionRouter<Venue>
    /// Time of the newest event.
    private(set) var now = Timestamp.zero
    /// Number of the newest event.
    private(set) var sequence: UInt64 = 0

    init(
        engines: OrderFlowEngines, strategies: StrategyStage<Idea>, risk: RiskStage,
        execution: ExecutionRouter<Venue>
    ) {
        self.engines = engines
        self.strategies = strategies
        self.risk = risk
        self.execution = execution
    }

    mutating func handle(_ event: MarketEvent, _ outbox: inout Outbox) {
        now = event.receivedAt
        sequence = event.sequence
        tally.count(event)
        engines.handle(event, &outbox)
        strategies.handle(event, engines, &outbox)
        risk.handle(event, requests: &strategies.requests, quotes: engines, &outbox)
        execution.handle(event, approved: &risk.approved, quotes: engines, &outbox)
    }
}
