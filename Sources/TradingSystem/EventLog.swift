import Configuration
import Logging
import Messaging
import Platform
import Risk
import Telemetry
import TradingModel

/// Writes trading decisions and life cycle to the log, as an observer of the bus.
final class EventLog: Sendable {
    /// Lines that may wait for the log; older ones are dropped and counted.
    private static let capacity = 4_096

    private let log = Logger(label: "tradingd.trading")
    /// `nil`: each kind at its own level.
    private let level: Logger.Level?
    private let session: UInt32
    /// Held by the bus alone, whose end it must not outlive.
    private struct Watched: Sendable {
        weak var tap: EventTap?
    }

    private let watched = Locked(Watched())
    private let reported = Locked<UInt64>(0)

    private init(_ session: TradingSession) {
        level = session.mode == .replay ? .debug : nil
        self.session = session.number
    }

    /// In a replay the past is no news: it is logged at `debug`, where that is wanted from the beginning.
    ///
    /// - Returns: the observer; `nil` where it would see nothing.
    @discardableResult
    static func attach(to session: TradingSession, queues: QueuePlan) -> EventTap? {
        let eventLog = EventLog(session)
        if session.mode == .replay && eventLog.log.logLevel > .debug { return nil }
        let tap = session.bus.tap(
            "log", EventFilter(types: [.riskDecision, .orderEvent, .system, .feedStatus]), capacity: capacity,
            policy: .dropOldest, on: queues.telemetry
        ) { event in
            eventLog.reportLoss()
            eventLog.write(event)
        }
        eventLog.watched.withLock { $0.tap = tap }
        return tap
    }

    private func write(_ event: MarketEvent) {
        switch event.payload {
        case .riskDecision(let decision): write(decision, event)
        case .orderEvent(let report): write(report, event)
        case .system(let notice): write(notice, event)
        case .feedStatus(let status): write(status, event)
        default: break
        }
    }

    private func write(_ status: FeedStatus, _ event: MarketEvent) {
        var metadata = base(event)
        metadata["quality"] = "\(status.quality.name)"
        if let fault = status.fault { metadata["fault"] = "\(fault.code)" }
        if let stream = status.stream { metadata["stream"] = "\(stream.name)" }
        metadata["reason"] = "\(status.reason)"
        log.record(.feedStatus, level: level ?? (status.quality.isTradable ? nil : .warning), metadata)
    }

    /// Says once for each loss that lines are missing.
    private func reportLoss() {
        guard let dropped = watched.withLock({ $0.tap?.dropped }) else { return }
        let new = reported.withLock { reported in
            defer { reported = dropped }
            return dropped - reported
        }
        guard new > 0 else { return }
        log.record(.eventsDropped, ["observer": "log", "dropped": .stringConvertible(new)])
    }

    private func base(_ event: MarketEvent) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "sequence": .stringConvertible(event.sequence), "session": .stringConvertible(Int(session)),
        ]
        if event.symbol != .none { metadata["symbol"] = "\(event.symbol.name)" }
        if event.trace != .none {
            metadata["trace.id"] = "\(event.traceID.hex)"
            metadata["span.id"] = "\(event.spanID.hex)"
        }
        return metadata
    }

    private func write(_ decision: RiskDecision, _ event: MarketEvent) {
        let request = decision.request
        var metadata = base(event)
        metadata["order.id"] = "\(request.id)"
        metadata["signal.id"] = "\(request.signalSequence)"
        metadata["strategy"] = "\(request.strategy.name)"
        metadata["side"] = "\(request.side.name)"
        metadata["qty"] = "\(request.quantity)"
        if let limit = request.limitPrice { metadata["price"] = "\(limit)" }
        if let reason = decision.reasons.first { metadata["code"] = "\(reason.code)" }
        log.record(decision.approved ? .orderApproved : .orderDenied, level: level, metadata)
    }

    private func write(_ report: OrderEvent, _ event: MarketEvent) {
        var metadata = base(event)
        metadata["order.id"] = "\(report.id)"
        if report.venueOrderID != 0 { metadata["broker.id"] = "\(report.venueOrderID)" }
        metadata["side"] = "\(report.side.name)"
        metadata["status"] = "\(report.status.name)"
        metadata["filled_qty"] = "\(report.filledQuantity)"
        metadata["leaves_qty"] = "\(report.leavesQuantity)"
        let isFill = report.report == .fill
        metadata["qty"] = "\(isFill ? report.lastQuantity : report.quantity)"
        if isFill { metadata["price"] = "\(report.lastPrice)" }
        if report.commissionCurrency != .none {
            metadata["commission"] = "\(report.commission)"
            metadata["currency"] = "\(report.commissionCurrency.name)"
        }
        if !report.reason.isEmpty { metadata["reason"] = "\(report.reason)" }
        if report.isSimulated { metadata["simulated"] = "true" }
        if let sign = FaultSign(event) { metadata["fault"] = "\(sign.fault.code)" }
        log.record(report.report.event, level: level, metadata)
    }

    private func write(_ notice: SystemNotice, _ event: MarketEvent) {
        guard let kind = notice.kind.event else { return }
        var metadata = base(event)
        metadata["actor"] = "\(notice.actor)"
        if !notice.reason.isEmpty { metadata["reason"] = "\(notice.reason)" }
        if let level = notice.level { metadata["level"] = "\(level.name)" }
        if notice.scope != .all || notice.level != nil { metadata["scope"] = "\(notice.scope.text)" }
        if let clearing = TripClearing(notice) { metadata["trip"] = "\(clearing.trip.name)" }
        if let sign = FaultSign(event) {
            metadata["fault"] = "\(sign.fault.code)"
            if !sign.subject.isEmpty { metadata["subject"] = "\(sign.subject)" }
        }
        if notice.kind == .shadowEnded { metadata["book"] = "\(notice.detail)" }
        if notice.kind == .positionAdopted { metadata["position"] = "\(notice.detail)" }
        if notice.kind == .orderUnresolved { metadata["order.id"] = "\(notice.detail)" }
        if let order = RestoredOrder(notice) { describe(order, in: &metadata) }
        if notice.kind.isOfOrders { metadata["order"] = "\(notice.detail)" }
        let engages = notice.kind == .killSwitchEngaged
        // A kill is news in a replay, too.
        let level = engages ? nil : notice.isComparison ? .debug : level
        if engages && Trip(actor: notice.actor) != nil { log.record(.riskTripped, level: level, metadata) }
        log.record(kind, level: level, metadata)
    }
}

extension EventLog {
    fileprivate func describe(_ order: RestoredOrder, in metadata: inout Logger.Metadata) {
        metadata["order.id"] = "\(order.id)"
        metadata["side"] = "\(order.request.side.name)"
        metadata["qty"] = "\(order.quantity)"
        metadata["filled_qty"] = "\(order.filled)"
        metadata["leaves_qty"] = "\(order.leaves)"
        metadata["status"] =
            "\(order.end?.name ?? (order.isAcknowledged ? "accepted" : "unresolved" as StaticString))"
    }
}

extension OrderReport {
    fileprivate var event: TradeEvent {
        switch self {
        case .ack: .orderAcknowledged
        case .fill: .orderFilled
        case .cancel: .orderCancelled
        case .reject: .orderRejected
        case .commission: .orderCommission
        case .expire: .orderExpired
        case .replace: .orderReplaced
        case .replaceReject: .orderReplaceRejected
        }
    }
}

extension SystemNotice.Kind {
    /// Whether an operator asks for something about orders.
    fileprivate var isOfOrders: Bool {
        self == .orderRequested || self == .cancelRequested || self == .modifyRequested
    }

    /// What the log says of it; `nil` for a step of the machine that is no news.
    fileprivate var event: TradeEvent? {
        switch self {
        case .sessionStart: .sessionStarted
        case .sessionStop: .sessionStopped
        case .killSwitchEngaged: .killSwitchEngaged
        case .killSwitchReleased: .killSwitchReleased
        case .armed: .armed
        case .disarmed: .disarmed
        case .brokerLost, .brokerUnreconciled: .brokerLost
        case .brokerReady: .brokerReady
        case .tripCleared: .tripCleared
        case .positionAdopted: .positionAdopted
        case .orderRestored: .orderRestored
        case .orderUnresolved: .orderUnresolved
        case .orderRequested: .orderRequested
        case .cancelRequested: .cancelRequested
        case .modifyRequested: .modifyRequested
        case .faultRaised: .faultRaised
        case .faultCleared: .faultCleared
        case .shadowBegan: .shadowBegan
        case .shadowEnded: .shadowEnded
        case .auditDurable, .limitsChanged, .clockRead, .budgetCarried: nil
        }
    }
}
