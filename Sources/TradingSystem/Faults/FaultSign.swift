import Audit
import Execution
import Risk
import TradingModel

/// What one event says of faults, by itself.
struct FaultSign: Sendable, Hashable {
    /// What becomes of the fault.
    enum Change: Sendable {
        /// It holds from now on.
        case begins
        /// It holds no longer.
        case ends
        /// It was over as it happened.
        case happens
    }

    let fault: Fault
    /// What it is about: a stream, an order, a trip and its scope; empty where it is about everything.
    let subject: String
    let change: Change
    /// Why, in words.
    let reason: String

    /// The sign that an event is; `nil` for all others.
    init?(_ event: MarketEvent) {
        switch event.payload {
        case .feedStatus(let status): self.init(status, of: event.symbol)
        case .orderEvent(let report): self.init(report)
        case .system(let notice): self.init(notice)
        default: return nil
        }
    }

    private init(_ fault: Fault, _ subject: String, _ change: Change, _ reason: String) {
        self.fault = fault
        self.subject = subject
        self.change = change
        self.reason = reason
    }

    private init?(_ status: FeedStatus, of symbol: SymbolID) {
        guard let fault = status.fault else { return nil }
        self.init(fault, Self.subject(status, symbol), .begins, status.reason)
    }

    /// What never left was refused by ourselves: no fault of the venue.
    private init?(_ report: OrderEvent) {
        guard report.report == .reject, !report.isSimulated, !report.reason.hasPrefix(OrderEvent.unsentPrefix)
        else { return nil }
        self.init(.execReject, "\(report.id)", .happens, report.reason)
    }

    private init?(_ notice: SystemNotice) {
        switch notice.kind {
        case .brokerUnreconciled where notice.isComparison: return nil
        case .brokerLost, .brokerUnreconciled: self.init(.execBroker, "", .begins, notice.reason)
        case .brokerReady: self.init(.execBroker, "", .ends, notice.reason)
        case .killSwitchEngaged:
            guard let trip = Trip(actor: notice.actor) else { return nil }
            self.init(
                trip.fault(notice.reason), Self.subject(trip, notice.scope), .begins, notice.reason)
        case .faultRaised, .faultCleared:
            guard let told = FaultNotice(notice) else { return nil }
            self.init(told.fault, told.subject, told.isCleared ? .ends : .begins, notice.reason)
        default: return nil
        }
    }

    /// How a stream is named: `XAUUSD quotes`, `XAUUSD`, `all`.
    static func subject(_ status: FeedStatus, _ symbol: SymbolID) -> String {
        let name = symbol == .none ? "all" : symbol.name
        return status.stream.map { "\(name) \($0.name)" } ?? name
    }

    /// How a trip that has tripped is named: `day_loss all`.
    static func subject(_ trip: Trip, _ scope: KillScope) -> String { "\(trip.name) \(scope.text)" }
}

extension Trip {
    /// The fault that has tripped it.
    ///
    /// - Parameter reason: of the kill.
    func fault(_ reason: String) -> Fault {
        switch self {
        case .dayLoss, .drawdown: .riskLoss
        case .rejectStorm, .orderRate, .repetition, .childParent, .velocity: .riskLimit
        case .drift, .unknownExecution: .riskDrift
        case .staleFeed: .feedStale
        case .disconnect: .execBroker
        case .clock: .infraClock
        case .audit: reason.contains("\(AuditOutage.noRoom)") ? .infraDisk : .infraAudit
        case .latency: .infraQueue
        case .internal: .infraInternal
        }
    }
}
