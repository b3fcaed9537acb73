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
private struct NotingVenue: OrderAdapter {
    let cancels: Locked<[String]>

    mutating func submit(_ order: ApprovedOrder, _ outbox: inout Outbox) {}
    mutating func cancel(_ order: WorkingOrder, reason: String, _ outbox: inout Outbox) {
        cancels.withLock { $0.append("\(order.id) \(reason)") }
    }
    mutating func cancelEverythingElse(reason: String, _ outbox: inout Outbox) {
        cancels.withLock { $0.append("everything else: \(reason)") }
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
    private let cancels = Locked<[String]>([])
    private let directory: TemporaryDirectory
    private var router: ExecutionRouter<NotingVenue>
    private var outbox = Outbox()
    private let audit: AuditLog

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

    private mutating func handle(
        _ payload: MarketEvent.Payload, approved: ContiguousArray<ApprovedOrder> = []
    ) {
        var approved = approved
        let event = MarketEvent(
            timestamp: .zero, receivedAt: .zero, symbol: .none, source: .ibkr, payload: payload)
        router.handle(event, approved: &approved, quotes: NoQuotes(), &outbox)
    }

    private mutating func notify(
        _ kind: SystemNotice.Kind, _ level: KillLevel? = nil, _ scope: KillScope = .all, detail: String = ""
    ) {
        handle(.system(SystemNotice(kind, actor: "test", level: level, scope: scope, detail: detail)))
    }

    /// An order that nobody has acknowledged.
    private mutating func send(
        _ number: UInt32, _ symbol: String = "ROUTE.X", strategy: StrategyID = .manual, flags: OrderFlags = []
    ) throws {
        let request = OrderRequest(
            id: ClientOrderID(session: 1, number: number), symbol: try #require(SymbolID(symbol)),
            side: .buy, type: .market, quantity: Money.one, flags: flags, strategy: strategy)
        handle(
            .timer(TimerFired(id: 1, dueAt: .zero)),
            approved: [ApprovedOrder(request: request, decisionSequence: 1, auditSequence: 1)])
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

    @Test("what waits for the disk is refused when the broker is lost, and does not leave afterwards")
    mutating func lostWhileWaiting() throws {
        router = ExecutionRouter(
            venue: NotingVenue(cancels: cancels), instruments: [], audit: audit, handOver: .afterNotice,
            onAuditFailure: { _ in })
        try send(1)
        notify(.brokerLost)
        var reasons: [String] = []
        while let event = outbox.next() {
            if case .orderEvent(let report) = event.payload { reasons.append(report.reason) }
        }
        #expect(reasons == ["not sent: broker lost"])
        notify(.brokerReady)
        handle(.system(SystemNotice(.auditDurable, actor: "test", decisionSequence: 1)))
        #expect(router.sent == 0)
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
        "a kill of a symbol or strategy cancels its own orders, and spares what others have left at the broker"
    )
    mutating func scopes() throws {
        let idea = StrategyID("route_idea")
        try send(1)
        try send(2, "ROUTE.Y", strategy: idea)
        try send(3, "ROUTE.Z")
        notify(.killSwitchEngaged, .halt, .symbol(try #require(SymbolID("ROUTE.X"))))
        #expect(cancels.withLock { $0 } == ["c-1-1 kill switch"])
        notify(.killSwitchEngaged, .halt, .strategy(idea))
        #expect(cancels.withLock { $0.dropFirst() } == ["c-1-2 kill switch"])
        // What was asked for is asked for again when the broker is back, the rest is not.
        notify(.brokerReady)
        #expect(cancels.withLock { $0.dropFirst(2) } == ["c-1-1 kill switch", "c-1-2 kill switch"])
        #expect(router.killed.map(\.number) == [1, 2])
        notify(.killSwitchEngaged, .halt)
        #expect(
            cancels.withLock { $0.dropFirst(4) } == [
                "c-1-1 kill switch", "c-1-2 kill switch", "c-1-3 kill switch", "everything else: kill switch",
            ])
    }

    @Test("reduce cancels nothing; raised to halt, it does")
    mutating func reduce() throws {
        try send(1)
        notify(.killSwitchEngaged, .reduce)
        #expect(cancels.withLock { $0 } == [])
        notify(.killSwitchEngaged, .halt)
        #expect(cancels.withLock { $0 } == ["c-1-1 kill switch", "everything else: kill switch"])
    }

    @Test("an order that flattens lives as long as flatten holds")
    mutating func flattening() throws {
        notify(.killSwitchEngaged, .flatten)
        #expect(cancels.withLock { $0 } == ["everything else: kill switch"])
        try send(1, flags: [.reduceOnly, .flatten])
        notify(.brokerReady)
        #expect(cancels.withLock { $0.dropFirst() } == ["everything else: kill switch"])
        notify(.killSwitchReleased, .halt)
        #expect(cancels.withLock { $0.dropFirst(2) } == ["c-1-1 kill switch"])
    }

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
