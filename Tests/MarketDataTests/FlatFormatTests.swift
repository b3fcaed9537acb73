import MarketData
import TestSupport
import Testing
import TradingModel

@Suite("Flat recordings")
struct FlatFormatTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("reads CSV ticks exactly, columns in any order, sizes and seq optional")
    func csvTicks() throws {
        let file = try directory.file(
            "t.csv",
            "\u{FEFF}seq,Extra,ask, bid ,symbol,ts,ask_size,bid_size\r\n"
                + "\r\n7,x,1300.799,1300.335,XAUUSD,2014-05-05T00:00:00.0401868Z,,0.5\r\n"
                + "8,,61800.20,61800.3,BTCUSDT,2014-05-05T00:00:01Z,2e1,0\n   \n"
                + ",,1,2,X,2014-05-05T00:01:01.5Z,000001.50,1.000000000000")
        let loaded = load([file])
        #expect(loaded.error == nil)
        #expect(
            loaded.json == [
                #"{"event_type":"tick","sequence":0,"feed_sequence":7,"timestamp":"2014-05-05T00:00:00.040186800Z","received_at":"2014-05-05T00:00:00.040186800Z","source":"replay","symbol":"XAUUSD","payload":{"bid":1300.335,"ask":1300.799,"bid_size":0.5,"ask_size":null}}"#,
                #"{"event_type":"tick","sequence":0,"feed_sequence":8,"timestamp":"2014-05-05T00:00:01.000000000Z","received_at":"2014-05-05T00:00:01.000000000Z","source":"replay","symbol":"BTCUSDT","payload":{"bid":61800.3,"ask":61800.2,"bid_size":0,"ask_size":20}}"#,
                #"{"event_type":"tick","sequence":0,"feed_sequence":0,"timestamp":"2014-05-05T00:01:01.500000000Z","received_at":"2014-05-05T00:01:01.500000000Z","source":"replay","symbol":"X","payload":{"bid":2,"ask":1,"bid_size":1,"ask_size":1.5}}"#,
            ])
        #expect(loaded.statistics.rows == 3)
        #expect(loaded.statistics.events(.tick) == 3)
    }

    @Test("reads CSV without a seq column")
    func withoutSequence() throws {
        let file = try directory.file(
            "t.csv", "ts,symbol,price,size,aggressor\n2014-05-05T00:00:00Z,ES,1.25,2,sell\n")
        let loaded = load([file])
        #expect(loaded.error == nil)
        #expect(
            loaded.events.map(\.payload) == [
                .trade(Trade(price: try Price("1.25"), size: try Quantity("2"), aggressor: .sell))
            ])
    }

    @Test(
        "a header that lacks a column, repeats one or is none is one fatal error",
        arguments: [
            ("ts,symbol,bid,bid_size,ask_size\n", "missing column 'ask'"),
            ("symbol,bid,ask,bid_size,ask_size\n", "missing column 'ts'"),
            ("ts,symbol,price,size,seq", "missing column 'aggressor'"),
            ("ts,symbol,side,op,price,size,seq\n", "missing column 'position'"),
            ("ts,symbol,bid,ask,bid,bid_size,ask_size\n", "column 'bid' appears twice"),
            ("hello\n", "not a recording: expected a CSV header of ticks, trades or dom rows, or JSON"),
        ])
    func headers(_ header: String, _ reason: String) throws {
        let file = try directory.file("h.csv", header + "1,2,3\n4,5,6\n")
        let loaded = load([file], HistoricalLoaderOptions(malformedRows: .skip))
        #expect(loaded.error?.description == "\(file):1: \(reason)")
        #expect(loaded.events.isEmpty && loaded.malformed.isEmpty)
    }

    private static let badTicks: [(String, String)] = [
        ("2014-05-05T00:00:01Z,X,0,1,,", "bid: must be positive"),
        ("2014-05-05T00:00:01Z,X,1,-1,,", "ask: must be positive"),
        ("2014-05-05T00:00:01Z,X,1,1,-1,", "bid_size: must not be negative"),
        ("2014-05-05T00:00:01Z,X,1,1,,-9223372036.854775807", "ask_size: must not be negative"),
        ("2014-05-05T00:00:01Z,X,,1,,", "bid: missing"),
        ("2014-05-05T00:00:01Z,,1,1,,", "symbol: missing"),
        ("2014-05-05T00:00:01Z,X Y,1,1,,", "symbol: not a usable name"),
        (",X,1,1,,", "ts: missing"),
        ("2014-05-05 00:00:01Z,X,1,1,,", "ts: must be an RFC 3339 time in UTC"),
        ("2014-05-05T00:00:61Z,X,1,1,,", "ts: must be an RFC 3339 time in UTC"),
        ("2014-05-05T00:00:01.Z,X,1,1,,", "ts: must be an RFC 3339 time in UTC"),
        ("2014-05-05T00:00:01.1234567890Z,X,1,1,,", "ts: must be an RFC 3339 time in UTC"),
        ("2014-05-05T00:00:01Z,X,1.,1,,", "bid: malformed number"),
        ("2014-05-05T00:00:01Z,X,1,nan,,", "ask: malformed number"),
        ("2014-05-05T00:00:01Z,X,1,99999999999,,", "ask: number too large"),
        ("2014-05-05T00:00:01Z,X,1,1.0000000001,,", "ask: more than nine decimals"),
        ("2014-05-05T00:00:01Z,X,1,1,", "5 fields where the header has 6"),
        ("2014-05-05T00:00:01Z,X,1,1,,,", "7 fields where the header has 6"),
        ("{\"type\":", "1 fields where the header has 6"),
    ]

    @Test("names what is wrong with a CSV tick", arguments: badTicks)
    func malformedTicks(_ row: String, _ reason: String) throws {
        try expectMalformed("ts,symbol,bid,ask,bid_size,ask_size", row, reason)
    }

    @Test(
        "names what is wrong with a CSV trade or depth row",
        arguments: [
            ("price,size,aggressor,seq", "1,0,buy,1", "size: must be positive"),
            ("price,size,aggressor,seq", "0,1,buy,1", "price: must be positive"),
            ("price,size,aggressor,seq", "1,1,both,1", "aggressor: 'both' is none of buy, sell, unknown"),
            ("price,size,aggressor,seq", "1,1,buyer,1", "aggressor: 'buyer' is none of buy, sell, unknown"),
            ("price,size,aggressor,seq", "1,1,,1", "aggressor: missing"),
            ("price,size,aggressor,seq", "1,1,buy,-1", "seq: must be a whole number in range"),
            (
                "price,size,aggressor,seq", "1,1,buy,99999999999999999999",
                "seq: must be a whole number in range"
            ),
            ("side,op,position,price,size", "bid,insert,64,1,1", "position: must be 0 to 63"),
            ("side,op,position,price,size", "bid,insert,-1,1,1", "position: must be 0 to 63"),
            ("side,op,position,price,size", "mid,insert,0,1,1", "side: 'mid' is none of bid, ask"),
            ("side,op,position,price,size", "bid,1,0,1,1", "op: '1' is none of insert, update, delete"),
            ("side,op,position,price,size", "bid,update,0,0,1", "price: must be positive"),
            ("side,op,position,price,size", "bid,update,0,1,-1", "size: must not be negative"),
            ("side,op,position,price,size", "bid,delete,0,-1,0", "price: must not be negative"),
            ("side,op,position,price,size", "bid,update,0,1,", "size: missing"),
        ])
    func malformedOthers(_ columns: String, _ row: String, _ reason: String) throws {
        try expectMalformed("ts,symbol," + columns, "2014-05-05T00:00:01Z,X," + row, reason)
    }

    @Test(
        "names what is wrong with a JSON record",
        arguments: [
            (
                #"{"type":"tick","ts":"2014-05-05T00:00:00Z","symbol":"X","bid":1,"#,
                "text ends inside a value"
            ),
            (#"{"type":"tick","ts":"2014-05-05T00:00:00Z","symbol":"X","bid":1}"#, "ask: missing"),
            (
                #"{"type":"tick","ts":"2014-05-05T00:00:00Z","symbol":"X","bid":1,"ask":0}"#,
                "ask: must be positive"
            ),
            (
                #"{"type":"trade","ts":"2014-05-05T00:00:00Z","symbol":"X","price":1,"size":0,"aggressor":"buy"}"#,
                "size: must be positive"
            ),
            (
                #"{"type":"trade","ts":"2014-05-05T00:00:00Z","symbol":"X","price":01,"size":1,"aggressor":"buy"}"#,
                "malformed number at byte"
            ),
            (
                #"{"type":"dom_delta","ts":"2014-05-05T00:00:00Z","symbol":"X","side":"bid","op":"insert","position":64,"price":1,"size":1}"#,
                "position: must be 0 to 63"
            ),
            (#"{"type":"quote","ts":"2014-05-05T00:00:00Z"}"#, #"type: unknown event type "quote""#),
            (#"{"ts":"2014-05-05T00:00:00Z"}"#, "event_type: missing"),
            (#"{"type":"tick","type":"tick"}"#, "duplicate key at byte"),
            (
                #"{"type":"tick","ts":"yesterday","symbol":"X","bid":1,"ask":1}"#,
                "ts: must be an RFC 3339 time in UTC"
            ),
            (
                #"{"type":"dom_snapshot","ts":"2014-05-05T00:00:00Z","symbol":"X","bids":[[1,1],[0,1]],"asks":[]}"#,
                "bids[1] price: must be positive"
            ),
            ("[]", "event: must be an object, not array"), ("x", "unexpected character at byte 0"),
        ])
    func malformedJSON(_ row: String, _ reason: String) throws {
        let good = #"{"type":"tick","ts":"2014-05-05T00:00:00Z","symbol":"X","bid":1,"ask":2}"#
        let file = try directory.file("m.jsonl", "\(good)\n\(row)\n\(good)\n")
        let skipping = load([file], HistoricalLoaderOptions(malformedRows: .skip))
        #expect(skipping.error == nil)
        #expect(skipping.events.count == 2)
        #expect(skipping.malformed.count == 1)
        #expect(skipping.malformed.first?.description.hasPrefix("\(file):2: \(reason)") == true)
        let failing = load([file])
        #expect(failing.error == skipping.malformed.first.map { .malformed($0) })
        #expect(failing.events.count == 1)
    }

    @Test("skips raw broker ticks, counting them by type, and refuses them when cut off")
    func brokerTicks() throws {
        let raw =
            #"{"type":"ib_tick","seq":1,"ts":"2022-01-07T05:58:09Z","symbol":"H","tick_type":0,"price":443.6,"size":1}"#
        let file = try directory.file("i.jsonl", "\(raw)\n\(raw)\n\(raw.dropLast())\n")
        let loaded = load([file], HistoricalLoaderOptions(malformedRows: .skip))
        #expect(loaded.events.isEmpty)
        #expect(loaded.statistics.skipped == ["ib_tick": 2])
        #expect(loaded.statistics.malformed == 1)
        #expect(loaded.statistics.rows == 3)
    }

    @Test("a line over one mebibyte is one malformed row, and reading goes on behind it")
    func longLines() throws {
        let header = "ts,symbol,bid,ask,bid_size,ask_size\n"
        let good = "2014-05-05T00:00:00Z,X,1,2,,\n"
        let long = String(repeating: "x", count: (1 << 20) + 1) + "\n"
        let file = try directory.file("l.csv", header + good + long + good)
        let loaded = load([file], HistoricalLoaderOptions(malformedRows: .skip))
        #expect(loaded.events.count == 2)
        #expect(loaded.malformed.map(\.description) == ["\(file):3: longer than 1048576 bytes"])
        let veryLong = String(repeating: "y", count: 3 << 20)
        let second = try directory.file("l2.csv", header + good + veryLong)
        #expect(load([second], HistoricalLoaderOptions(malformedRows: .skip)).malformed.map(\.line) == [3])
    }

    @Test("keeps only the instruments asked for")
    func filters() throws {
        let file = try directory.file(
            "f.csv",
            "ts,symbol,bid,ask,bid_size,ask_size\n2014-05-05T00:00:00Z,AA,1,2,,\n"
                + "2014-05-05T00:00:00Z,BB,1,2,,\n2014-05-05T00:00:00Z,AA,1,2,,\n")
        let loaded = load([file], HistoricalLoaderOptions(symbols: ["AA", "CC"]))
        #expect(loaded.events.map(\.symbol.name) == ["AA", "AA"])
        #expect(loaded.statistics.filtered == 1)
    }

    @Test("an empty file is an empty recording; no file at all is an error naming it")
    func emptyAndMissing() throws {
        for (name, content) in [("e1", ""), ("e2", "\n\r\n "), ("e3", "\u{FEFF}")] {
            let loaded = load([try directory.file(name, content)])
            #expect(loaded.error == nil && loaded.events.isEmpty)
        }
        let missing = directory.path + "/none.csv"
        #expect(load([missing]).error?.description == "\(missing): No such file or directory (open)")
        #expect(load([directory.path]).error?.description == "\(directory.path): Is a directory (open)")
    }

    private func expectMalformed(_ header: String, _ row: String, _ reason: String) throws {
        let file = try directory.file("m.csv", "\(header)\n\(row)\n\(row)\n")
        let skipping = load([file], HistoricalLoaderOptions(malformedRows: .skip))
        #expect(skipping.error == nil)
        #expect(skipping.malformed.map(\.description) == ["\(file):2: \(reason)", "\(file):3: \(reason)"])
        #expect(skipping.statistics.malformed == 2)
        let failing = load([file])
        #expect(failing.error?.description == "\(file):2: \(reason)")
        #expect(failing.malformed.count == 1)
    }
}
