import Platform
import Risk
import Testing
import TradingModel

@testable import Execution
@testable import Messaging
@testable import Risk

/// What `reduce` leaves at work.
extension RouterCancelTests {
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
}
