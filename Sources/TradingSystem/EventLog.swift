import Configuration
import Logging
import Messaging
import TradingModel

/// Writes trading decisions and life cycle to the log, as an observer of the bus.
enum EventLog {
    /// Lines that may wait for the log; older ones are dropped and counted.
    private static let capacity = 4_096

    /// In a replay the past is no news: it is logged at `debug`.
    static func attach(to session: TradingSession, queues: QueuePlan) {
        let log = Logger(label: "tradingd.trading")
        let level: Logger.Level = session.mode == .replay ? .debug : .notice
        guard log.logLevel <= level else { return }
        session.bus.tap(
            "log", EventFilter(types: [.riskDecision, .orderEvent, .system]), capacity: capacity,
            policy: .dropOldest, on: queues.telemetry
        ) { event in
            write(event, level, log)
        }
    }

    private static func write(_ event: MarketEvent, _ level: Logger.Level, _ log: Logger) {
        switch event.payload {
        case .riskDecision(let decision): write(decision, event, level, log)
        case .orderEvent(let report): write(report, event, level, log)
        case .system(let notice): write(notice, event, level, log)
        default: break
        }
    }

    private static func base(_ event: MarketEvent) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["sequence": "\(event.sequence)"]
        if event.symbol != .none { metadata["symbol"] = "\(event.symbol.name)" }
        if event.trace != .none {
            metadata["trace.id"] = "\(event.traceID.hex)"
            metadata["span.id"] = "\(event.spanID.hex)"
        }
        return metadata
    }

    private static func write(
        _ decision: RiskDecision, _ event: MarketEvent, _ level: Logger.Level, _ log: Logger
    ) {
        var metadata = base(event)
        metadata["order.id"] = "\(decision.request.id)"
        metadata["signal.id"] = "\(decision.request.signalSequence)"
        metadata["side"] = "\(decision.request.side.name)"
        metadata["qty"] = "\(decision.request.quantity)"
        if let limit = decision.request.limitPrice { metadata["limit_price"] = "\(limit)" }
        if let reason = decision.reasons.first {
            metadata["reason"] = "\(reason.code)"
            log.log(level: level, "Order denied", metadata: metadata)
        } else {
            log.log(level: level, "Order approved", metadata: metadata)
        }
    }

    private static func write(
        _ report: OrderEvent, _ event: MarketEvent, _ level: Logger.Level, _ log: Logger
    ) {
        var metadata = base(event)
        metadata["order.id"] = "\(report.id)"
        metadata["status"] = "\(report.status.name)"
        metadata["filled_qty"] = "\(report.filledQuantity)"
        metadata["leaves_qty"] = "\(report.leavesQuantity)"
        if report.report == .fill {
            metadata["last_price"] = "\(report.lastPrice)"
            metadata["last_qty"] = "\(report.lastQuantity)"
        }
        if !report.reason.isEmpty { metadata["reason"] = "\(report.reason)" }
        log.log(level: level, report.report.sentence, metadata: metadata)
    }

    private static func write(
        _ notice: SystemNotice, _ event: MarketEvent, _ level: Logger.Level, _ log: Logger
    ) {
        // One for each group of orders: a step of the machine, no news.
        let level = notice.kind == .auditDurable ? .debug : level
        var metadata = base(event)
        metadata["actor"] = "\(notice.actor)"
        if !notice.reason.isEmpty { metadata["reason"] = "\(notice.reason)" }
        log.log(
            level: notice.kind == .killSwitchEngaged ? .critical : level, notice.kind.sentence,
            metadata: metadata)
    }
}

extension OrderReport {
    fileprivate var sentence: Logger.Message {
        switch self {
        case .ack: "Order acknowledged"
        case .fill: "Order filled"
        case .cancel: "Order cancelled"
        case .reject: "Order rejected"
        }
    }
}

extension SystemNotice.Kind {
    fileprivate var sentence: Logger.Message {
        switch self {
        case .sessionStart: "Session started"
        case .sessionStop: "Session stopped"
        case .killSwitchEngaged: "Kill switch engaged"
        case .killSwitchReleased: "Kill switch released"
        case .armed: "Trading armed"
        case .disarmed: "Trading disarmed"
        case .auditDurable: "Audit log on the disk"
        }
    }
}
