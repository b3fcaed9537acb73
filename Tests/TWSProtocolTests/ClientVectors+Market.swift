import TradingModel

@testable import TWSProtocol

/// Section 5 of the reference: what a client asks about instruments.
extension MessageVector {
    static let marketRequests: [MessageVector] = smallMarketRequests + contractRequests + combinations

    private static let smallMarketRequests: [MessageVector] = [
        client(CancelMarketData.self, [178, 200], ["id": "2", "ver": "2", "reqId": "9"]) { $0.requestID = 9 },
        client(
            CancelMarketDepth.self, [178, 200], ["id": "11", "ver": "1", "reqId": "9", "isSmartDepth": "0"]
        ) { $0.requestID = 9 },
        client(
            CancelMarketDepth.self, [178, 200], ["id": "11", "ver": "1", "reqId": "0", "isSmartDepth": "1"]
        ) { $0.isSmartDepth = true },
        client(CancelHistoricalData.self, [178, 200], ["id": "25", "ver": "1", "reqId": "9"]) {
            $0.requestID = 9
        },
        client(RequestMarketDataType.self, [178, 200], ["id": "59", "ver": "1", "type": "4"]) {
            $0.marketDataType = 4
        },
        client(RequestDepthExchanges.self, [178, 200], ["id": "82"]),
        client(RequestSmartComponents.self, [178, 200], ["id": "83", "reqId": "9", "bboExchange": "9c0001"]) {
            $0.requestID = 9
            $0.bboExchange = "9c0001"
        },
        client(RequestMarketRule.self, [178, 200], ["id": "91", "marketRuleId": "239"]) {
            $0.marketRuleID = 239
        },
        client(CancelTickByTick.self, [178, 200], ["id": "98", "reqId": "9"]) { $0.requestID = 9 },
    ]

    private static let contractRequests: [MessageVector] = [
        client(
            RequestMarketData.self, [178, 200],
            ["id": "1", "ver": "11", "reqId": "9"] + .contract12 + [
                "deltaNeutralContract present": "0", "genericTickList": "233,375", "snapshot": "1",
                "regulatorySnapshot": "0", "options": "a=b;",
            ]
        ) {
            $0.requestID = 9
            $0.contract = try .option()
            $0.genericTicks = "233,375"
            $0.isSnapshot = true
            $0.options = "a=b;"
        },
        client(
            RequestContractData.self, [178, 200],
            ["id": "9", "ver": "8", "reqId": "7"] + .contract12 + [
                "includeExpired": "1", "secIdType": "ISIN", "secId": "US0378331005", "issuerId": "e1453318",
            ]
        ) {
            $0.requestID = 7
            $0.contract = try .option()
            $0.includesExpired = true
            $0.securityIDType = "ISIN"
            $0.securityID = "US0378331005"
            $0.issuerID = "e1453318"
        },
        client(
            RequestMarketDepth.self, [178, 200],
            ["id": "10", "ver": "5", "reqId": "9"] + .contract12 + [
                "numRows": "20", "isSmartDepth": "1", "options": "a=b;",
            ]
        ) {
            $0.requestID = 9
            $0.contract = try .option()
            $0.rows = 20
            $0.isSmartDepth = true
            $0.options = "a=b;"
        },
        client(
            RequestHistoricalData.self, [178, 200],
            ["id": "20", "reqId": "9"] + .contract12 + [
                "includeExpired": "1", "endDateTime": "20261122-14:30:00", "barSize": "1 min",
                "duration": "1 D", "useRTH": "0", "whatToShow": "MIDPOINT", "formatDate": "2",
                "keepUpToDate": "0", "options": "a=b;",
            ]
        ) {
            $0.requestID = 9
            $0.contract = try .option()
            $0.includesExpired = true
            $0.endTime = "20261122-14:30:00"
            $0.barSize = "1 min"
            $0.duration = "1 D"
            $0.whatToShow = "MIDPOINT"
            $0.dateFormat = 2
            $0.options = "a=b;"
        },
        historicalTicks("1", "0", "0") { $0.includesExpired = true },
        historicalTicks("0", "1", "0") { $0.usesRegularHours = true },
        historicalTicks("0", "0", "1") { $0.ignoresSize = true },
        client(
            RequestTickByTick.self, [178, 200],
            ["id": "97", "reqId": "9"] + .contract12 + [
                "tickType": "BidAsk", "numberOfTicks": "12", "ignoreSize": "1",
            ]
        ) {
            $0.requestID = 9
            $0.contract = try .option()
            $0.tickType = "BidAsk"
            $0.numberOfTicks = 12
            $0.ignoresSize = true
        },
    ]

    private static func historicalTicks(
        _ includeExpired: String, _ useRth: String, _ ignoreSize: String,
        _ flag: @escaping @Sendable (inout RequestHistoricalTicks) -> Void
    ) -> MessageVector {
        client(
            RequestHistoricalTicks.self, [178, 200],
            ["id": "96", "reqId": "9"] + .contract12 + [
                "includeExpired": includeExpired, "start": "20261122-14:30:00", "end": "20261122-15:00:00",
                "numberOfTicks": "1000", "whatToShow": "BID_ASK", "useRth": useRth, "ignoreSize": ignoreSize,
                "options": "a=b;",
            ]
        ) {
            $0.requestID = 9
            $0.contract = try .option()
            $0.startTime = "20261122-14:30:00"
            $0.endTime = "20261122-15:00:00"
            $0.numberOfTicks = 1000
            $0.whatToShow = "BID_ASK"
            $0.options = "a=b;"
            flag(&$0)
        }
    }

    private static let legs: Annotated = [
        "legs": "2", "conId 1": "101", "ratio 1": "3", "action 1": "BUY", "exchange 1": "CBOE",
        "conId 2": "102", "ratio 2": "4", "action 2": "SELL", "exchange 2": "PHLX",
    ]

    private static let requestLegs: [RequestLeg] = {
        var first = RequestLeg()
        (first.contractID, first.ratio, first.action, first.exchange) = (101, 3, "BUY", "CBOE")
        var second = RequestLeg()
        (second.contractID, second.ratio, second.action, second.exchange) = (102, 4, "SELL", "PHLX")
        return [first, second]
    }()

    /// With the fields that only a combination has.
    private static let combinations: [MessageVector] = [
        client(
            RequestMarketData.self, [178, 200],
            ["id": "1", "ver": "11", "reqId": "9"] + .contract12.with("secType", "BAG") + legs + [
                "deltaNeutralContract present": "1", "delta neutral conId": "103", "delta": "0.5",
                "price": "1.5", "genericTickList": "", "snapshot": "0", "regulatorySnapshot": "0",
                "options": "a=b;",
            ]
        ) {
            $0.requestID = 9
            $0.contract = try .option()
            $0.contract.securityType = "BAG"
            $0.legs = requestLegs
            var neutral = DeltaNeutralContract()
            neutral.contractID = 103
            neutral.delta = 0.5
            neutral.price = try Price("1.5")
            $0.deltaNeutralContract = neutral
            $0.options = "a=b;"
        },
        combinedBars("0", "1") { $0.usesRegularHours = true },
        combinedBars("1", "0") { $0.keepsUpToDate = true },
    ]

    private static func combinedBars(
        _ keepUpToDate: String, _ useRTH: String,
        _ flag: @escaping @Sendable (inout RequestHistoricalData) -> Void
    ) -> MessageVector {
        client(
            RequestHistoricalData.self, [178, 200],
            ["id": "20", "reqId": "9"] + .contract12.with("secType", "BAG") + [
                "includeExpired": "0", "endDateTime": "", "barSize": "1 min", "duration": "1 D",
                "useRTH": useRTH, "whatToShow": "TRADES", "formatDate": "5",
            ] + legs + ["keepUpToDate": keepUpToDate, "options": "a=b;"]
        ) {
            $0.requestID = 9
            $0.contract = try .option()
            $0.contract.securityType = "BAG"
            $0.barSize = "1 min"
            $0.duration = "1 D"
            $0.whatToShow = "TRADES"
            $0.dateFormat = 5
            $0.legs = requestLegs
            $0.options = "a=b;"
            flag(&$0)
        }
    }
}
