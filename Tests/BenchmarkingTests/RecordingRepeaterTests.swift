import Benchmarking
import MarketData
import TestSupport
import Testing
import TradingModel

@Suite("Repeated recordings")
struct RecordingRepeaterTests {
    private let ticks = """
        ts,symbol,bid,ask,bid_size,ask_size,seq
        2024-08-08T10:00:00.000Z,XAUUSD,100,100.5,,,1
        2024-08-08T10:00:02.000Z,XAUUSD,101,101.5,3,4,3

        """
    private let trades = """
        ts,symbol,price,size,aggressor,seq
        2024-08-08T10:00:01.000Z,XAUUSD,100.5,2,buy,2

        """

    private func events(_ files: [String]) throws -> [MarketEvent] {
        let loader = try HistoricalLoader(files: files)
        var events: [MarketEvent] = []
        var batch: ContiguousArray<MarketEvent> = []
        while try loader.next(into: &batch) { events += batch }
        return events
    }

    @Test("each pass is the recording, moved behind the pass before")
    func shifts() throws {
        let directory = try TemporaryDirectory()
        let input = try directory.file("in.ticks.csv", ticks)
        let output = directory.path + "/out.csv"
        #expect(try RecordingRepeater.write([input], passes: 3, to: [(output, .tickCSV)]) == 6)
        let once = try events([input])
        let thrice = try events([output])
        #expect(thrice.count == 6)
        let shift = 2_000_000_000 + RecordingRepeater.gap
        for (index, event) in thrice.enumerated() {
            let original = once[index % 2]
            #expect(event.payload == original.payload)
            #expect(event.feedSequence == original.feedSequence)
            #expect(event.timestamp == original.timestamp.advanced(by: Int64(index / 2) * shift))
        }
    }

    @Test("files of several kinds keep their order in every pass")
    func kinds() throws {
        let directory = try TemporaryDirectory()
        let inputs = [try directory.file("in.ticks.csv", ticks), try directory.file("in.trades.csv", trades)]
        let outputs = [directory.path + "/out.ticks.csv", directory.path + "/out.trades.csv"]
        #expect(
            try RecordingRepeater.write(
                inputs, passes: 2, to: [(outputs[0], .tickCSV), (outputs[1], .tradeCSV)]) == 6)
        #expect(try events(outputs).map(\.feedSequence) == [1, 2, 3, 1, 2, 3])
        #expect(try events(outputs).map(\.eventType) == [.tick, .trade, .tick, .tick, .trade, .tick])
    }

    @Test("a recording of one event can be repeated")
    func single() throws {
        let directory = try TemporaryDirectory()
        let input = try directory.file("in.trades.csv", trades)
        let output = directory.path + "/out.csv"
        _ = try RecordingRepeater.write([input], passes: 2, to: [(output, .tradeCSV)])
        let times = try events([output]).map(\.timestamp.nanoseconds)
        #expect(times.count == 2 && times[1] - times[0] == RecordingRepeater.gap)
    }
}
