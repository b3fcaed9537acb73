import Testing
import TradingModel

@testable import MarketData

@Suite("Staleness monitor")
struct StalenessMonitorTests {
    private let symbol = SymbolID("STALE.GOLD") ?? .none
    private let start = Timestamp(nanoseconds: 1_795_420_800_000_000_000)

    private func at(_ milliseconds: Int64) -> Timestamp { start.advanced(by: milliseconds * 1_000_000) }

    private func event(_ stream: FeedStream, _ milliseconds: Int64) -> MarketEvent {
        let payload: MarketEvent.Payload =
            switch stream {
            case .quotes: .tick(Tick(bid: .of("1"), ask: .of("2")))
            case .trades: .trade(Trade(price: .of("1"), size: .of("1"), aggressor: .buy))
            case .depth:
                .domDelta(
                    DomDelta(side: .bid, operation: .insert, position: 0, price: .of("1"), size: .of("1")))
            }
        return MarketEvent(
            timestamp: at(milliseconds), receivedAt: at(milliseconds), symbol: symbol, source: .simulator,
            payload: payload)
    }

    private func monitor(
        _ calendar: TradingCalendar = .always, expected: [FeedStream] = [], tradesStaleAfter: Int64 = 0
    ) -> StalenessMonitor {
        var options = StalenessMonitor.Options()
        options.tradesStaleAfter = tradesStaleAfter
        return StalenessMonitor(
            options, instruments: [.init(symbol: symbol, calendar: calendar, expected: expected)], from: start
        )
    }

    @Test("tells once that a stream is silent, and that it is heard again ahead of its next event")
    func silence() {
        var monitor = monitor()
        #expect(monitor.note(event(.quotes, 0)) == nil)
        #expect(monitor.poll(at(2_000)).brief == [])
        #expect(monitor.poll(at(2_001)).brief == ["quotes stale: nothing for too long"])
        #expect(monitor.poll(at(60_000)).brief == [] && monitor.staleStreams == 1)
        var batch: ContiguousArray = [event(.trades, 61_000), event(.quotes, 61_000), event(.quotes, 61_001)]
        monitor.pass(&batch)
        #expect(
            Array(batch).brief == [
                "trade 1×1 buy", "quotes live: heard again", "quote 1×- 2×-", "quote 1×- 2×-",
            ])
        #expect(monitor.staleStreams == 0)
    }

    @Test("streams nobody has heard are not missed, unless they are expected: then after their grace")
    func expectations() {
        var unexpected = monitor()
        #expect(unexpected.poll(at(100_000)).isEmpty)
        var expecting = monitor(expected: [.quotes])
        #expect(expecting.poll(at(10_000)).isEmpty)
        #expect(expecting.poll(at(10_001)).brief == ["quotes stale: nothing for too long"])
    }

    @Test("trades alone are never missed; with a limit they are, while quotes flow")
    func trades() {
        var patient = monitor()
        _ = patient.note(event(.trades, 0))
        #expect(patient.poll(at(1_000_000)).isEmpty)
        var strict = monitor(tradesStaleAfter: 5_000_000_000)
        _ = strict.note(event(.trades, 0))
        #expect(strict.poll(at(6_000)).isEmpty, "without quotes nobody knows whether there is a market")
        _ = strict.note(event(.quotes, 6_000))
        #expect(strict.poll(at(6_001)).brief == ["trades stale: nothing for too long"])
    }

    @Test("a closed market raises no alarm, and silence counts from its opening")
    func closed() throws {
        // The start is a Monday, 08:00 UTC.
        var monitor = monitor(try TradingCalendar(hours: "Mon-Fri 09:00-17:00 Etc/UTC"))
        _ = monitor.note(event(.depth, 0))
        #expect(monitor.poll(at(3_599_999)).isEmpty)
        #expect(monitor.poll(at(3_602_000)).isEmpty)
        #expect(monitor.poll(at(3_602_001)).brief == ["depth stale: nothing for too long"])
    }

    @Test("events of instruments it does not watch change nothing")
    func others() {
        var monitor = StalenessMonitor(instruments: [], from: start)
        #expect(monitor.note(event(.quotes, 0)) == nil)
        #expect(monitor.poll(at(100_000)).isEmpty)
    }
}
