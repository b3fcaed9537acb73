import CZlib
import ExactJSON
import TWSClient
import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import MarketData

/// Records of a recording of flat JSON lines, gzip.
private func records(_ name: String) throws -> [JSONValue] {
    let file = try #require(gzopen(PublishedRecordings.events(name), "rb"))
    defer { gzclose(file) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = gzread(file, &chunk, UInt32(chunk.count))
        guard count > 0 else { break }
        content += chunk[..<Int(count)]
    }
    return try content.split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
}

extension JSONValue {
    /// The exact text of a number or the text of a string.
    fileprivate subscript(text key: String) -> String { self[key]?.cellText ?? "" }

    fileprivate var cellText: String {
        switch self {
        case .string(let text): text
        case .number(let text): text
        default: ""
        }
    }
}

@Suite(
    "Recordings of IBKR, as messages",
    .enabled(if: PublishedRecordings.areHere, "\(PublishedRecordings.skipReason)"))
struct IBKRRecordingTests {
    @Test(
        "level 1 of a stock in Hong Kong: the last quote, and prints that make up the rise of the day volume")
    func level1() throws {
        let golden = try PublishedRecordings.golden("ibkr_l1_hkstock_20220107_a")
        var rig = IBKRRig("HKSTOCK") {
            $0.instruments[0].quotes = .level1
            $0.instruments[0].trades = .level1
            $0.instruments[0].depthRows = 0
        }
        // Rises before the first last price wait for it: the wire tells no price with a volume.
        var earlyRises = -1
        var hasLast = false
        for record in try records("ibkr_l1_hkstock_20220107_a.jsonl.gz") {
            if record[text: "tick_type"] == "4" { hasLast = true }
            if record[text: "tick_type"] == "8", !hasLast { earlyRises += 1 }
            rig.now = try #require(Timestamp(rfc3339: record[text: "ts"]))
            let type = try #require(Int32(record[text: "tick_type"]))
            let size = record[text: "size"]
            rig.read([
                [1, 2, 4].contains(type) ? rig.price(type, record[text: "price"], size) : rig.size(type, size)
            ])
        }
        let events = rig.sink.events
        let ticks = events.compactMap { if case .tick(let tick) = $0.payload { tick } else { nil } }
        let trades = events.compactMap { if case .trade(let trade) = $0.payload { trade } else { nil } }
        let final = try #require(golden["final"])
        let last = try #require(ticks.last)
        #expect("\(last.bid)" == final[text: "bid"] && "\(last.ask)" == final[text: "ask"])
        #expect(last.bidSize?.description == final[text: "bid_size"])
        #expect(last.askSize?.description == final[text: "ask_size"])
        #expect(trades.last.map { "\($0.price)" } == final[text: "last"])
        let volume = try #require(golden["cumulative_volume"])
        let sum = trades.reduce(Volume.zero) { $0 + Volume($1.size) }
        #expect("\(sum)" == volume[text: "increase"])
        #expect("\(trades.count + earlyRises)" == volume[text: "steps"])
        #expect(trades.allSatisfy { $0.aggressor == .unknown })
        #expect(events.map(\.feedSequence) == Array(1...UInt64(events.count)))
    }

    @Test("depth of EUR.USD: the ladder behind the events is the one the recording client held")
    func depth() throws {
        let golden = try PublishedRecordings.golden("ibkr_eurusd_depth_20220221")
        var rig = IBKRRig("EUR.USD") { $0.instruments[0].depthRows = 5 }
        var batch: [MarketMessage] = []
        for record in try records("ibkr_eurusd_depth_20220221.jsonl.gz") {
            let time = try #require(Timestamp(rfc3339: record[text: "ts"]))
            if time != rig.now {
                rig.read(batch)
                batch = []
                rig.now = time
            }
            let side: BookSide = record[text: "side"] == "bid" ? .bid : .ask
            let position = try #require(Int32(record[text: "position"]))
            batch.append(rig.row(.update, side, position, record[text: "price"], record[text: "size"]))
        }
        rig.read(batch)
        var ladder = Ladder()
        var crossed = 0
        for event in rig.sink.events {
            guard case .domDelta(let delta) = event.payload else { continue }
            #expect(ladder.apply(delta) != .outOfBounds)
            if delta.endsBatch, let top = ladder.top(), top.bid >= top.ask { crossed += 1 }
        }
        let final = try #require(golden["dom"]?["final"])
        for (key, levels) in [("bids", ladder.bids.levels), ("asks", ladder.asks.levels)] {
            let expected = (final[key]?.arrayValue ?? []).map { ($0.arrayValue ?? []).map(\.cellText) }
            #expect(levels.map { ["\($0.price)", "\($0.size)"] } == expected)
        }
        #expect(crossed == 0)
        #expect(rig.streams.take().isEmpty, "a book that fills from below is no broken one")
        #expect(rig.sink.events.filter { $0.eventType == .feedStatus }.count == 1)
        #expect(rig.events.counts.rowsOutOfBounds == 21)
    }
}
