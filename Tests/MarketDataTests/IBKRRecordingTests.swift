import ExactJSON
import TWSClient
import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import MarketData

@Suite(
    "Recordings of IBKR, as messages",
    .enabled(if: PublishedRecordings.areHere, "\(PublishedRecordings.skipReason)"))
struct IBKRRecordingTests {
    @Test(
        "level 1 of a stock in Hong Kong: the last quote, and prints that make up the rise of the day volume")
    func level1() throws {
        let recorded = try RecordedLevelOne()
        var rig = IBKRRig("HKSTOCK") {
            $0.instruments[0].quotes = .level1
            $0.instruments[0].trades = .level1
            $0.instruments[0].depthRows = 0
        }
        for record in recorded.records {
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
        let final = recorded.final
        let last = try #require(ticks.last)
        #expect("\(last.bid)" == final[text: "bid"] && "\(last.ask)" == final[text: "ask"])
        #expect(last.bidSize?.description == final[text: "bid_size"])
        #expect(last.askSize?.description == final[text: "ask_size"])
        #expect(trades.last.map { "\($0.price)" } == final[text: "last"])
        let sum = trades.reduce(Volume.zero) { $0 + Volume($1.size) }
        #expect("\(sum)" == recorded.volume)
        #expect(trades.count == recorded.tradeCount)
        #expect(trades.allSatisfy { $0.aggressor == .unknown })
        #expect(events.map(\.feedSequence) == Array(1...UInt64(events.count)))
    }

    @Test("depth of EUR.USD: the ladder behind the events is the one the recording client held")
    func depth() throws {
        let recorded = try RecordedDepth()
        var rig = IBKRRig("EUR.USD") { $0.instruments[0].depthRows = 5 }
        var batch: [MarketMessage] = []
        for record in recorded.records {
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
        for (key, levels) in [("bids", ladder.bids.levels), ("asks", ladder.asks.levels)] {
            let expected = (recorded.final[key]?.arrayValue ?? []).map {
                ($0.arrayValue ?? []).map(\.cellText)
            }
            #expect(levels.map { ["\($0.price)", "\($0.size)"] } == expected)
        }
        #expect(crossed == 0)
        #expect(rig.streams.take().isEmpty, "a book that fills from below is no broken one")
        #expect(rig.sink.events.filter { $0.eventType == .feedStatus }.count == 1)
        #expect(rig.events.counts.rowsOutOfBounds == 21)
    }
}
