import Audit
import Dispatch
import Platform
import Risk
import TestSupport
import Testing
import TradingModel

@testable import Execution
@testable import Messaging
@testable import Risk

/// A venue that only notes what it is asked.
struct NotingVenue: OrderAdapter {
    let cancels: Locked<[String]>
    var mayRefuseCancels = false

    mutating func submit(_ order: ApprovedOrder, _ outbox: inout Outbox) {}
    mutating func cancel(_ order: WorkingOrder, reason: String, _ outbox: inout Outbox) {
        cancels.withLock { $0.append("\(order.id) \(reason)") }
    }
    mutating func cancelEverythingElse(in symbol: SymbolID?, reason: String, _ outbox: inout Outbox) {
        let scope = symbol.map { " in \($0.name)" } ?? ""
        cancels.withLock { $0.append("everything else\(scope): \(reason)") }
    }
    mutating func spareEverythingElse() { cancels.withLock { $0.append("spare") } }
    mutating func quoteLost(_ symbol: SymbolID) {}
    mutating func quoteChanged(_ symbol: SymbolID, _ quote: Tick, _ outbox: inout Outbox) {}
    mutating func tradePrinted(_ symbol: SymbolID, _ trade: Trade, _ outbox: inout Outbox) {}
}

private struct NoQuotes: QuoteSource {
    func top(_ symbol: SymbolID) -> Tick? { nil }
}

@Suite("Cancels of everything")
struct RouterCancelTests {
    let cancels = Locked<[String]>([])
    let directory: TemporaryDirectory
    var router: ExecutionRouter<NotingVenue>
    var outbox = Outbox()
    let audit: AuditLog

    init() throws {
        directory = try TemporaryDirectory()
        audit = try AuditLog(
            AuditSettings(directory: directory.path + "/audit"),
            identity: AuditIdentity(
                origin: "test/dev/log", build: "test", configHash: "", machineID: "", bootID: ""),
            at: .zero, queue: DispatchQueue(label: "audit"))
        router = ExecutionRouter(
            venue: NotingVenue(cancels: cancels), instruments: [], audit: audit, onAuditFailure: { _ in })
    }

    mutating func handle(
        _ payload: MarketEvent.Payload, approved: ContiguousArray<ApprovedOrder> = [], symbol: String? = nil,
        at time: Timestamp = .zero
    ) {
        var approved = approved
        var event = MarketEvent(
            timestamp: time, receivedAt: time, symbol: symbol.flatMap { SymbolID($0) } ?? .none,
            source: .ibkr, payload: payload)
        outbox.stamp(&event)
        router.handle(event, approved: &approved, quotes: NoQuotes(), &outbox)
    }

    mutating func notify(
        _ kind: SystemNotice.Kind, _ level: KillLevel? = nil, _ scope: KillScope = .all, detail: String = ""
    ) {
        handle(.system(SystemNotice(kind, actor: "test", level: level, scope: scope, detail: detail)))
    }

    /// An order that nobody has acknowledged.
    mutating func send(
        _ number: UInt32, _ symbol: String = "ROUTE.X", strategy: StrategyID = .manual,
        flags: OrderFlags = [],
        side: Side = .buy, quantity: Int64 = 1, judgedUnder: KillLevel?? = .none
    ) throws {
        let request = OrderRequest(
            id: ClientOrderID(session: 1, number: number), symbol: try #require(SymbolID(symbol)),
            side: side, type: .market, quantity: Quantity(rawValue: quantity * Money.one.rawValue),
            flags: flags, strategy: strategy)
        handle(
            .timer(TimerFired(id: 1, dueAt: .zero)),
            approved: [
                ApprovedOrder(
                    request: request, decisionSequence: 1, auditEntry: 1,
                    judgedUnder: judgedUnder ?? router.kills.level(request.strategy, request.symbol))
            ])
    }

    @Test(
        "orders that are not acknowledged are cancelled, and what still works once more when the broker is back"
    )
    mutating func killed() throws {
        try send(1)
        try send(2)
        notify(.brokerReady)
        #expect(cancels.withLock { $0 } == [])
        notify(.killSwitchEngaged)
        #expect(
            cancels.withLock { $0 } == [
                "c-1-1 kill switch", "c-1-2 kill switch", "everything else: kill switch",
            ])
        notify(.brokerLost)
        handle(
            .orderEvent(
                OrderEvent(
                    id: ClientOrderID(session: 1, number: 1), report: .cancel, status: .cancelled, side: .buy,
                    quantity: Money.one, leavesQuantity: .zero)))
        notify(.brokerReady)
        #expect(
            cancels.withLock { $0.dropFirst(3) } == ["c-1-2 kill switch", "everything else: kill switch"])
        notify(.killSwitchReleased)
        notify(.brokerReady)
        #expect(cancels.withLock { $0.dropFirst(5) } == ["spare"])
    }

    mutating func fill(_ number: UInt32, _ side: Side, _ quantity: Int64, leaves: Int64 = 0) throws {
        let whole = Quantity(rawValue: quantity * Money.one.rawValue)
        handle(
            .orderEvent(
                OrderEvent(
                    id: ClientOrderID(session: 1, number: number), report: .fill,
                    status: leaves == 0 ? .filled : .partiallyFilled, side: side,
                    quantity: Quantity(rawValue: (quantity + leaves) * Money.one.rawValue),
                    filledQuantity: whole, averagePrice: .zero, lastPrice: .zero, lastQuantity: whole,
                    executionID: UInt64(number),
                    leavesQuantity: Quantity(rawValue: leaves * Money.one.rawValue))),
            symbol: "ROUTE.X")
    }

    /// Why orders were refused that have not left, so far.
    mutating func refusals() -> [String] {
        var reasons: [String] = []
        while let event = outbox.next() {
            if case .orderEvent(let report) = event.payload {
                reasons.append("\(report.id) \(report.reason)")
            }
        }
        return reasons
    }

    @Test(
        "a trip holds in the event that finds it: neither what was approved in it leaves, nor what had waited",
        arguments: [KillLevel.reduce, .halt], [HandOver.afterCommit, .afterNotice])
    mutating func tripped(_ level: KillLevel, _ handOver: HandOver) throws {
        router = ExecutionRouter(
            venue: NotingVenue(cancels: cancels), instruments: [], audit: audit, handOver: handOver,
            onAuditFailure: { _ in })
        if handOver == .afterNotice { try send(1) }
        router.kill(KillLatch(level, actor: "trip:order_rate", since: .zero), &outbox)
        try send(2, judgedUnder: .some(nil))
        try send(3, judgedUnder: .some(level))
        handle(.system(SystemNotice(.auditDurable, actor: "test", decisionSequence: 1)))
        let refused = refusals()
        #expect(
            refused
                == (handOver == .afterNotice ? ["c-1-1 not sent: kill switch"] : [])
                + ["c-1-2 not sent: kill switch"])
        #expect(router.sent == 1 && router.waiting.isEmpty)
    }

    @Test("what waits for the disk to flatten does not leave once nothing is to be flattened")
    mutating func flattenReleased() throws {
        router = ExecutionRouter(
            venue: NotingVenue(cancels: cancels), instruments: [], audit: audit, handOver: .afterNotice,
            onAuditFailure: { _ in })
        notify(.killSwitchEngaged, .flatten)
        try send(1, flags: [.flatten, .reduceOnly])
        notify(.killSwitchReleased, .halt)
        handle(.system(SystemNotice(.auditDurable, actor: "test", decisionSequence: 1)))
        let refused = refusals()
        #expect(refused == ["c-1-1 not sent: kill switch"] && router.sent == 0)
    }

    @Test("what reduce has had cancelled is not confirmed before it is over")
    mutating func unconfirmed() throws {
        try send(1)
        notify(.killSwitchEngaged, .reduce)
        let order = ClientOrderID(session: 1, number: 1)
        #expect(router.isReducedAway(order) && !router.isReducedAway(ClientOrderID(session: 1, number: 2)))
        handle(
            .orderEvent(
                OrderEvent(
                    id: order, report: .cancel, status: .cancelled, side: .buy, quantity: Money.one,
                    leavesQuantity: .zero)), symbol: "ROUTE.X")
        #expect(!router.isReducedAway(order))
    }

    @Test("what waits for the disk is refused when the broker is lost, and does not leave afterwards")
    mutating func lostWhileWaiting() throws {
        router = ExecutionRouter(
            venue: NotingVenue(cancels: cancels), instruments: [], audit: audit, handOver: .afterNotice,
            onAuditFailure: { _ in })
        try send(1)
        notify(.brokerLost)
        let refused = refusals()
        #expect(refused == ["c-1-1 not sent: broker lost"])
        notify(.brokerReady)
        handle(.system(SystemNotice(.auditDurable, actor: "test", decisionSequence: 1)))
        #expect(router.sent == 0)
    }

    @Test(
        "what works is cancelled when the broker was gone for too long, though reduce held already",
        arguments: [(Int64(10), false), (11, true)])
    mutating func absence(_ seconds: Int64, _ isTooLong: Bool) throws {
        try send(1, quantity: 10)
        try fill(1, .buy, 10)
        try send(2, side: .sell, quantity: 4)
        notify(.killSwitchEngaged, .reduce)
        handle(.system(SystemNotice(.brokerLost, actor: "broker")))
        let back = Timestamp(nanoseconds: seconds * 1_000_000_000)
        handle(.system(SystemNotice(.brokerUnreconciled, actor: "broker")), at: back)
        #expect(cancels.withLock { $0 } == [])
        handle(.system(SystemNotice(.brokerReady, actor: "broker")), at: back)
        #expect(cancels.withLock { $0 } == (isTooLong ? ["c-1-2 broker was gone"] : []))
        handle(.system(SystemNotice(.brokerReady, actor: "broker")), at: back.advanced(by: 1))
        #expect(cancels.withLock { $0.count } == (isTooLong ? 1 : 0))
    }

    /// An exit of an earlier session, for as much.
    private mutating func restoreExit(_ quantity: Int64) throws {
        var request = OrderRequest(
            id: ClientOrderID(session: 1, number: 1), symbol: try #require(SymbolID("ROUTE.X")), side: .sell,
            type: .limit, quantity: Quantity(rawValue: quantity * Money.one.rawValue),
            limitPrice: try Price("10"), timeInForce: .goodTillCancel, flags: .reduceOnly)
        request.bracket = ClientOrderID(session: 0, number: 9)
        var order = RestoredOrder(request, decisionSequence: 1, sentAt: .zero)
        (order.isSent, order.isAcknowledged) = (true, true)
        handle(.system(order.notice(actor: "startup", reason: "audit trail")))
    }

    @Test("exits stay when the broker was gone for too long, other orders do not")
    mutating func absentExits() throws {
        try restoreExit(3)
        try send(2)
        handle(.system(SystemNotice(.brokerLost, actor: "broker")))
        handle(
            .system(
                AdoptedPosition(
                    try #require(SymbolID("ROUTE.X")), Quantity(rawValue: 3 * Money.one.rawValue)
                ).notice(actor: "broker", reason: "test")))
        handle(
            .system(SystemNotice(.brokerReady, actor: "broker")),
            at: Timestamp(nanoseconds: 60_000_000_000))
        #expect(cancels.withLock { $0 } == ["c-1-2 broker was gone"])
    }

    @Test(
        "exits are not judged by positions that the broker has not told yet; by those it has told they are",
        arguments: [0, 1], [false, true])
    mutating func untoldPositions(_ held: Int64, _ isReducing: Bool) throws {
        handle(.system(SystemNotice(.brokerLost, actor: "broker")))
        try restoreExit(3)
        if isReducing { notify(.killSwitchEngaged, .reduce) }
        // What the entry has filled meanwhile; what it had filled before follows.
        try fill(7, .buy, 2)
        #expect(cancels.withLock { $0 } == [])
        handle(
            .system(
                AdoptedPosition(
                    try #require(SymbolID("ROUTE.X")), Quantity(rawValue: held * Money.one.rawValue)
                ).notice(actor: "broker", reason: "test")))
        notify(.brokerReady)
        let why = isReducing ? "c-1-1 kill switch" : "c-1-1 reduce-only: the position is smaller now"
        #expect(cancels.withLock { $0 } == (held == 1 ? [] : [why]))
    }

    @Test("a session that ends cancels once more when the broker is back")
    mutating func ending() throws {
        try send(1)
        notify(.sessionStop)
        notify(.brokerLost)
        notify(.brokerReady)
        #expect(cancels.withLock { $0 } == ["c-1-1 session end", "c-1-1 session end"])
    }

    @Test(
        "a kill of a symbol or strategy cancels its own orders, and what others have left of that symbol"
    )
    mutating func scopes() throws {
        let idea = StrategyID("route_idea")
        try send(1)
        try send(2, "ROUTE.Y", strategy: idea)
        try send(3, "ROUTE.Z")
        notify(.killSwitchEngaged, .halt, .symbol(try #require(SymbolID("ROUTE.X"))))
        let others = "everything else in ROUTE.X: kill switch"
        #expect(cancels.withLock { $0 } == ["c-1-1 kill switch", others])
        notify(.killSwitchEngaged, .halt, .strategy(idea))
        #expect(cancels.withLock { $0.dropFirst(2) } == ["c-1-2 kill switch"])
        // What was asked for is asked for again when the broker is back, the rest is not.
        notify(.brokerReady)
        #expect(cancels.withLock { $0.dropFirst(3) } == ["c-1-1 kill switch", "c-1-2 kill switch", others])
        #expect(router.killed.map(\.number) == [1, 2])
        notify(.killSwitchEngaged, .halt)
        #expect(
            cancels.withLock { $0.dropFirst(6) } == [
                "c-1-1 kill switch", "c-1-2 kill switch", "c-1-3 kill switch", "everything else: kill switch",
            ])
        // What still holds of the symbol goes on, the rest is spared.
        notify(.killSwitchReleased)
        #expect(cancels.withLock { $0.dropFirst(10) } == ["spare", others])
    }

    /// A fill of an order, which is over when nothing is left.

    @Test(
        "what waits for the disk in the scope of a kill is given up, the rest leaves",
        arguments: [KillLevel.reduce, .halt])
    mutating func waiting(_ level: KillLevel) throws {
        router = ExecutionRouter(
            venue: NotingVenue(cancels: cancels), instruments: [], audit: audit, handOver: .afterNotice,
            onAuditFailure: { _ in })
        try send(1)
        try send(2, "ROUTE.Y")
        notify(.killSwitchEngaged, level, .symbol(try #require(SymbolID("ROUTE.X"))))
        handle(.system(SystemNotice(.auditDurable, actor: "test", decisionSequence: 1)))
        #expect(router.sent == 1 && router.handedOver.first?.request.id.number == 2)
    }

    @Test("a session that leaves its orders cancels none, but for a kill")
    mutating func leaving() throws {
        try send(1)
        notify(.sessionStop, detail: ExecutionRouter<SimAdapter>.leavesOrders)
        notify(.brokerReady)
        #expect(cancels.withLock { $0 } == [])
        notify(.killSwitchEngaged)
        #expect(cancels.withLock { $0 } == ["c-1-1 kill switch", "everything else: kill switch"])
    }
}
