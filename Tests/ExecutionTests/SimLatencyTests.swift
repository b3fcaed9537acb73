import Testing
import TradingModel

@testable import Execution

@Suite("The simulated venue: messages on their way")
struct SimLatencyTests {
    private func options(
        entry: Double = 0, response: Double = 0, jitter: Double = 0,
        shape: SimLatencyOptions.Shape = .uniform
    ) -> SimOptions {
        var options = SimOptions()
        options.latency = SimLatencyOptions(
            entry: Int64(entry * 1_000_000), response: Int64(response * 1_000_000),
            jitter: Int64(jitter * 1_000_000), shape: shape)
        return options
    }

    private func brief(_ reports: [OrderEvent]) -> [String] { reports.map(\.brief) }

    @Test("an order meets the market of the moment at which it arrives, and its reports come later still")
    func arrival() throws {
        var rig = try SimVenueRig("LATENCY.ARRIVAL", options(entry: 3, response: 2))
        rig.quote(99, 101, at: 0)
        #expect(rig.send(.buy, 2, limit: 110, at: 10).reports == [])
        rig.quote(100, 102, at: 12)
        // It is there at 13, before this quote is.
        #expect(brief(rig.quote(104, 106, at: 14)) == [])
        #expect(brief(rig.pass(to: 14.9)) == [])
        #expect(brief(rig.pass(to: 15)) == ["1 accepted", "1 filled 2@102"])
    }

    @Test("without a way back the reports of an arrival and of a quote are there at once")
    func entryAlone() throws {
        var rig = try SimVenueRig("LATENCY.ENTRY", options(entry: 3))
        rig.quote(99, 101, at: 0)
        rig.send(.buy, 1, limit: 100, at: 1)
        #expect(brief(rig.pass(to: 4)) == ["1 accepted"])
        #expect(brief(rig.quote(98, 100, at: 5)) == ["1 filled 1@100"])
    }

    @Test("without a way there an order is met at once, and told later")
    func responseAlone() throws {
        var rig = try SimVenueRig("LATENCY.RESPONSE", options(response: 3))
        rig.quote(99, 101, at: 0)
        rig.send(.buy, 1, limit: 101, at: 1)
        #expect(brief(rig.quote(97, 99, at: 2)) == [])
        #expect(brief(rig.pass(to: 4)) == ["1 accepted", "1 filled 1@101"])
    }

    @Test("a cancel travels behind its order, and comes too late for what fills before it arrives")
    func cancels() throws {
        var rig = try SimVenueRig("LATENCY.CANCEL", options(entry: 5, response: 1, jitter: 4))
        rig.quote(99, 101, at: 0)
        let late = rig.send(.buy, 1, limit: 101, at: 1).order
        rig.cancel(late, at: 1)
        let early = rig.send(.buy, 1, limit: 90, at: 2).order
        rig.cancel(early, at: 2)
        #expect(
            brief(rig.pass(to: 100)) == [
                "1 accepted", "1 filled 1@101", "2 accepted", "2 cancelled asked for",
            ])
    }

    @Test("what is on its way when the session ends comes to an end there, and nothing travels afterwards")
    func end() throws {
        var rig = try SimVenueRig("LATENCY.END", options(entry: 5, response: 5))
        rig.quote(99, 101, at: 0)
        rig.send(.buy, 1, limit: 101, at: 1)
        let resting = rig.send(.buy, 1, limit: 90, at: 1).order
        rig.pass(to: 7)
        rig.send(.sell, 1, limit: 99, at: 8)
        rig.cancel(resting, at: 8)
        #expect(
            brief(rig.end(at: 9)) == [
                "1 accepted", "1 filled 1@101", "2 accepted",
                "3 cancelled session end, on its way to the venue", "2 cancelled asked for",
            ])
        #expect(brief(rig.send(.buy, 1, limit: 101, at: 10).reports) == ["4 accepted", "4 filled 1@101"])
    }

    @Test(
        "jitter lies within its bounds, keeps the order, and is the same for a seed",
        arguments: SimLatencyOptions.Shape.allCases)
    func jitter(shape: SimLatencyOptions.Shape) {
        let own = options(entry: 1, jitter: 10, shape: shape).latency
        var latency = SimLatency(own.entry, own, seed: 7)
        var again = SimLatency(own.entry, own, seed: 7)
        var other = SimLatency(own.entry, own, seed: 8)
        let times = (0..<4_000).map { _ in latency.next() }
        #expect(times == (0..<4_000).map { _ in again.next() })
        #expect(times != (0..<4_000).map { _ in other.next() })
        let sorted = times.sorted()
        #expect(sorted[0] >= 1_000_000)
        switch shape {
        case .uniform:
            #expect(sorted[3_999] <= 11_000_000)
            #expect((5_500_000...6_500_000).contains(sorted[2_000]))
        case .lognormal:
            #expect((10_000_000...12_000_000).contains(sorted[2_000]))
            #expect(sorted[3_960] > 60_000_000 && sorted[3_999] < 120_000_000)
        }
        var transit = SimTransit<Int>(SimLatency(own.entry, own, seed: 9))
        for index in 0..<3_000 { transit.send(index, at: Timestamp(nanoseconds: Int64(index) * 100_000)) }
        var arrived: [Int] = []
        var last = Timestamp.zero
        while let (due, index) = transit.takeFirst() {
            #expect(due >= last && due >= Timestamp(nanoseconds: Int64(index) * 100_000 + 1_000_000))
            last = due
            arrived.append(index)
        }
        #expect(arrived == Array(0..<3_000))
        #expect(transit.count == 0 && transit.nextDue.nanoseconds == .max)
    }

    @Test("latencies at the end of what can be told neither overflow nor get lost")
    func extremes() {
        let own = SimLatencyOptions(entry: .max, response: 0, jitter: .max, shape: .lognormal)
        var transit = SimTransit<Int>(SimLatency(own.entry, own, seed: 1))
        transit.send(1, at: Timestamp(nanoseconds: .max - 5))
        transit.send(2, at: .zero)
        #expect(transit.take(by: Timestamp(nanoseconds: .max - 2)) == nil)
        #expect(transit.takeFirst()?.message == 1)
        #expect(transit.takeFirst()?.message == 2)
    }
}
