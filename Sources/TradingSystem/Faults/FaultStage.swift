import Audit
import ExactJSON
import Execution
import Messaging
import Risk
import TradingModel

/// A fault that holds.
struct HeldFault: Sendable, Hashable {
    let fault: Fault
    /// What it is about.
    let subject: String
    /// Time of the event that told it first.
    let since: Timestamp
    /// Why, by the newest word.
    var reason: String
}

/// How often a fault has come in this session.
struct FaultCount: Sendable, Hashable {
    var count: UInt64 = 0
    /// When it came last.
    var lastAt = Timestamp.zero
}

/// Which faults hold: made of the events alone, behind the stages that decide, which it never stops; writes the beginning and
/// the end of each into the audit trail.
struct FaultStage: Sendable {
    private struct Key: Hashable {
        let fault: Fault
        let subject: String
    }

    /// Never walked through without being sorted: no order of it may show.
    private var holding: [Key: HeldFault] = [:]
    /// How many of those are about an order.
    private var heldOrders = 0
    private var counts = [FaultCount](repeating: FaultCount(), count: Fault.allCases.count)
    private let audit: AuditLog
    private let onAuditFailure: @Sendable (AuditError) -> Void

    init(audit: AuditLog, onAuditFailure: @escaping @Sendable (AuditError) -> Void) {
        self.audit = audit
        self.onAuditFailure = onAuditFailure
    }

    /// The faults that hold, by code, then subject.
    var held: [HeldFault] {
        holding.values.sorted { ($0.fault.rawValue, $0.subject) < ($1.fault.rawValue, $1.subject) }
    }

    /// How often a fault has come.
    subscript(fault: Fault) -> FaultCount { counts[Int(fault.rawValue)] }

    /// Folds an event, after all stages have.
    ///
    /// - Parameters:
    ///   - orders: as they are after it.
    ///   - trips: the same.
    @inline(never)
    mutating func fold(
        _ event: MarketEvent, _ orders: OrderTable, _ trips: TripMonitor, _ outbox: inout Outbox
    ) {
        switch event.payload {
        case .feedStatus(let status): follow(status, event)
        case .orderEvent(let report):
            follow(report, orders, event, &outbox)
            // Of reports a reject alone is a sign by itself.
            guard report.report == .reject else { return }
        case .system(let notice): follow(notice, orders, trips, event, &outbox)
        default: return
        }
        guard let sign = FaultSign(event) else { return }
        switch sign.change {
        case .begins: begin(sign, event)
        case .ends: end(sign.fault, sign.subject, sign.reason, event)
        case .happens:
            count(sign.fault, event)
            write(.faultRaise, sign.fault, sign.subject, sign.reason, event)
        }
    }

    // MARK: What ends

    /// A stream has one state at a time: what it had before is over.
    private mutating func follow(_ status: FeedStatus, _ event: MarketEvent) {
        guard !holding.isEmpty else { return }
        let subject = FaultSign.subject(status, event.symbol)
        for fault in Fault.ofStreams where fault != status.fault {
            end(fault, subject, status.reason, event)
        }
    }

    /// What is told of an order answers what was not known of it.
    private mutating func follow(
        _ report: OrderEvent, _ orders: OrderTable, _ event: MarketEvent, _ outbox: inout Outbox
    ) {
        guard report.report != .fill || heldOrders > 0 else { return }
        let isUnresolved =
            !report.status.isTerminal && orders.order(report.id)?.life.isUnresolved ?? false
        guard isUnresolved || heldOrders > 0 else { return }
        let subject = "\(report.id)"
        if isUnresolved {
            raise(.execUnknown, subject, "held, and nobody says why", &outbox)
        } else {
            clear(.execUnknown, subject, "the broker has answered", &outbox)
        }
        if report.status.isTerminal { clear(.execCancel, subject, "the order is over", &outbox) }
    }

    private mutating func follow(
        _ notice: SystemNotice, _ orders: OrderTable, _ trips: TripMonitor, _ event: MarketEvent,
        _ outbox: inout Outbox
    ) {
        switch notice.kind {
        case .brokerLost:
            for order in orders.unresolved {
                raise(.execUnknown, "\(order.id)", "on its way when the broker was lost", &outbox)
            }
        case .killSwitchReleased, .tripCleared: endTrips(trips, event)
        default: break
        }
    }

    /// Trips that have ended with a release, or were cleared.
    private mutating func endTrips(_ trips: TripMonitor, _ event: MarketEvent) {
        let tripped = Set(
            trips.readings(at: event.receivedAt).compactMap { reading in
                reading.record.map { FaultSign.subject($0.trip, $0.scope) }
            })
        let names = Set(Trip.allCases.map(\.name.description))
        for fault in held {
            guard let name = fault.subject.split(separator: " ").first, names.contains(String(name)),
                !tripped.contains(fault.subject)
            else { continue }
            end(fault.fault, fault.subject, "released or cleared", event)
        }
    }

    // MARK: What is told besides

    /// Tells the sequence of a fault that no event has told by itself; it holds once that is delivered.
    private mutating func raise(
        _ fault: Fault, _ subject: String, _ reason: String, _ outbox: inout Outbox
    ) {
        guard holding[Key(fault: fault, subject: subject)] == nil else { return }
        let notice = FaultNotice(fault, subject).notice(actor: "execution", reason: reason)
        outbox.publish(.system(notice), source: .execution)
    }

    private mutating func clear(
        _ fault: Fault, _ subject: String, _ reason: String, _ outbox: inout Outbox
    ) {
        guard !holding.isEmpty, holding[Key(fault: fault, subject: subject)] != nil else { return }
        let notice = FaultNotice(fault, subject, isCleared: true).notice(actor: "execution", reason: reason)
        outbox.publish(.system(notice), source: .execution)
    }

    // MARK: Keeping

    private mutating func begin(_ sign: FaultSign, _ event: MarketEvent) {
        let key = Key(fault: sign.fault, subject: sign.subject)
        guard holding[key] == nil else {
            holding[key]?.reason = sign.reason
            return
        }
        holding[key] = HeldFault(
            fault: sign.fault, subject: sign.subject, since: event.receivedAt, reason: sign.reason)
        if sign.fault == .execUnknown || sign.fault == .execCancel { heldOrders += 1 }
        count(sign.fault, event)
        // What a session leaves behind is written with the orders.
        if sign.fault != .execUnconfirmed {
            write(.faultRaise, sign.fault, sign.subject, sign.reason, event)
        }
    }

    private mutating func end(_ fault: Fault, _ subject: String, _ reason: String, _ event: MarketEvent) {
        guard holding.removeValue(forKey: Key(fault: fault, subject: subject)) != nil else { return }
        if fault == .execUnknown || fault == .execCancel { heldOrders -= 1 }
        write(.faultClear, fault, subject, reason, event)
    }

    private mutating func count(_ fault: Fault, _ event: MarketEvent) {
        counts[Int(fault.rawValue)].count += 1
        counts[Int(fault.rawValue)].lastAt = event.receivedAt
    }

    private func write(
        _ type: AuditLineType, _ fault: Fault, _ subject: String, _ reason: String, _ event: MarketEvent
    ) {
        do {
            try audit.stage(type, at: event.receivedAt) { json in
                json.beginObject()
                json.key("fault")
                json.string(fault.code)
                if event.symbol != .none {
                    json.key("symbol")
                    json.string(event.symbol.name)
                }
                if !subject.isEmpty {
                    json.key("subject")
                    json.string(subject)
                }
                json.key("reason")
                json.string(reason)
                json.key("event_seq")
                json.integer(event.sequence)
                json.endObject()
            }
        } catch {
            onAuditFailure(error)
        }
    }
}

extension Fault {
    /// Those that the state of a stream tells.
    static let ofStreams: [Fault] = [
        .feedStale, .feedFarm, .feedReset, .feedLevel1, .feedCrossed, .feedDelayed, .feedUnavailable,
        .infraOverload,
    ]
}
