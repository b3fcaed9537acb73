import MarketData
import Platform
import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import TWSGateway

/// Some records in the form of the published recordings; the numbers are made up.
private let lines = """
    {"type":"ib_tick","seq":1,"ts":"2022-01-07T05:58:09.5Z","symbol":"RECORDED","tick_type":1,"price":443.6,"size":100}
    {"type":"ib_tick","seq":2,"ts":"2022-01-07T05:58:09.5Z","symbol":"RECORDED","tick_type":2,"price":444,"size":50}
    {"type":"ib_tick","seq":3,"ts":"2022-01-07T05:58:10Z","symbol":"RECORDED","tick_type":8,"price":-1,"size":1000}
    {"type":"ib_tick","seq":4,"ts":"2022-01-07T05:58:10.25Z","symbol":"RECORDED","tick_type":0,"price":443.6,"size":90}

    """

@Suite("Recorded level 1")
struct RecordedLevelOneTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("is told on as it stands")
    func relayed() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        gateway.say(Asked.line(9, Asked.apple), session)
        _ = try gateway.heard(session)
        let apple = try #require(SymbolID.known("AAPL"))
        let ticks = try #require(try LevelOneRecording.read(try directory.file("a.jsonl", lines)))
        #expect(ticks.count == 4 && ticks.map(\.isPrice) == [true, true, false, false])
        for tick in ticks { gateway.core.levelOneTold(tick, of: apple, at: gateway.time) }
        let heard = try gateway.heard(session)
        #expect(heard.count == 4)
        guard case .market(.tickPrice(let first)) = heard[0], case .market(.tickSize(let volume)) = heard[2]
        else {
            Issue.record("\(heard)")
            return
        }
        #expect("\(first.tickType) \(first.price) \(first.size)" == "1 443.6 100")
        #expect("\(volume.tickType) \(volume.size)" == "8 1000")
    }

    @Test("files of anything else are none; a later line that is none is told with its place")
    func reading() throws {
        #expect(try LevelOneRecording.read(try directory.file("e.jsonl", "")) == nil)
        #expect(try LevelOneRecording.read(try directory.file("t.csv", "ts,symbol,bid\n")) == nil)
        #expect(throws: HistoricalLoaderError.self) { try LevelOneRecording.read("\(directory.path)/none") }
        for wrong in [
            "{}", "x", #"{"type":"ib_tick","ts":"2022-01-07T05:58:09Z","symbol":"A","tick_type":1}"#,
        ] {
            let path = try directory.file("w.jsonl", lines + wrong + "\n")
            let error = #expect(throws: HistoricalLoaderError.self) { try LevelOneRecording.read(path) }
            #expect(error?.description.hasPrefix("\(path):5: ") == true)
        }
    }

    @Test("begins, when it is to wait, with the first request, so that nothing of it is missed")
    func waits() throws {
        let path = try directory.file("a.jsonl", lines)
        var options = GatewayOptions(instruments: GatewayInstrument.catalogue(at: CoreFixture.start))
        options.marketWaitsForRequest = true
        let apple = try #require(SymbolID.known("AAPL"))
        let gateway = try Gateway(
            options, feed: .recording(files: [path], speed: .maximum, repeats: 1, names: ["RECORDED": apple]))
        let client = try TestClient.ready(port: try gateway.start(), client: 1)
        defer { gateway.stop() }
        guard case .requestMarketData(let request) = Asked.line(9, Asked.apple) else { return }
        try client.say(request)
        let tick = try client.message { message in
            if case .market(.tickSize(let tick)) = message, tick.tickType == 0 { tick } else { nil }
        }
        #expect("\(tick.size)" == "90")
    }

    @Test("is not played together with events")
    func mixed() throws {
        let recorded = try directory.file("a.jsonl", lines)
        let other = try directory.file("b.csv", "ts,symbol,bid,ask,bid_size,ask_size,seq\n")
        for files in [[recorded, other], [other, recorded]] {
            #expect(throws: GatewayError.self) {
                try Gateway(
                    GatewayOptions(instruments: []),
                    feed: .recording(files: files, speed: .maximum, repeats: 1, names: [:]))
            }
        }
    }
}
