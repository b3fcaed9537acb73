import TradingModel

@testable import TWSProtocol

/// Section 6 of the reference: prices, depth and ticks, and the tables that go with them.
extension MessageVector {
    static let marketReports: [MessageVector] =
        levels + tables + [
            gateway(TickSnapshotEnd.self, [178, 200], ["id": "57", "ver": "1", "reqId": "9"]) {
                $0.requestID = 9
            },
            gateway(
                MarketDataTypeNotice.self, [178, 200], ["id": "58", "ver": "1", "reqId": "9", "type": "3"]
            ) {
                $0.requestID = 9
                $0.marketDataType = 3
            },
            gateway(
                TickRequestParameters.self, [178, 200],
                [
                    "id": "81", "reqId": "9", "minTick": "0.25", "bboExchange": "9c0001",
                    "snapshotPermissions": "3",
                ]
            ) {
                $0.requestID = 9
                $0.minTick = try Price("0.25")
                $0.bboExchange = "9c0001"
                $0.snapshotPermissions = 3
            },
            gateway(
                RerouteMarketData.self, [178, 200],
                ["id": "91", "reqId": "9", "conId": "265598", "exchange": "NASDAQ"]
            ) { ($0.requestID, $0.contractID, $0.exchange) = (9, 265_598, "NASDAQ") },
            gateway(
                RerouteMarketDepth.self, [178, 200],
                ["id": "92", "reqId": "9", "conId": "265598", "exchange": "NASDAQ"]
            ) { ($0.requestID, $0.contractID, $0.exchange) = (9, 265_598, "NASDAQ") },
        ]

    private static let levels: [MessageVector] = [
        gateway(
            TickPrice.self, [178, 200],
            [
                "id": "1", "ver": "6", "reqId": "9", "tickType": "2", "price": "1.15005", "size": "20000",
                "attribute mask": "5",
            ]
        ) {
            ($0.requestID, $0.tickType, $0.attributes) = (9, 2, 5)
            $0.price = try Price("1.15005")
            $0.size = try Quantity("20000")
        },
        gateway(
            TickSize.self, [178, 200], ["id": "2", "ver": "6", "reqId": "9", "tickType": "3", "size": "0.5"]
        ) {
            ($0.requestID, $0.tickType) = (9, 3)
            $0.size = try Quantity("0.5")
        },
        gateway(
            MarketDepth.self, [178, 200],
            [
                "id": "12", "ver": "1", "reqId": "9", "position": "4", "operation": "2", "side": "0",
                "price": "1.15005", "size": "1000000",
            ]
        ) {
            $0.requestID = 9
            $0.row = try row(position: 4, operation: 2, side: 0)
        },
        gateway(
            MarketDepthL2.self, [178, 200],
            [
                "id": "13", "ver": "1", "reqId": "9", "position": "4", "marketMaker": "ARCA",
                "operation": "2", "side": "0", "price": "1.15005", "size": "1000000", "isSmartDepth": "1",
            ]
        ) {
            $0.requestID = 9
            $0.row = try row(position: 4, operation: 2, side: 0)
            $0.marketMaker = "ARCA"
            $0.isSmartDepth = true
        },
        gateway(
            MarketDepthL2.self, [178, 200],
            [
                "id": "13", "ver": "1", "reqId": "9", "position": "5", "marketMaker": "ARCA",
                "operation": "2", "side": "1", "price": "1.15005", "size": "1000000", "isSmartDepth": "0",
            ]
        ) {
            $0.requestID = 9
            $0.row = try row(position: 5, operation: 2, side: 1)
            $0.marketMaker = "ARCA"
        },
        gateway(
            TickGeneric.self, [178, 200],
            ["id": "45", "ver": "6", "reqId": "9", "tickType": "49", "value": "2.5"]
        ) { ($0.requestID, $0.tickType, $0.value) = (9, 49, 2.5) },
        gateway(
            TickString.self, [178, 200],
            ["id": "46", "ver": "6", "reqId": "9", "tickType": "45", "value": "1795000000"]
        ) { ($0.requestID, $0.tickType, $0.value) = (9, 45, "1795000000") },
    ]

    private static func row(position: Int32, operation: Int32, side: Int32) throws -> DepthRow {
        var row = DepthRow()
        (row.position, row.operation, row.side) = (position, operation, side)
        row.price = try Price("1.15005")
        row.size = try Quantity("1000000")
        return row
    }

    private static let tables: [MessageVector] = [
        gateway(
            DepthExchanges.self, [178, 200],
            [
                "id": "80", "count": "2", "exchange 1": "ARCA", "secType 1": "STK", "listingExch 1": "NYSE",
                "serviceDataType 1": "Deep2", "aggGroup 1": "7", "exchange 2": "CME", "secType 2": "FUT",
                "listingExch 2": "GLOBEX", "serviceDataType 2": "Deep", "aggGroup 2": "",
            ]
        ) {
            var first = DepthExchange()
            (first.exchange, first.securityType, first.listingExchange) = ("ARCA", "STK", "NYSE")
            (first.serviceDataType, first.aggregationGroup) = ("Deep2", 7)
            var second = DepthExchange()
            (second.exchange, second.securityType, second.listingExchange) = ("CME", "FUT", "GLOBEX")
            second.serviceDataType = "Deep"
            $0.exchanges = [first, second]
        },
        gateway(
            SmartComponents.self, [178, 200],
            [
                "id": "82", "reqId": "9", "count": "2", "bit number 1": "0", "exchange 1": "AMEX",
                "letter 1": "A", "bit number 2": "1", "exchange 2": "NASDAQ", "letter 2": "Q",
            ]
        ) {
            $0.requestID = 9
            var first = SmartComponent()
            (first.bit, first.exchange, first.letter) = (0, "AMEX", "A")
            var second = SmartComponent()
            (second.bit, second.exchange, second.letter) = (1, "NASDAQ", "Q")
            $0.components = [first, second]
        },
        gateway(
            MarketRule.self, [178, 200],
            [
                "id": "93", "ruleId": "239", "count": "2", "lowEdge 1": "0.0", "increment 1": "0.05",
                "lowEdge 2": "500.0", "increment 2": "0.25",
            ]
        ) {
            $0.marketRuleID = 239
            var first = PriceIncrement()
            first.increment = try Price("0.05")
            var second = PriceIncrement()
            second.lowEdge = try Price("500")
            second.increment = try Price("0.25")
            $0.increments = [first, second]
        },
    ]
}
