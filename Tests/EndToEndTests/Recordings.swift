import MarketData
import TestSupport
import Testing
import TradingModel

/// A recording made by the market simulator: the same in every run.
struct Recording {
    let events: [MarketEvent]

    /// About `count` events of spot gold, 200 a second.
    init(events count: Int, seed: UInt64 = 11) throws {
        let gold = try #require(SimulatedInstrument.gold("XAUUSD"))
        var simulator = MarketSimulator(MarketSimulatorOptions(seed: seed, instruments: [gold]))
        var events: ContiguousArray<MarketEvent> = []
        while events.count < count { simulator.next(into: &events) }
        self.events = Array(events)
    }

    /// Those events.
    init(_ events: [MarketEvent]) { self.events = events }

    /// How many events of that type it holds.
    func count(_ type: EventType) -> Int { events.count { $0.eventType == type } }

    /// The file of those of its events that `form` and `types` take.
    func bytes(
        _ form: FlatRecordWriter.Form, _ types: Set<EventType> = [.tick, .trade, .domDelta, .domSnapshot]
    )
        -> [UInt8]
    {
        var writer = FlatRecordWriter(form)
        for event in events where types.contains(event.eventType) { writer.write(event) }
        return writer.takeBytes()
    }
}
