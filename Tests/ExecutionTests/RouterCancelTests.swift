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

    private mutating func notify(
        _ kind: SystemNotice.Kind, _ level: KillLevel? = nil, _ scope: KillScope = .all, detail: String = ""
    ) {
        handle(.system(SystemNotice(kind, actor: "test", level: level, scope: scope, detail: detail)))
    }

    /// An order that nobody has acknowledged.
    private mutating func send(
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

    @Test(
        "at a venue that may refuse, what a kill wants gone is asked for again, second after second, until it is over",
        arguments: [KillLevel.reduce, .halt])
    mutating func pressed(_ level: KillLevel) throws {
        router = ExecutionRouter(
            venue: NotingVenue(cancels: cancels, mayRefuseCancels: true), instruments: [], audit: audit,
            onAuditFailure: { _ in })
        try send(1)
        notify(.killSwitchEngaged, level)
        let asked = { [cancels] in cancels.withLock { $0.count { $0 == "c-1-1 kill switch" } } }
        #expect(asked() == 1)
        func passed(_ milliseconds: Int64) -> Timestamp { Timestamp(nanoseconds: milliseconds * 1_000_000) }
        let timer = MarketEvent.Payload.timer(TimerFired(id: 1, dueAt: .zero))
        for (time, count) in [
            (999, 1), (1_000, 2), (1_001, 2), (1_999, 2), (2_500, 3), (3_499, 3), (3_500, 4),
        ] as [(Int64, Int)] {
            handle(timer, at: passed(time))
            #expect(asked() == count, "\(time) ms")
        }
        handle(
            .orderEvent(
                OrderEvent(
                    id: ClientOrderID(session: 1, number: 1), report: .cancel, status: .cancelled, side: .buy,
                    quantity: Money.one, leavesQuantity: .zero)), at: passed(4_000))
        for second in 5...9 as ClosedRange<Int64> { handle(timer, at: passed(second * 1_000)) }
        #expect(asked() == 4)
    }

    private mutating func refusing() {
        router = ExecutionRouter(
            venue: NotingVenue(cancels: cancels, mayRefuseCancels: true), instruments: [], audit: audit,
            onAuditFailure: { _ in })
    }

    private mutating func pass(_ milliseconds: Int64) {
        handle(
            .timer(TimerFired(id: 1, dueAt: .zero)), at: Timestamp(nanoseconds: milliseconds * 1_000_000))
    }

    private func asked(_ number: Int) -> Int {
        cancels.withLock { $0.count { $0 == "c-1-\(number) kill switch" } }
    }

    @Test(
        "there, too, what a later release wants gone is asked for again; without a kill, nothing that `reduce` cancelled"
    )
    mutating func pressedAfterRelease() throws {
        refusing()
        notify(.killSwitchEngaged, .flatten)
        try send(1, flags: [.flatten, .reduceOnly])
        for time in stride(from: 1_000, through: 5_000, by: 1_000) { pass(Int64(time)) }
        #expect(asked(1) == 0 && !router.waitsForTime)
        notify(.killSwitchReleased, .halt)
        #expect(asked(1) == 1 && router.waitsForTime)
        pass(6_000)
        #expect(asked(1) == 2)
        notify(.killSwitchReleased)
        let count = asked(1)
        pass(7_000)
        #expect(asked(1) == count + 1, "nothing is to be flattened: it is still unwanted")
        refusing()
        cancels.withLock { $0.removeAll() }
        try send(2)
        notify(.killSwitchEngaged, .reduce)
        #expect(asked(2) == 1)
        pass(8_000)
        #expect(asked(2) == 2)
        notify(.killSwitchReleased)
        for time in stride(from: 9_000, through: 12_000, by: 1_000) { pass(Int64(time)) }
        #expect(asked(2) == 2 && !router.waitsForTime)
    }

    @Test("kills that come again and again hold up no cancel of another one")
    mutating func pressedMeanwhile() throws {
        refusing()
        try send(1, "ROUTE.A")
        try send(2, "ROUTE.B")
        let first = try #require(SymbolID("ROUTE.A")), other = try #require(SymbolID("ROUTE.B"))
        notify(.killSwitchEngaged, .halt, .symbol(other))
        for time in stride(from: 300, through: 1_800, by: 300) {
            pass(Int64(time))
            notify(.killSwitchEngaged, .halt, .symbol(first))
        }
        #expect(asked(2) == 2)
    }

    /// Why orders were refused that have not left, so far.
    private mutating func refusals() -> [String] {
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
    private mutating func fill(_ number: UInt32, _ side: Side, _ quantity: Int64, leaves: Int64 = 0) throws {
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

    @Test("reduce cancels what makes a position larger or turns it, and spares what makes it smaller")
    mutating func reduce() throws {
        try send(1, quantity: 10)
        try fill(1, .buy, 10)
        try send(2)
        try send(3, side: .sell, quantity: 4)
        try send(4, side: .sell, quantity: 5)
        try send(5, side: .sell, quantity: 2)
        try send(6, "ROUTE.Y", side: .sell)
        notify(.killSwitchEngaged, .reduce)
        #expect(
            cancels.withLock { $0 } == ["c-1-2 kill switch", "c-1-5 kill switch", "c-1-6 kill switch"])
        #expect(router.killed.map(\.number) == [2, 5, 6])
        notify(.killSwitchEngaged, .halt)
        #expect(
            cancels.withLock { $0.dropFirst(3) } == [
                "c-1-2 kill switch", "c-1-3 kill switch", "c-1-4 kill switch", "c-1-5 kill switch",
                "c-1-6 kill switch", "everything else: kill switch",
            ])
    }

    @Test("while reduce holds, an order that no longer fits the position is cancelled, once")
    mutating func reduceAfterFills() throws {
        try send(1, quantity: 10)
        try fill(1, .buy, 10)
        try send(2, side: .sell, quantity: 20)
        notify(.killSwitchEngaged, .reduce)
        #expect(cancels.withLock { $0 } == ["c-1-2 kill switch"])
        // Approved by a book that is ahead of this one.
        try send(3, side: .sell, quantity: 3)
        try fill(2, .sell, 8, leaves: 12)
        #expect(cancels.withLock { $0.dropFirst() } == ["c-1-3 kill switch"])
        // The answers may have been lost with the connection.
        notify(.brokerReady)
        #expect(cancels.withLock { $0.dropFirst(2) } == ["c-1-2 kill switch", "c-1-3 kill switch"])
    }

    @Test("reduce of a strategy cancels its orders alone, and its fill concerns no others")
    mutating func reduceScope() throws {
        let idea = StrategyID("route_idea")
        try send(1)
        try send(2, strategy: idea)
        notify(.killSwitchEngaged, .reduce, .strategy(idea))
        #expect(cancels.withLock { $0 } == ["c-1-2 kill switch"])
        try fill(2, .buy, 1)
        #expect(cancels.withLock { $0.count } == 1)
    }

    @Test("reduce gives up what waits for the disk unless it makes the position smaller")
    mutating func reduceWaiting() throws {
        router = ExecutionRouter(
            venue: NotingVenue(cancels: cancels), instruments: [], audit: audit, handOver: .afterNotice,
            onAuditFailure: { _ in })
        try send(1, quantity: 10)
        handle(.system(SystemNotice(.auditDurable, actor: "test", decisionSequence: 1)))
        try fill(1, .buy, 10)
        try send(2)
        // One that does not leave takes no place of those that do.
        try send(3, side: .sell, quantity: 11)
        try send(4, side: .sell, quantity: 10)
        notify(.killSwitchEngaged, .reduce)
        handle(.system(SystemNotice(.auditDurable, actor: "test", decisionSequence: 1)))
        #expect(router.handedOver.map(\.request.id.number) == [4])
        #expect(cancels.withLock { $0 } == [])
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
