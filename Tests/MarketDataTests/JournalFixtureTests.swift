import Glibc
import Platform
import Testing
import TradingModel

@testable import MarketData

/// A journal of the first version that wrote them. It must be readable for ever, so it is never made again: the
/// market simulator of that day is not today's.
@Suite("Journal of format 1")
struct JournalFixtureTests {
    private static let path =
        "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Fixtures/journal-1.tdj"

    /// Every kind of event that a journal can hold, and a market after it.
    private static func events() throws -> [MarketEvent] {
        let first = try everyKind()
        let offset = 1_700_000_001_000_000_000 - (try simulatedEvents(1)[0].receivedAt.nanoseconds)
        let market = try simulatedEvents(900).map { event in
            var event = event
            event.timestamp = event.timestamp.advanced(by: offset)
            event.receivedAt = event.receivedAt.advanced(by: offset)
            return event
        }
        return delivered(first + market)
    }

    @Test("decodes to the very same events")
    func decodes() throws {
        if getenv("TRADINGD_MAKE_JOURNAL_FIXTURE") != nil {
            let bytes = JournalImage.of(try Self.events(), perBlock: 250).bytes
            try DurableFile.replace(Self.path, with: bytes, mode: 0o644)
            let text = try journalEvents([Self.path]).map(Self.text).joined()
            try DurableFile.replace(Self.path + ".sum", with: Array(Self.sum(text).utf8), mode: 0o644)
        }
        let text = try journalEvents([Self.path]).map(Self.text).joined()
        let expected = try #require(try DurableFile.read(Self.path + ".sum"))
        #expect(Self.sum(text) == String(decoding: expected, as: UTF8.self))
        let header = try JournalReader(files: [Self.path]).header
        #expect(header == journalHeader())
    }

    @Test("tells the events of every kind as they were")
    func kinds() throws {
        let first = try everyKind()
        let read = try journalEvents([Self.path]).prefix(first.count)
        #expect(read.count == first.count)
        for (one, other) in zip(read, first) {
            #expect(one.payload == other.payload && one.symbol == other.symbol)
            #expect(one.source == other.source && one.trace == other.trace)
            #expect(one.timestamp == other.timestamp && one.receivedAt == other.receivedAt)
        }
    }

    /// An event in a form of this test's own, which no other change can touch.
    private static func text(_ event: MarketEvent) -> String {
        let payload =
            switch event.payload {
            case .tick(let tick):
                "\(tick.bid) \(tick.ask) \(tick.bidSize?.description ?? "-") \(tick.askSize?.description ?? "-")"
            case .trade(let trade): "\(trade.price) \(trade.size) \(trade.aggressor.name)"
            case .domDelta(let delta):
                "\(delta.side.name) \(delta.operation.name) \(delta.position) \(delta.price) \(delta.size) "
                    + "\(delta.endsBatch)"
            default: ""
            }
        return "\(event.sequence) \(event.feedSequence) \(event.timestamp) \(event.receivedAt) "
            + "\(event.symbol.name) \(event.source.name) \(event.eventType.name) \(payload)\n"
    }

    /// Lines, bytes and checksum of a text.
    private static func sum(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let checksum = bytes.withUnsafeBytes { JournalChecksum.of($0) }
        return "\(bytes.count { $0 == 0x0A }) lines, \(bytes.count) bytes, CRC-32C \(checksum)\n"
    }
}
