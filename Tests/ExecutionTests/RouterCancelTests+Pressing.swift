import Platform
import Risk
import Testing
import TradingModel

@testable import Execution
@testable import Messaging
@testable import Risk

/// At a venue that may refuse a cancel, and take it later.
extension RouterCancelTests {
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
}
