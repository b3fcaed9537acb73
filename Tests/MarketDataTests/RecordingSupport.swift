import Glibc
import MarketData
import Platform
import Testing
import TradingModel

/// Every field of an event, for comparison.
struct EventImage: Equatable, CustomStringConvertible {
    var sequence, feedSequence: UInt64
    var timestamp, receivedAt: Timestamp
    var symbol: SymbolID
    var source: EventSource
    var trace: TraceContext
    var payload: MarketEvent.Payload

    init(_ event: MarketEvent, source: EventSource? = nil) {
        sequence = event.sequence
        feedSequence = event.feedSequence
        timestamp = event.timestamp
        receivedAt = event.receivedAt
        symbol = event.symbol
        self.source = source ?? event.source
        trace = event.trace
        payload = event.payload
    }

    var description: String { "\(feedSequence) \(timestamp) \(symbol.name) \(source) \(payload)" }
}

/// A finished load.
struct Loaded {
    var events: [MarketEvent] = []
    var statistics = LoaderStatistics()
    var malformed: [MalformedRow] = []
    var error: HistoricalLoaderError?

    var images: [EventImage] { events.map { EventImage($0) } }
    var json: [String] { events.map(\.json) }
}

/// Loads everything, whatever happens.
func load(
    _ files: [String], _ options: HistoricalLoaderOptions = HistoricalLoaderOptions(), limit: Int = 256
) -> Loaded {
    var options = options
    let rows = Locked<[MalformedRow]>([])
    options.onMalformed = { row in rows.withLock { $0.append(row) } }
    var loaded = Loaded()
    do throws(HistoricalLoaderError) {
        let loader = try HistoricalLoader(files: files, options: options)
        var batch: ContiguousArray<MarketEvent> = []
        defer { loaded.statistics = loader.statistics }
        while try loader.next(into: &batch, limit: limit) {
            #expect(!batch.isEmpty && batch.count <= limit)
            loaded.events.append(contentsOf: batch)
        }
        #expect(batch.isEmpty)
    } catch {
        loaded.error = error
    }
    loaded.malformed = rows.withLock { $0 }
    return loaded
}

/// A seed for randomised tests: from the environment, or fixed; printed with every failure by the caller.
func testSeed(_ fallback: UInt64 = 20_260_105) -> UInt64 {
    getenv("TRADINGD_TEST_SEED").flatMap { UInt64(String(cString: $0)) } ?? fallback
}

/// A simulated market as a list of events.
func simulatedEvents(_ count: Int, seed: UInt64 = 7, symbols: [String] = ["XAUUSD"]) throws -> [MarketEvent] {
    let instruments = try symbols.map { try #require(SimulatedInstrument.gold($0)) }
    var simulator = MarketSimulator(MarketSimulatorOptions(seed: seed, instruments: instruments))
    var events: ContiguousArray<MarketEvent> = []
    while events.count < count { simulator.next(into: &events) }
    return Array(events)
}

/// The files of a list of events in one form.
func written(_ events: [MarketEvent], _ form: FlatRecordWriter.Form) -> [UInt8] {
    var writer = FlatRecordWriter(form)
    for event in events { writer.write(event) }
    return writer.takeBytes()
}
