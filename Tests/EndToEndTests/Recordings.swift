import Glibc
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

/// The published recordings: `$TRADINGD_DATA`, or `shared/data` beside the package; `nil` where there are none.
let publishedRecordings: String? = {
    var candidates = [Repository.path + "/../shared/data"]
    if let path = getenv("TRADINGD_DATA") { candidates.insert(String(cString: path), at: 0) }
    return candidates.first { access($0 + "/events/xauusd_20140505.ticks.csv.gz", R_OK) == 0 }
}()
