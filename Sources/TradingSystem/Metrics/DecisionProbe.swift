import Platform
import Telemetry
import TradingModel

/// Measures and traces what leads to an order, beside the stages: it sees what they did, decides nothing, and nothing of it
/// enters audit, exports or summary.
///
/// Reads the monotonic clock at a signal and on the way of an order; an event that leads to neither costs two comparisons.
struct DecisionProbe: Sendable {
    /// Orders by instrument, side and outcome.
    private(set) var outcomes = OrderOutcomes()
    private let clock: StageClock
    private let latencies: StageLatencies
    private let traces: TraceSink?
    private var batchAt: UInt64 = 0
    private var signalAt: UInt64 = 0
    private var orders = FollowedOrders()

    init(clock: StageClock, latencies: StageLatencies, traces: TraceSink?) {
        self.clock = clock
        self.latencies = latencies
        self.traces = traces
    }

    /// The bus begins to deliver.
    mutating func began(at now: UInt64) { batchAt = now }

    /// The strategy has published a signal.
    mutating func signalled() { signalAt = MonotonicClock.now() }

    /// Risk has decided on what followed from `event`.
    ///
    /// - Parameter approved: the order, unless it was denied.
    mutating func decided(_ event: MarketEvent, approved: ClientOrderID?) {
        let received = clock.receivedAt
        let verdict = clock.verdictAt
        let trace = event.traceID
        latencies.event.record(from: received, to: batchAt, trace: trace)
        latencies.signal.record(from: batchAt, to: signalAt, trace: trace)
        latencies.decision.record(from: signalAt, to: verdict, trace: trace)
        latencies.whole.record(from: received, to: verdict, trace: trace)
        let span = traceDecision(event, approved, received: received, verdict: verdict)
        guard let approved else { return }
        orders[approved] = FollowedOrders.Progress(
            order: approved, trace: event.trace, span: span, since: verdict)
    }

    /// The record of an order was safe, and then the venue's adapter had the order.
    mutating func sent(_ order: ClientOrderID, _ symbol: SymbolID) {
        step(order, symbol, Step.persist, "persist", latencies.durable, at: clock.committedAt)
        step(order, symbol, Step.send, "send", latencies.wire)
    }

    /// Every stage has done with a notice that may be a kill.
    func carriedOut(_ notice: SystemNotice) {
        if notice.kind == .killSwitchEngaged { clock.killWasCancelled() }
    }

    /// Folds what the later stages have published.
    mutating func observe(_ event: MarketEvent) {
        switch event.payload {
        case .riskDecision(let decision):
            outcomes.count(
                event.symbol, decision.request.side, decision.approved ? .approved : .denied)
        case .orderEvent(let report):
            guard let outcome = OrderOutcomes.Outcome(report.report) else { return }
            outcomes.count(event.symbol, report.side, outcome)
            follow(report, event.symbol)
        default: break
        }
    }

    private mutating func follow(_ report: OrderEvent, _ symbol: SymbolID) {
        guard let progress = orders[report.id] else { return }
        switch report.report {
        case .ack where !progress.isAcknowledged:
            step(report.id, symbol, Step.ack, "ack", latencies.acknowledgement)
        case .fill where !progress.isFilled:
            step(report.id, symbol, Step.fill, "fill", latencies.fill)
        case .reject: step(report.id, symbol, Step.end, "reject", nil, .error)
        case .cancel: step(report.id, symbol, Step.end, "cancel", nil)
        case .expire: step(report.id, symbol, Step.end, "expire", nil)
        case .ack, .fill, .commission, .replace, .replaceReject: break
        }
        if report.status.isTerminal { orders[report.id] = nil }
    }

    /// One more step of an order ends now.
    private mutating func step(
        _ order: ClientOrderID, _ symbol: SymbolID, _ step: Step, _ name: String,
        _ histogram: LatencyHistogram?, _ status: TraceSpan.Status = .ok, at moment: UInt64? = nil
    ) {
        guard var progress = orders[order] else { return }
        let now = moment ?? MonotonicClock.now()
        histogram?.record(from: progress.since, to: now, trace: progress.trace.traceID)
        let span = progress.trace.spanID.child(step.rawValue)
        traces?.record(
            TraceSpan(
                name, TraceContext(traceID: progress.trace.traceID, spanID: span), parent: progress.span,
                from: progress.since, to: now, status: status,
                TraceSpan.Attributes(symbol: symbol, order: order)))
        progress.span = span
        progress.since = now
        if step == .ack { progress.isAcknowledged = true }
        if step == .fill { progress.isFilled = true }
        orders[order] = progress
    }
}

extension DecisionProbe {
    /// Tells the steps of one signal apart.
    private enum Step: UInt64 {
        case decide = 1
        case persist, send, ack, fill, end
    }

    /// The spans of signal and decision.
    ///
    /// - Returns: the last of them.
    private func traceDecision(
        _ event: MarketEvent, _ approved: ClientOrderID?, received: UInt64, verdict: UInt64
    ) -> SpanID {
        let signal = event.trace.spanID
        let decide = signal.child(Step.decide.rawValue)
        guard let traces else { return decide }
        let attributes = TraceSpan.Attributes(
            symbol: event.symbol, order: approved, sequence: event.sequence)
        func context(_ span: SpanID) -> TraceContext { TraceContext(traceID: event.traceID, spanID: span) }
        traces.record(TraceSpan("signal", context(signal), from: received, to: signalAt, attributes))
        var verdictAttributes = attributes
        if approved == nil { verdictAttributes.errorType = "denied" }
        traces.record(
            TraceSpan(
                "decide", context(decide), parent: signal, from: signalAt, to: verdict,
                status: approved == nil ? .error : .ok, verdictAttributes))
        return decide
    }
}
