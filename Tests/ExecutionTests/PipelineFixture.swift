import Audit
import Dispatch
import Messaging
import Platform
import Risk
import TestSupport
import Testing
import TradingModel

@testable import Execution

/// Risk and execution over the simulated venue on a bus, as the daemon wires them; orders are given by hand.
struct OrderPath: EventCore {
    var risk: RiskStage
    var execution: ExecutionRouter<SimAdapter>
    var requests: ContiguousArray<OrderProposal> = []
    var quote: Tick?
    var seen: [MarketEvent] = []
    /// Orders by hand, with numbers far above those of the rig.
    var manual = ManualOrders()
    var numbers = OrderNumbers(session: 2)
    /// What operators were told of exits.
    var told: [String] = []
    /// Why changes were not made.
    var answers: [String] = []

    mutating func settle() { execution.settle() }

    mutating func catchUp() { execution.catchUp() }

    mutating func handle(_ event: MarketEvent, _ outbox: inout Outbox) {
        if case .tick(let tick) = event.payload { quote = tick }
        seen.append(event)
        // A timer stands for a signal: what waits is decided then.
        var waiting: ContiguousArray<OrderProposal> = []
        if case .timer = event.payload { swap(&waiting, &requests) }
        manual.fold(event, &waiting, &numbers)
        risk.newestWish = manual.newest
        risk.handle(event, requests: &waiting, quotes: OneQuote(quote: quote), &outbox)
        if case .system(let notice) = event.payload, let wish = ChangeWish(text: notice.detail) {
            change(wish, notice, event, &outbox)
        }
        execution.handle(event, approved: &risk.approved, quotes: OneQuote(quote: quote), &outbox)
        told += manual.brackets.takeTellings().map {
            "\($0.entry) \($0.isLacking ? "" : "no longer: ")\($0.reason)"
        }
        for command in manual.brackets.takeCommands() {
            switch command {
            case .cancel(let id): execution.cancelExit(id, &outbox)
            case .resize(let id, let quantity):
                let wish = ChangeWish(id: id, quantity: quantity, token: "exit")
                change(wish, SystemNotice(.modifyRequested, actor: "bracket"), event, &outbox)
            }
        }
    }

    private mutating func change(
        _ wish: ChangeWish, _ notice: SystemNotice, _ event: MarketEvent, _ outbox: inout Outbox
    ) {
        let verdict = risk.decide(
            wish, of: execution.orders.order(wish.id)?.current, objection: execution.objection(to: wish),
            notice, event, quotes: OneQuote(quote: quote))
        switch verdict {
        case .approved(let change): execution.change(change, &outbox)
        case .denied(let check): answers.append("denied \(check.map { "\($0.reason.code)" } ?? "")")
        case .refused(let text): answers.append(text)
        }
        if case .approved = verdict { return }
        manual.brackets.refused(wish.id, at: event.receivedAt)
    }
}

/// One quote for every instrument.
private struct OneQuote: QuoteSource {
    let quote: Tick?

    func top(_ symbol: SymbolID) -> Tick? { quote }
}

/// A bus with an order path and an audit log of its own.
final class OrderPathRig {
    let bus: EventBus<OrderPath>
    let audit: AuditLog
    let gold: Instrument
    let directory: TemporaryDirectory
    /// What the audit log has said is safe: numbers of decisions.
    let durable = Locked<[UInt64]>([])
    /// Lines that could not be written.
    let failures = Locked<[AuditError]>([])
    private var number: UInt32 = 0
    private var time: Int64 = 1_000_000_000

    /// - Parameters:
    ///   - handOver: with `afterNotice` the log goes to the disk, and `tellDurable` stands for its notices.
    ///   - operations: how the audit log writes.
    init(
        _ name: String, sim: SimOptions = SimOptions(), throttleMax: Int = 100,
        handOver: HandOver = .afterCommit, operations: AuditFileOperations = .system,
        trips: TripLimits = .off, sessionEnds: ExecutionRouter<SimAdapter>.SessionEnds? = nil
    ) throws {
        directory = try TemporaryDirectory()
        gold = Instrument(
            symbol: try #require(SymbolID(name)), tickSize: try Price("0.01"), lotSize: try Quantity("1"))
        audit = try AuditLog(
            AuditSettings(
                directory: directory.path + "/audit",
                durability: handOver == .afterNotice ? .disk : .process, operations: operations),
            identity: AuditIdentity(
                origin: "test/dev/log", build: "test", configHash: "", machineID: "", bootID: ""),
            at: .zero, queue: DispatchQueue(label: "audit"),
            observer: AuditObserver(
                didBecomeDurable: { [durable] decision in
                    durable.withLockNotifying { $0.append(decision) }
                },
                didFail: { [failures] outage in
                    failures.withLockNotifying { $0.append(.unavailable(outage)) }
                }))
        let limits = RiskLimits(
            whitelist: [gold.symbol], instruments: [gold], maxSize: try Quantity("10"),
            maxExposure: Money(try Price("1000000")), maxGrossExposure: Money(try Price("1000000")),
            throttleMax: throttleMax, priceCollarBps: 100, exchangeRates: ["USD": try Price("1")])
        let path = OrderPath(
            risk: RiskStage(
                engine: RiskEngine(limits: limits), trips: trips, configHash: "c0ffee", audit: audit,
                onAuditFailure: { [failures] error in failures.withLockNotifying { $0.append(error) } }),
            execution: ExecutionRouter(
                venue: SimAdapter(instruments: [gold], options: sim), instruments: [gold], audit: audit,
                handOver: handOver, sessionEnds: sessionEnds,
                onAuditFailure: { [failures] error in failures.withLockNotifying { $0.append(error) } }))
        bus = EventBus(core: path, queue: DispatchQueue(label: "bus"))
        notify(.armed)
    }

    func notify(_ kind: SystemNotice.Kind, detail: String = "") {
        publish(.system(SystemNotice(kind, actor: "test", detail: detail)))
    }

    func kill(_ level: KillLevel) {
        publish(.system(SystemNotice(.killSwitchEngaged, actor: "test", level: level)))
    }

    /// Time passes.
    func pass(_ nanoseconds: Int64) { time += nanoseconds }

    /// Time of the newest event.
    var now: Timestamp { Timestamp(nanoseconds: time) }

    /// The notice that everything decided up to `decision` is on the disk.
    func tellDurable(_ decision: UInt64) {
        publish(.system(SystemNotice(.auditDurable, actor: "audit", decisionSequence: decision)))
    }

    /// Numbers of the approvals so far, in sequence.
    var approvals: [UInt64] {
        bus.query { core in
            core.seen.compactMap { event in
                guard case .riskDecision(let decision) = event.payload, decision.approved else { return nil }
                return event.sequence
            }
        }
    }

    /// Why orders were rejected, in sequence.
    var rejections: [String] {
        bus.query { core in
            core.seen.compactMap { event in
                guard case .orderEvent(let report) = event.payload, report.report == .reject else {
                    return nil
                }
                return report.reason
            }
        }
    }

    /// A quote; without sizes it is as deep as one likes.
    func quote(_ bid: String, _ ask: String, sizes: (String, String)? = nil) throws {
        publish(
            .tick(
                Tick(
                    bid: try Price(bid), ask: try Price(ask), bidSize: try sizes.map { try Quantity($0.0) },
                    askSize: try sizes.map { try Quantity($0.1) })))
    }

    /// The rows behind a quote: as many prices away from the best as there are sizes, a cent apart.
    func ladder(_ bid: Price, _ ask: Price, sizes: [Quantity]) throws {
        let cent = try Price("0.01")
        func rows(_ best: Price, _ step: Int64) -> [Level] {
            sizes.enumerated().map { row, size in
                Level(price: Price(rawValue: best.rawValue + Int64(row) * step * cent.rawValue), size: size)
            }
        }
        publish(.domSnapshot(DomSnapshot(bids: rows(bid, -1), asks: rows(ask, 1))))
    }

    func print(_ price: String, _ size: String) throws {
        publish(.trade(Trade(price: try Price(price), size: try Quantity(size), aggressor: .unknown)))
    }

    /// The source says that what was known of the market is no longer true.
    func loseMarket() { publish(.feedStatus(FeedStatus(quality: .reset, reason: "test"))) }

    /// Sends orders, decided at one time.
    @discardableResult
    func send(
        _ side: Side, _ quantity: String, limit: String?, stop: String? = nil, tif: TimeInForce = .day,
        times: Int = 1, by strategy: StrategyID = .manual, flags: OrderFlags = [], until: Timestamp? = nil
    ) throws -> ClientOrderID {
        let type: OrderType =
            stop == nil ? (limit == nil ? .market : .limit) : (limit == nil ? .stop : .stopLimit)
        for _ in 0..<times {
            number += 1
            let request = OrderRequest(
                id: ClientOrderID(session: 1, number: number), symbol: gold.symbol, side: side,
                type: type, quantity: try Quantity(quantity), limitPrice: try limit.map { try Price($0) },
                stopPrice: try stop.map { try Price($0) }, timeInForce: tif, expiry: until,
                flags: flags, strategy: strategy)
            bus.query { $0.requests.append(OrderProposal(request)) }
        }
        publish(.timer(TimerFired(id: 1, dueAt: .zero)))
        return ClientOrderID(session: 1, number: number)
    }

    private func publish(_ payload: MarketEvent.Payload) {
        time += 1_000_000
        bus.publish(
            MarketEvent(
                timestamp: Timestamp(nanoseconds: time), receivedAt: Timestamp(nanoseconds: time),
                symbol: payload.type.concernsInstrument ? gold.symbol : .none, source: .replay,
                payload: payload))
    }

    /// Reports so far as `c-1-1 fill filled 4000.2`, in sequence.
    var reports: [String] {
        orderEvents.map { report in
            let price = report.report == .fill ? " \(report.lastPrice)" : ""
            return "\(report.id) \(report.report.name) \(report.status.name)\(price)"
        }
    }

    /// Reports so far as `1 partially_filled 2@4000.2 #1, 2 at 4000.2, leaves 3`: order, status, this fill with its
    /// number, filled at the mean price, leaves; in sequence.
    var quantities: [String] {
        orderEvents.map { report in
            let fill =
                report.executionID == 0
                ? "" : " \(report.lastQuantity)@\(report.lastPrice) #\(report.executionID)"
            return "\(report.id.number) \(report.status.name)\(fill), \(report.filledQuantity) at "
                + "\(report.averagePrice), leaves \(report.leavesQuantity)"
        }
    }

    private var orderEvents: [OrderEvent] {
        bus.query { core in
            core.seen.compactMap { event in
                guard case .orderEvent(let report) = event.payload else { return nil }
                return report
            }
        }
    }

    /// Types of the audit lines so far.
    func auditTypes() throws -> [String] {
        let text = String(decoding: try directory.read("audit/audit-000001.jsonl"), as: UTF8.self)
        return text.split(separator: "\n").map { line in
            let start = line.range(of: "\"type\":\"")
            let rest = start.map { line[$0.upperBound...] } ?? ""
            return String(rest.prefix { $0 != "\"" })
        }
    }
}

extension Substring {
    /// The first place of `text`; Foundation's is not wanted here.
    func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
