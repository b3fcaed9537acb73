import Telemetry
import Testing
import TradingModel

@testable import TradingSystem

@Suite("Decision probe")
struct DecisionProbeTests {
    private let symbol = SymbolID("XAUUSD") ?? .none
    private let latencies = StageLatencies()

    private func probe() -> DecisionProbe {
        DecisionProbe(clock: StageClock(), latencies: latencies, traces: nil)
    }

    private func signal(_ sequence: UInt64) -> MarketEvent {
        var event = MarketEvent(
            timestamp: .zero, receivedAt: .zero, symbol: symbol, source: .strategy,
            trace: TraceContext(
                traceID: TraceID(session: 1, sequence: sequence), spanID: SpanID(sequence: sequence)),
            payload: .timer(TimerFired(id: 1, dueAt: .zero)))
        event.sequence = sequence
        return event
    }

    private func report(_ number: UInt32, _ report: OrderReport, _ status: OrderStatus) -> MarketEvent {
        MarketEvent(
            timestamp: .zero, receivedAt: .zero, symbol: symbol, source: .execution,
            payload: .orderEvent(
                OrderEvent(
                    id: ClientOrderID(session: 1, number: number), report: report, status: status, side: .buy,
                    quantity: .zero, leavesQuantity: .zero)))
    }

    @Test("an order is measured once at each stage, however many reports come")
    func stages() {
        var probe = probe()
        probe.signalled()
        probe.decided(signal(1), approved: ClientOrderID(session: 1, number: 1))
        probe.sent(ClientOrderID(session: 1, number: 1), symbol)
        for (kind, status) in [
            (.ack, .accepted), (.ack, .accepted), (.fill, .partiallyFilled), (.fill, .filled),
            (.fill, .filled), (.ack, .accepted),
        ] as [(OrderReport, OrderStatus)] {
            probe.observe(report(1, kind, status))
        }
        for histogram in [
            latencies.event, latencies.signal, latencies.decision, latencies.durable, latencies.wire,
            latencies.acknowledgement, latencies.fill, latencies.whole,
        ] {
            #expect(histogram.reading.count == 1)
        }
        let counts = probe.outcomes.entries.map { ($0.outcome, $0.count) }
        #expect(counts.map(\.0) == [.ack, .fill] && counts.map(\.1) == [3, 3])
    }

    @Test("a denied order ends at its verdict; a report of an unknown order measures nothing")
    func denied() {
        var probe = probe()
        probe.decided(signal(1), approved: nil)
        probe.observe(report(7, .fill, .filled))
        #expect(
            latencies.decision.reading.count == 1 && latencies.durable.reading.count == 0
                && latencies.wire.reading.count == 0)
        #expect(latencies.fill.reading.count == 0)
    }

    @Test("a newer order takes the place of one that works for very long")
    func places() {
        var orders = FollowedOrders()
        func progress(_ number: UInt32) -> FollowedOrders.Progress {
            FollowedOrders.Progress(
                order: ClientOrderID(session: 1, number: number), trace: .none, span: .none, since: 0)
        }
        for number in 1...1_025 as ClosedRange<UInt32> {
            orders[ClientOrderID(session: 1, number: number)] = progress(number)
        }
        #expect(orders[ClientOrderID(session: 1, number: 1)] == nil)
        #expect(orders[ClientOrderID(session: 1, number: 1_025)] != nil)
        #expect(orders[ClientOrderID(session: 2, number: 1_025)] == nil)
        #expect(orders[ClientOrderID(session: 1, number: 2)] != nil)
    }
}
