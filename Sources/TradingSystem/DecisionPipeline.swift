import ExactJSON
import Execution
import Export
import Messaging
import OrderFlow
import Recorder
import Risk
import Strategies
import TradingModel

/// The stages of the decision path in their order. It connects them and decides nothing.
struct DecisionPipeline<Idea: Strategy, Venue: OrderAdapter>: EventCore {
    var tally = EventTally()
    var engines: OrderFlowEngines
    var strategies: StrategyStage<Idea>
    /// Brings positions to zero when an operator says so.
    var flatten: FlattenStage
    /// Orders by hand.
    var manual = ManualOrders()
    /// Changes by hand.
    var changes = ManualChanges()
    var risk: RiskStage
    var execution: ExecutionRouter<Venue>
    /// Stands in for the broker while it takes no orders, where the settings want that.
    private(set) var shadow: ShadowStage
    /// Which faults hold.
    private(set) var faults: FaultStage
    /// What was decided last, for those who ask why.
    private(set) var decisions = RecentDecisions()
    /// Keeps what comes from outside; `nil` where nothing is recorded.
    private var recorder: SessionRecorder?
    /// Measures what leads to an order.
    var probe: DecisionProbe
    /// Sees every event before the engines do; `nil` where nothing is exported.
    private var export: ExportStage?
    /// Time of the newest event.
    private(set) var now = Timestamp.zero
    /// Number of the newest event.
    private(set) var sequence: UInt64 = 0

    init(
        engines: OrderFlowEngines, strategies: StrategyStage<Idea>, flatten: FlattenStage,
        risk: RiskStage, execution: ExecutionRouter<Venue>, shadow: ShadowStage, faults: FaultStage,
        probe: DecisionProbe,
        recorder: SessionRecorder? = nil,
        export: ExportStage? = nil
    ) {
        self.engines = engines
        self.strategies = strategies
        self.flatten = flatten
        self.risk = risk
        self.execution = execution
        self.shadow = shadow
        self.faults = faults
        self.recorder = recorder
        self.probe = probe
        self.export = export
    }

    // Part of the delivery loop: with the measurements it would be too long to be taken in.
    @inline(__always)
    mutating func handle(_ event: MarketEvent, _ outbox: inout Outbox) {
        now = event.receivedAt
        sequence = event.sequence
        tally.count(event)
        recorder?.record(event)
        if shadow.isEnabled && simulates(event) { return }
        decisions.note(event)
        export?.handle(event, engines)
        engines.handle(event, &outbox)
        let signals = strategies.signalCount
        strategies.handle(event, engines, &outbox)
        if strategies.signalCount != signals { probe.signalled() }
        if shadow.isActive { simulate(event, &outbox) }
        switch event.payload {
        case .riskDecision, .orderEvent, .system:
            flatten.fold(event)
            manual.fold(event, &strategies.requests, &strategies.numbers)
            if !manual.brackets.tellings.isEmpty { tellOfExits(&outbox) }
        default: if event.receivedAt >= manual.brackets.retryIsDue { retryExits(event, &outbox) }
        }
        if flatten.isActive { proposeFlattening(event) }
        if case .system(let notice) = event.payload { return follow(notice, event, &outbox) }
        if !strategies.requests.isEmpty { return decide(event, &outbox) }
        risk.handle(event, requests: &strategies.requests, quotes: engines, &outbox)
        if !risk.tripped.isEmpty { carryOutTrips(&outbox) }
        execution.handle(event, approved: &risk.approved, quotes: engines, &outbox)
        if !execution.handedOver.isEmpty { noteHandOver() }
        // By the payload itself: asking for the type is a call.
        switch event.payload {
        case .riskDecision, .orderEvent:
            observe(event, &outbox)
            if !manual.brackets.commands.isEmpty { keepExits(event, &outbox) }
        case .feedStatus: faults.fold(event, execution.orders, risk.trips, &outbox)
        default: break
        }
    }

    mutating func begin(at now: UInt64) { probe.began(at: now) }

    /// The same for what operators and faults say, measured: a kill is among it.
    @inline(never)
    private mutating func follow(_ notice: SystemNotice, _ event: MarketEvent, _ outbox: inout Outbox) {
        if notice.kind == .orderRequested { risk.newestWish = manual.newest }
        risk.handle(event, requests: &strategies.requests, quotes: engines, &outbox)
        if !risk.tripped.isEmpty { carryOutTrips(&outbox) }
        if notice.kind == .modifyRequested { change(notice, event, &outbox) }
        execution.handle(event, approved: &risk.approved, quotes: engines, &outbox)
        if !manual.brackets.commands.isEmpty { keepExits(event, &outbox) }
        probe.carriedOut(notice)
        if !execution.handedOver.isEmpty { noteHandOver() }
        if shadow.isEnabled { followShadow(notice, event, &outbox) }
        faults.fold(event, execution.orders, risk.trips, &outbox)
    }

    // MARK: Simulated orders

    /// Folds what is told of a simulated order: nothing real may see it.
    ///
    /// - Returns: whether it was that.
    @inline(never)
    private mutating func simulates(_ event: MarketEvent) -> Bool {
        guard case .orderEvent(let report) = event.payload, report.isSimulated else { return false }
        strategies.fold(simulated: event)
        shadow.fold(simulated: report, event)
        return true
    }

    /// New intents go to the simulated venue, which meets the market.
    @inline(never)
    private mutating func simulate(_ event: MarketEvent, _ outbox: inout Outbox) {
        shadow.follow(event, quotes: engines, &outbox)
        guard !strategies.requests.isEmpty else { return }
        for request in shadow.take(&strategies.requests, event, quotes: engines, &outbox) {
            strategies.approve(simulated: request)
        }
    }

    @inline(never)
    private mutating func followShadow(
        _ notice: SystemNotice, _ event: MarketEvent, _ outbox: inout Outbox
    ) {
        switch shadow.fold(notice, event, real: risk.engine, quotes: engines, &outbox) {
        case .begins?: strategies.beginShadow()
        case .ends?: strategies.endShadow()
        case nil: break
        }
    }

    @inline(never)
    private mutating func observe(_ event: MarketEvent, _ outbox: inout Outbox) {
        probe.observe(event)
        if event.eventType == .orderEvent { faults.fold(event, execution.orders, risk.trips, &outbox) }
    }

    /// A change by hand: what works is execution's to say, whether it may change is risk's.
    private mutating func change(_ notice: SystemNotice, _ event: MarketEvent, _ outbox: inout Outbox) {
        guard let wish = changes.wish(notice) else { return }
        let verdict = risk.decide(
            wish, of: execution.orders.order(wish.id)?.current, objection: execution.objection(to: wish),
            notice, event, quotes: engines)
        changes.note(wish, verdict, by: notice.actor)
        if case .approved(let change) = verdict { execution.change(change, &outbox) }
    }

    /// Exits that could not be sent are asked for again, now and then.
    @inline(never)
    private mutating func retryExits(_ event: MarketEvent, _ outbox: inout Outbox) {
        manual.fold(event, &strategies.requests, &strategies.numbers)
        if !manual.brackets.commands.isEmpty { keepExits(event, &outbox) }
    }

    /// Exits follow what their entry and each other have filled.
    @inline(never)
    private mutating func keepExits(_ event: MarketEvent, _ outbox: inout Outbox) {
        for command in manual.brackets.takeCommands() {
            switch command {
            case .cancel(let id): execution.cancelExit(id, &outbox)
            case .resize(let id, let quantity):
                let wish = ChangeWish(id: id, quantity: quantity, token: "exit")
                let verdict = risk.decide(
                    wish, of: execution.orders.order(id)?.current, objection: execution.objection(to: wish),
                    SystemNotice(.modifyRequested, actor: "bracket", detail: wish.text), event,
                    quotes: engines)
                if case .approved(let change) = verdict {
                    execution.change(change, &outbox)
                } else {
                    manual.brackets.refused(id, at: event.receivedAt)
                }
            }
        }
        if !manual.brackets.tellings.isEmpty { tellOfExits(&outbox) }
    }

    /// Exits that are not for what is open of their entry are a fault, until they are.
    @inline(never)
    private mutating func tellOfExits(_ outbox: inout Outbox) {
        for telling in manual.brackets.takeTellings() {
            let fault = FaultNotice(.execExits, "\(telling.entry)", isCleared: !telling.isLacking)
            outbox.publish(
                .system(fault.notice(actor: "bracket", reason: telling.reason)), source: .execution)
        }
    }

    /// The same for an event that led to an order request, measured.
    @inline(never)
    private mutating func decide(_ event: MarketEvent, _ outbox: inout Outbox) {
        risk.handle(event, requests: &strategies.requests, quotes: engines, &outbox)
        let order = risk.approved.first?.request.id
        probe.decided(event, approved: order)
        if !risk.tripped.isEmpty { carryOutTrips(&outbox) }
        execution.handle(event, approved: &risk.approved, quotes: engines, &outbox)
        noteHandOver()
        if !manual.brackets.commands.isEmpty { keepExits(event, &outbox) }
        // Which lead to requests where a position is brought to zero.
        if event.eventType == .orderEvent || event.eventType == .feedStatus {
            faults.fold(event, execution.orders, risk.trips, &outbox)
        }
    }

    /// A trip holds from the event in which it is found: before what was approved in it leaves, and what had waited.
    @inline(never)
    private mutating func carryOutTrips(_ outbox: inout Outbox) {
        for latch in risk.takeTripped() { execution.kill(latch, &outbox) }
    }

    @inline(never)
    private mutating func proposeFlattening(_ event: MarketEvent) {
        flatten.propose(
            event, within: risk.engine, quotes: engines, &strategies.requests, &strategies.numbers)
    }

    private mutating func noteHandOver() {
        for order in execution.handedOver { probe.sent(order.request.id, order.request.symbol) }
    }

    mutating func settle() {
        execution.settle()
        guard recorder != nil else { return }
        catchUp()
        recorder?.settle()
    }

    mutating func catchUp() { execution.catchUp() }

    /// Hands on the last of what was recorded, after the last event.
    mutating func finishRecorder() {
        recorder?.finish()
        recorder = nil
    }

    /// Begins the files of the export, if there is one.
    mutating func beginExport() throws(ExportError) { try export?.begin() }

    /// Writes out the export after the last event, if there is one.
    ///
    /// - Parameter writeSummary: writes the summary as one value.
    mutating func finishExport(summary writeSummary: (inout JSONWriter) -> Void) throws(ExportError) {
        try export?.finish(engines, summary: writeSummary)
        export = nil
    }

    /// Leaves the export as it is; its files keep their partial names.
    ///
    /// - Returns: whether there was one.
    mutating func abandonExport() -> Bool {
        defer { export = nil }
        export?.abandon()
        return export != nil
    }
}
