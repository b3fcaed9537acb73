import TradingModel

@testable import TWSProtocol

/// Section 6 of the reference: single ticks, live and past, and bars.
extension MessageVector {
    private static let trade: Annotated = [
        "time": "1795000000", "price": "4000.1", "size": "3.5", "mask": "6", "exchange": "COMEX",
        "conditions": "T",
    ]

    private static func print() throws -> TickByTick.Print {
        var trade = TickByTick.Print()
        trade.price = try Price("4000.1")
        trade.size = try Quantity("3.5")
        trade.mask = 6
        trade.exchange = "COMEX"
        trade.conditions = "T"
        return trade
    }

    static let tickReports: [MessageVector] = [
        gateway(TickByTick.self, [178, 200], ["id": "99", "reqId": "9", "kind": "1"] + trade) {
            ($0.requestID, $0.time) = (9, 1_795_000_000)
            $0.event = .last(try print())
        },
        gateway(TickByTick.self, [178, 200], ["id": "99", "reqId": "9", "kind": "2"] + trade) {
            ($0.requestID, $0.time) = (9, 1_795_000_000)
            $0.event = .allLast(try print())
        },
        gateway(
            TickByTick.self, [178, 200],
            [
                "id": "99", "reqId": "9", "kind": "3", "time": "1795000000", "bid": "4000.0",
                "ask": "4000.2", "bidSize": "1.5", "askSize": "2", "mask": "1",
            ]
        ) {
            ($0.requestID, $0.time) = (9, 1_795_000_000)
            var quote = TickByTick.Quote()
            quote.bid = try Price("4000")
            quote.ask = try Price("4000.2")
            quote.bidSize = try Quantity("1.5")
            quote.askSize = try Quantity("2")
            quote.mask = 1
            $0.event = .bidAsk(quote)
        },
        gateway(
            TickByTick.self, [178, 200],
            ["id": "99", "reqId": "9", "kind": "4", "time": "1795000000", "mid": "4000.1"]
        ) {
            ($0.requestID, $0.time) = (9, 1_795_000_000)
            $0.event = .midPoint(try Price("4000.1"))
        },
    ]

    static let historyReports: [MessageVector] =
        bars + [
            gateway(
                HistoricalTicks.self, [178, 200],
                [
                    "id": "96", "reqId": "9", "count": "2", "time 1": "1795000000", "unused 1": "0",
                    "price 1": "1.15", "size 1": "7", "time 2": "1795000001", "unused 2": "0",
                    "price 2": "1.25", "size 2": "8", "done": "1",
                ]
            ) {
                $0.requestID = 9
                var first = HistoricalTick()
                first.time = 1_795_000_000
                first.price = try Price("1.15")
                first.size = try Quantity("7")
                var second = HistoricalTick()
                second.time = 1_795_000_001
                second.price = try Price("1.25")
                second.size = try Quantity("8")
                $0.ticks = [first, second]
                $0.isDone = true
            },
            gateway(
                HistoricalBidAskTicks.self, [178, 200],
                [
                    "id": "97", "reqId": "9", "count": "1", "time": "1795000000", "mask": "2", "bid": "1.1",
                    "ask": "1.2", "bidSize": "5", "askSize": "6", "done": "0",
                ]
            ) {
                $0.requestID = 9
                var quote = HistoricalBidAskTick()
                (quote.time, quote.mask) = (1_795_000_000, 2)
                quote.bid = try Price("1.1")
                quote.ask = try Price("1.2")
                quote.bidSize = try Quantity("5")
                quote.askSize = try Quantity("6")
                $0.ticks = [quote]
            },
            gateway(
                HistoricalLastTicks.self, [178, 200],
                [
                    "id": "98", "reqId": "9", "count": "1", "time": "1795000000", "mask": "2",
                    "price": "1.15", "size": "7", "exchange": "NYSE", "conditions": "R 6", "done": "0",
                ]
            ) {
                $0.requestID = 9
                var trade = HistoricalLastTick()
                (trade.time, trade.mask) = (1_795_000_000, 2)
                trade.price = try Price("1.15")
                trade.size = try Quantity("7")
                trade.exchange = "NYSE"
                trade.conditions = "R 6"
                $0.ticks = [trade]
            },
        ]

    private static let bar: Annotated = [
        "count": "1", "date": "20261122", "open": "1.125", "high": "1.5", "low": "1.0625", "close": "1.25",
        "volume": "12345.5", "wap": "1.1875", "barCount": "77",
    ]

    private static func fill(_ message: inout HistoricalData) throws {
        message.requestID = 9
        var bar = HistoricalBar()
        bar.date = "20261122"
        bar.open = try Price("1.125")
        bar.high = try Price("1.5")
        bar.low = try Price("1.0625")
        bar.close = try Price("1.25")
        bar.volume = try Quantity("12345.5")
        bar.averagePrice = try Price("1.1875")
        bar.count = 77
        message.bars = [bar]
    }

    private static let bars: [MessageVector] = [
        gateway(
            HistoricalData.self, [178, 195],
            ["id": "17", "reqId": "9", "start": "20261121 14:30:00 UTC", "end": "20261122 15:00:00 UTC"] + bar
        ) {
            try fill(&$0)
            $0.start = "20261121 14:30:00 UTC"
            $0.end = "20261122 15:00:00 UTC"
        },
        gateway(HistoricalData.self, [196, 200], ["id": "17", "reqId": "9"] + bar) { try fill(&$0) },
        gateway(
            HistoricalDataEnd.self, [196, 200],
            ["id": "108", "reqId": "9", "start": "20261121 14:30:00", "end": "20261122 15:00:00"]
        ) { ($0.requestID, $0.start, $0.end) = (9, "20261121 14:30:00", "20261122 15:00:00") },
    ]
}
