import Testing
import TradingModel

@testable import TWSProtocol

@Suite("What a client says, byte for byte")
struct ClientVectorTests {
    @Test("cancelling one order, in its four forms")
    func cancel() {
        var message = CancelOrder()
        message.orderID = 7
        let first: Annotated = [
            "message id": "4", "version": "1", "orderId": "7", "manualOrderCancelTime": "",
        ]
        let remains: Annotated = ["text": "", "text 2": "", "number": "2147483647"]
        for version in [178, 186, 190, 191] as [Int32] {
            #expect(VectorCheck(version, .client).difference(message, first) == nil)
        }
        for version in [187, 188, 189] as [Int32] {
            #expect(VectorCheck(version, .client).difference(message, first + remains) == nil)
        }
        message.tagging.externalOperator = "op"
        message.tagging.manualOrderIndicator = 1
        let tagged: Annotated = [
            "message id": "4", "orderId": "7", "manualOrderCancelTime": "", "extOperator": "op",
            "manualOrderIndicator": "1",
        ]
        for version in [192, 200] as [Int32] {
            #expect(VectorCheck(version, .client).difference(message, tagged) == nil)
        }
    }

    @Test("cancelling all orders, before and after 192")
    func globalCancel() {
        let message = GlobalCancel()
        for version in [178, 187, 191] as [Int32] {
            #expect(
                VectorCheck(version, .client).difference(message, ["message id": "58", "version": "1"]) == nil
            )
        }
        for version in [192, 200] as [Int32] {
            #expect(
                VectorCheck(version, .client).difference(
                    message, ["message id": "58", "extOperator": "", "manualOrderIndicator": "2147483647"])
                    == nil)
        }
    }

    @Test("asking for executions, with days at 200")
    func executions() {
        var message = RequestExecutions()
        message.requestID = 1_000_000_001
        message.time = "20261122 00:00:00 UTC"
        message.side = "BUY"
        let fields: Annotated = [
            "message id": "7", "version": "3", "reqId": "1000000001", "clientId": "0", "account": "",
            "time": "20261122 00:00:00 UTC", "symbol": "", "secType": "", "exchange": "", "side": "BUY",
        ]
        #expect(VectorCheck(199, .client).difference(message, fields) == nil)
        let none: Annotated = ["lastNDays": "2147483647", "dates": "0"]
        #expect(VectorCheck(200, .client).difference(message, fields + none) == nil)
        let empty: Annotated = ["lastNDays": "", "dates": "0"]
        #expect(VectorCheck(200, .client).readDifference(message, fields + empty) == nil)
        message.lastDays = 3
        message.dates = [20_261_120, 20_261_121]
        let days: Annotated = ["lastNDays": "3", "dates": "2", "date 1": "20261120", "date 2": "20261121"]
        #expect(VectorCheck(200, .client).difference(message, fields + days) == nil)
    }

    static let contract: Annotated = [
        "conId": "12087792", "symbol": "EUR", "secType": "CASH", "lastTradeDateOrContractMonth": "",
        "strike": "",
        "right": "", "multiplier": "", "exchange": "IDEALPRO", "primaryExchange": "", "currency": "USD",
        "localSymbol": "EUR.USD", "tradingClass": "",
    ]

    static var euro: Contract {
        var contract = Contract()
        contract.contractID = 12_087_792
        contract.symbol = "EUR"
        contract.securityType = "CASH"
        contract.exchange = "IDEALPRO"
        contract.currency = "USD"
        contract.localSymbol = "EUR.USD"
        return contract
    }

    @Test("market data of an instrument, and of a combination that is delta neutral")
    func marketData() throws {
        var message = RequestMarketData()
        message.requestID = 9
        message.contract = Self.euro
        message.genericTicks = "233,375"
        let begin: Annotated = ["message id": "1", "version": "11", "reqId": "9"]
        let end: Annotated = [
            "deltaNeutralContract present": "0", "genericTickList": "233,375", "snapshot": "0",
            "regulatorySnapshot": "0", "options": "",
        ]
        #expect(VectorCheck(178, .client).difference(message, begin + Self.contract + end) == nil)
        message.contract.securityType = "BAG"
        var leg = RequestLeg()
        leg.contractID = 5
        leg.ratio = 1
        leg.action = "BUY"
        leg.exchange = "SMART"
        message.legs = [leg]
        message.deltaNeutralContract = DeltaNeutralContract()
        message.deltaNeutralContract?.price = try Price("1.5")
        let legs: Annotated = [
            "legs": "1", "conId 1": "5", "ratio": "1", "action": "BUY", "exchange 1": "SMART",
        ]
        let neutral: Annotated = ["conId 2": "0", "delta": "0.0", "price": "1.5"]
        let combination =
            begin + Self.contract.with("secType", "BAG") + legs
            + end.with("deltaNeutralContract present", "1").inserting(
                neutral, behind: "deltaNeutralContract present")
        #expect(VectorCheck(200, .client).difference(message, combination) == nil)
    }

    @Test("depth, ticks, bars and contracts")
    func requests() {
        var depth = RequestMarketDepth()
        depth.requestID = 9
        depth.contract = Self.euro
        depth.rows = 10
        depth.isSmartDepth = true
        let depthEnd: Annotated = ["numRows": "10", "isSmartDepth": "1", "options": ""]
        let depthBegin: Annotated = ["message id": "10", "version": "5", "reqId": "9"]
        #expect(VectorCheck(178, .client).difference(depth, depthBegin + Self.contract + depthEnd) == nil)

        var ticks = RequestTickByTick()
        ticks.requestID = 9
        ticks.contract = Self.euro
        ticks.tickType = "BidAsk"
        ticks.ignoresSize = true
        let ticksEnd: Annotated = ["tickType": "BidAsk", "numberOfTicks": "0", "ignoreSize": "1"]
        #expect(
            VectorCheck(178, .client).difference(
                ticks, ["message id": "97", "reqId": "9"] + Self.contract + ticksEnd) == nil)

        var bars = RequestHistoricalData()
        bars.requestID = 9
        bars.contract = Self.euro
        bars.barSize = "1 min"
        bars.duration = "1 D"
        bars.usesRegularHours = true
        bars.whatToShow = "MIDPOINT"
        bars.dateFormat = 2
        let barsEnd: Annotated = [
            "includeExpired": "0", "endDateTime": "", "barSize": "1 min", "duration": "1 D", "useRTH": "1",
            "whatToShow": "MIDPOINT", "formatDate": "2", "keepUpToDate": "0", "options": "",
        ]
        #expect(
            VectorCheck(200, .client).difference(
                bars, ["message id": "20", "reqId": "9"] + Self.contract + barsEnd) == nil)

        var past = RequestHistoricalTicks()
        past.requestID = 9
        past.contract = Self.euro
        past.endTime = "20261122-14:30:00"
        past.numberOfTicks = 1000
        past.whatToShow = "BID_ASK"
        let pastEnd: Annotated = [
            "includeExpired": "0", "start": "", "end": "20261122-14:30:00", "numberOfTicks": "1000",
            "whatToShow": "BID_ASK", "useRth": "0", "ignoreSize": "0", "options": "",
        ]
        #expect(
            VectorCheck(200, .client).difference(
                past, ["message id": "96", "reqId": "9"] + Self.contract + pastEnd) == nil)

        var details = RequestContractData()
        details.requestID = 9
        details.contract = Self.euro
        let detailsEnd: Annotated = ["includeExpired": "0", "secIdType": "", "secId": "", "issuerId": ""]
        #expect(
            VectorCheck(178, .client).difference(
                details, ["message id": "9", "version": "8", "reqId": "9"] + Self.contract + detailsEnd)
                == nil)
    }

    @Test("messages of few fields")
    func small() {
        let check = VectorCheck(200, .client)
        var start = StartAPI()
        start.clientID = 3
        #expect(
            check.difference(start, ["id": "71", "version": "2", "clientId": "3", "capabilities": ""]) == nil)
        #expect(check.difference(RequestOpenOrders(), ["id": "5", "version": "1"]) == nil)
        #expect(check.difference(RequestAllOpenOrders(), ["id": "16", "version": "1"]) == nil)
        #expect(check.difference(RequestIDs(), ["id": "8", "version": "1", "numIds": "1"]) == nil)
        #expect(check.difference(RequestPositions(), ["id": "61", "version": "1"]) == nil)
        #expect(check.difference(CancelPositions(), ["id": "64", "version": "1"]) == nil)
        #expect(check.difference(RequestDepthExchanges(), ["id": "82"]) == nil)
        #expect(check.difference(RequestCurrentTime(), ["id": "49", "version": "1"]) == nil)
        #expect(check.difference(RequestCurrentTimeInMilliseconds(), ["id": "105"]) == nil)
        #expect(check.difference(RequestManagedAccounts(), ["id": "17", "version": "1"]) == nil)
        #expect(check.difference(RequestMarketDataType(), ["id": "59", "version": "1", "type": "1"]) == nil)
        var completed = RequestCompletedOrders()
        completed.isAPIOnly = true
        #expect(check.difference(completed, ["id": "99", "apiOnly": "1"]) == nil)
        var updates = RequestAccountUpdates()
        updates.isSubscribing = true
        updates.account = "DU1"
        #expect(
            check.difference(updates, ["id": "6", "version": "2", "subscribe": "1", "account": "DU1"]) == nil)
        var summary = RequestAccountSummary()
        summary.requestID = 2
        summary.group = "All"
        summary.tags = "NetLiquidation,BuyingPower"
        #expect(
            check.difference(
                summary,
                [
                    "id": "62", "version": "1", "reqId": "2", "group": "All",
                    "tags": "NetLiquidation,BuyingPower",
                ])
                == nil)
        var multi = RequestAccountUpdatesMulti()
        multi.requestID = 2
        multi.isLedgerAndValueOnly = true
        #expect(
            check.difference(
                multi, ["id": "76", "version": "1", "reqId": "2", "account": "", "model": "", "ledger": "1"])
                == nil)
        var cancel = CancelMarketDepth()
        cancel.requestID = 4
        cancel.isSmartDepth = true
        #expect(
            check.difference(cancel, ["id": "11", "version": "1", "reqId": "4", "isSmartDepth": "1"]) == nil)
    }
}
