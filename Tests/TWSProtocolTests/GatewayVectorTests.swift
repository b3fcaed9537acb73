import Testing
import TradingModel

@testable import TWSProtocol

@Suite("What a gateway says, byte for byte")
struct GatewayVectorTests {
    static var execution: ExecutionReport {
        get throws {
            var message = ExecutionReport()
            message.orderID = 7
            message.contract = ClientVectorTests.euro
            message.contract.strike = .zero
            message.executionID = "0000e0d5.67fe667b.01.01"
            message.time = "20261122 14:30:00 US/Eastern"
            message.account = "DU1"
            message.exchange = "IDEALPRO"
            message.side = "BOT"
            message.shares = try Quantity("0.5")
            message.price = try Price("1.15005")
            message.permanentID = 1_234_567_890_123
            message.clientID = 1
            message.cumulativeQuantity = try Quantity("20000")
            message.averagePrice = try Price("1.15")
            message.orderReference = "t-42"
            message.evMultiplier = 0
            message.lastLiquidity = 2
            return message
        }
    }

    @Test("an execution, with its submitter from 198")
    func executions() throws {
        var message = try Self.execution
        let fields: Annotated = [
            "message id": "11", "reqId": "-1", "orderId": "7", "conId": "12087792", "symbol": "EUR",
            "secType": "CASH",
            "lastTradeDate": "", "strike": "0.0", "right": "", "multiplier": "", "exchange": "IDEALPRO",
            "currency": "USD", "localSymbol": "EUR.USD", "tradingClass": "",
            "execId": "0000e0d5.67fe667b.01.01",
            "time": "20261122 14:30:00 US/Eastern", "account": "DU1", "exchange of the fill": "IDEALPRO",
            "side": "BOT", "shares": "0.5", "price": "1.15005", "permId": "1234567890123", "clientId": "1",
            "liquidation": "0", "cumQty": "20000", "avgPrice": "1.15", "orderRef": "t-42", "evRule": "",
            "evMultiplier": "0.0", "modelCode": "", "lastLiquidity": "2", "pendingPriceRevision": "0",
        ]
        for version in [178, 197] as [Int32] {
            #expect(VectorCheck(version, .gateway).difference(message, fields) == nil)
        }
        message.submitter = "me"
        #expect(VectorCheck(198, .gateway).difference(message, fields + ["submitter": "me"]) == nil)
    }

    @Test("an error, with a version field below 194 and a time from there on")
    func errors() {
        var message = ErrorMessage()
        message.id = 7
        message.code = 202
        message.text = "Order cancelled: 取消"
        message.advancedRejection = "{}"
        let old: Annotated = [
            "message id": "4", "version": "2", "id": "7", "code": "202",
            "text": #"Order cancelled: \u53d6\u6d88"#, "advancedOrderRejectJson": "{}",
        ]
        #expect(VectorCheck(178, .gateway).difference(message, old) == nil)
        #expect(VectorCheck(193, .gateway).difference(message, old) == nil)
        message.time = 1_795_000_000_123
        let new: Annotated = [
            "message id": "4", "id": "7", "code": "202", "text": #"Order cancelled: \u53d6\u6d88"#,
            "advancedOrderRejectJson": "{}", "errorTime": "1795000000123",
        ]
        #expect(VectorCheck(194, .gateway).difference(message, new) == nil)
        #expect(VectorCheck(200, .gateway).difference(message, new) == nil)
    }

    static var future: ContractData {
        get throws {
            var message = ContractData()
            message.requestID = 9
            message.contract.symbol = "EUR"
            message.contract.securityType = "FUT"
            message.contract.lastTradeDateOrContractMonth = "20250620 08:30 US/Central"
            message.contract.strike = .zero
            message.contract.exchange = "CME"
            message.contract.currency = "USD"
            message.contract.localSymbol = "6EM5"
            message.contract.tradingClass = "6E"
            message.contract.contractID = 123
            message.contract.multiplier = "125000"
            message.marketName = "6E"
            message.minTick = try Price("0.00005")
            message.orderTypes = "LMT,MKT"
            message.validExchanges = "CME,QBALGO"
            message.underlyingContractID = 4
            message.longName = "European Monetary Union Euro – é"
            message.securityIDs = [TagValue("ISIN", "X")]
            message.aggregationGroup = 2_147_483_646
            message.underlyingSymbol = "EUR"
            message.marketRuleIDs = "67,67"
            message.minimumSize = try Quantity("1")
            message.sizeIncrement = try Quantity("0.1")
            return message
        }
    }

    static let futureBegin: Annotated = [
        "message id": "10", "reqId": "9", "symbol": "EUR", "secType": "FUT",
        "lastTradeDateOrContractMonth": "20250620 08:30 US/Central",
    ]

    static let futureEnd: Annotated = [
        "strike": "0.0", "right": "", "exchange": "CME", "currency": "USD", "localSymbol": "6EM5",
        "marketName": "6E", "tradingClass": "6E", "conId": "123", "minTick": "5.0E-5", "multiplier": "125000",
        "orderTypes": "LMT,MKT", "validExchanges": "CME,QBALGO", "priceMagnifier": "1", "underConId": "4",
        "longName": #"European Monetary Union Euro \u2013 \u00e9"#, "primaryExchange": "",
        "contractMonth": "",
        "industry": "", "category": "", "subcategory": "", "timeZoneId": "", "tradingHours": "",
        "liquidHours": "",
        "evRule": "", "evMultiplier": "", "secIdCount": "1", "tag": "ISIN", "value": "X",
        "aggGroup": "2147483646",
        "underSymbol": "EUR", "underSecType": "", "marketRuleIds": "67,67", "realExpirationDate": "",
        "stockType": "",
        "minSize": "1", "sizeIncrement": "0.1", "suggestedSizeIncrement": "",
    ]

    @Test("contract data at 178, 182 and 186")
    func contractData() throws {
        var message = try Self.future
        #expect(VectorCheck(178, .gateway).difference(message, Self.futureBegin + Self.futureEnd) == nil)
        message.lastTradeDate = "20250620"
        let middle: Annotated = ["lastTradeDate": "20250620"]
        #expect(
            VectorCheck(182, .gateway).difference(message, Self.futureBegin + middle + Self.futureEnd) == nil)
        var reason = IneligibilityReason()
        reason.id = "1"
        reason.explanation = "no"
        message.ineligibilityReasons = [reason]
        let end: Annotated = ["count": "1", "id": "1", "description": "no"]
        #expect(
            VectorCheck(186, .gateway).difference(message, Self.futureBegin + middle + Self.futureEnd + end)
                == nil)
    }

    @Test("a fund has seventeen fields more from 179, and only a fund has")
    func funds() throws {
        var message = try Self.future
        message.contract.securityType = "FUND"
        message.fund.name = "N"
        message.fund.isClosedForNewMoney = true
        message.fund.assetType = "001"
        let fund: Annotated = [
            "fundName": "N", "fundFamily": "", "fundType": "", "fundFrontLoad": "", "fundBackLoad": "",
            "fundBackLoadTimeInterval": "", "fundManagementFee": "", "fundClosed": "0",
            "fundClosedForNewInvestors": "0", "fundClosedForNewMoney": "1", "fundNotifyAmount": "",
            "fundMinimumInitialPurchase": "", "fundSubsequentMinimumPurchase": "", "fundBlueSkyStates": "",
            "fundBlueSkyTerritories": "", "fundDistributionPolicyIndicator": "", "fundAssetType": "001",
        ]
        let fields = Self.futureBegin.with("secType", "FUND") + Self.futureEnd
        #expect(VectorCheck(179, .gateway).difference(message, fields + fund) == nil)
        message.fund = FundData()
        #expect(VectorCheck(178, .gateway).difference(message, fields) == nil)
    }

    @Test("bars, whose begin and end are a message of their own from 196")
    func bars() throws {
        var message = HistoricalData()
        message.requestID = 9
        var bar = HistoricalBar()
        bar.date = "20261122"
        bar.open = try Price("1.1")
        bar.high = try Price("1.2")
        bar.low = try Price("1.05")
        bar.close = try Price("1.15")
        bar.volume = try Quantity("-1")
        bar.averagePrice = try Price("-1")
        bar.count = -1
        message.bars = [bar]
        let fields: Annotated = [
            "count": "1", "date": "20261122", "open": "1.1", "high": "1.2", "low": "1.05", "close": "1.15",
            "volume": "-1", "wap": "-1.0", "barCount": "-1",
        ]
        #expect(
            VectorCheck(196, .gateway).difference(message, ["message id": "17", "reqId": "9"] + fields) == nil
        )
        message.start = "20261121 14:30:00 UTC"
        message.end = "20261122 14:30:00 UTC"
        let times: Annotated = [
            "message id": "17", "reqId": "9", "start": "20261121 14:30:00 UTC",
            "end": "20261122 14:30:00 UTC",
        ]
        #expect(VectorCheck(195, .gateway).difference(message, times + fields) == nil)
        var end = HistoricalDataEnd()
        end.requestID = 9
        end.start = "a"
        end.end = "b"
        #expect(
            VectorCheck(196, .gateway).difference(end, ["id": "108", "reqId": "9", "start": "a", "end": "b"])
                == nil)
    }

    @Test("every kind of tick by tick")
    func ticks() throws {
        let check = VectorCheck(178, .gateway)
        var message = TickByTick()
        message.requestID = 9
        message.time = 1_795_000_000
        var trade = TickByTick.Print()
        trade.price = try Price("4000.1")
        trade.size = try Quantity("3")
        trade.mask = 2
        trade.exchange = "COMEX"
        trade.conditions = "T"
        let printed: Annotated = [
            "time": "1795000000", "price": "4000.1", "size": "3", "mask": "2", "exchange": "COMEX",
            "conditions": "T",
        ]
        message.event = .last(trade)
        #expect(check.difference(message, ["id": "99", "reqId": "9", "kind": "1"] + printed) == nil)
        message.event = .allLast(trade)
        #expect(check.difference(message, ["id": "99", "reqId": "9", "kind": "2"] + printed) == nil)
        var quote = TickByTick.Quote()
        quote.bid = try Price("4000")
        quote.ask = try Price("4000.2")
        quote.bidSize = try Quantity("1.5")
        quote.askSize = try Quantity("2")
        quote.mask = 1
        message.event = .bidAsk(quote)
        #expect(
            check.difference(
                message,
                [
                    "id": "99", "reqId": "9", "kind": "3", "time": "1795000000", "bid": "4000.0",
                    "ask": "4000.2",
                    "bidSize": "1.5", "askSize": "2", "mask": "1",
                ]) == nil)
        message.event = .midPoint(try Price("4000.1"))
        #expect(
            check.difference(
                message, ["id": "99", "reqId": "9", "kind": "4", "time": "1795000000", "mid": "4000.1"])
                == nil)
        let none: Result<TickByTick, MessageFault> = check.read(
            ["id": "99", "reqId": "9", "kind": "5", "time": "x"])
        #expect(none == .failure(MessageFault(message: 99, field: 2, fault: .value)))
    }

    @Test("both messages of depth, and level 1")
    func depth() throws {
        let check = VectorCheck(200, .gateway)
        var depth = MarketDepth()
        depth.requestID = 9
        depth.row.position = 2
        depth.row.operation = 1
        depth.row.side = 1
        depth.row.price = try Price("1.15005")
        depth.row.size = try Quantity("1000000")
        #expect(
            check.difference(
                depth,
                [
                    "id": "12", "version": "1", "reqId": "9", "position": "2", "operation": "1", "side": "1",
                    "price": "1.15005", "size": "1000000",
                ]) == nil)
        var second = MarketDepthL2()
        second.requestID = 9
        second.row = depth.row
        second.marketMaker = "IDEALPRO"
        second.isSmartDepth = true
        #expect(
            check.difference(
                second,
                [
                    "id": "13", "version": "1", "reqId": "9", "position": "2", "marketMaker": "IDEALPRO",
                    "operation": "1", "side": "1", "price": "1.15005", "size": "1000000", "isSmartDepth": "1",
                ]) == nil)
        var price = TickPrice()
        price.requestID = 9
        price.tickType = 1
        price.price = try Price("-1")
        price.attributes = 1
        #expect(
            check.difference(
                price,
                [
                    "id": "1", "version": "6", "reqId": "9", "tickType": "1", "price": "-1.0", "size": "0",
                    "mask": "1",
                ]) == nil)
    }

    @Test("past ticks of three kinds")
    func pastTicks() throws {
        let check = VectorCheck(200, .gateway)
        var middles = HistoricalTicks()
        middles.requestID = 9
        var middle = HistoricalTick()
        middle.time = 1_795_000_000
        middle.price = try Price("1.15")
        middle.size = .zero
        middles.ticks = [middle]
        middles.isDone = true
        #expect(
            check.difference(
                middles,
                [
                    "id": "96", "reqId": "9", "count": "1", "time": "1795000000", "unused": "0",
                    "price": "1.15",
                    "size": "0", "done": "1",
                ]) == nil)
        var quotes = HistoricalBidAskTicks()
        quotes.requestID = 9
        var quote = HistoricalBidAskTick()
        quote.time = 1_795_000_000
        quote.mask = 2
        quote.bid = try Price("1.1")
        quote.ask = try Price("1.2")
        quote.bidSize = try Quantity("5")
        quote.askSize = try Quantity("6")
        quotes.ticks = [quote]
        #expect(
            check.difference(
                quotes,
                [
                    "id": "97", "reqId": "9", "count": "1", "time": "1795000000", "mask": "2", "bid": "1.1",
                    "ask": "1.2", "bidSize": "5", "askSize": "6", "done": "0",
                ]) == nil)
        var trades = HistoricalLastTicks()
        trades.requestID = 9
        var trade = HistoricalLastTick()
        trade.time = 1_795_000_000
        trade.price = try Price("1.15")
        trade.size = try Quantity("7")
        trade.exchange = "NYSE"
        trade.conditions = "R 6"
        trades.ticks = [trade]
        #expect(
            check.difference(
                trades,
                [
                    "id": "98", "reqId": "9", "count": "1", "time": "1795000000", "mask": "0",
                    "price": "1.15",
                    "size": "7", "exchange": "NYSE", "conditions": "R 6", "done": "0",
                ]) == nil)
    }

    @Test("messages about the account")
    func account() throws {
        let check = VectorCheck(200, .gateway)
        var portfolio = PortfolioValue()
        portfolio.contract = ClientVectorTests.euro
        portfolio.contract.exchange = ""
        portfolio.contract.primaryExchange = "IDEALPRO"
        portfolio.contract.strike = .zero
        portfolio.position = try Quantity("-20000")
        portfolio.marketPrice = Money(try Price("1.15005"))
        portfolio.marketValue = Money(rawValue: -12_345_678_901 * 1_000_000_000_000_000_000)
        portfolio.account = "DU1"
        #expect(
            check.difference(
                portfolio,
                [
                    "id": "7", "version": "8", "conId": "12087792", "symbol": "EUR", "secType": "CASH",
                    "lastTradeDate": "", "strike": "0.0", "right": "", "multiplier": "",
                    "primaryExchange": "IDEALPRO", "currency": "USD", "localSymbol": "EUR.USD",
                    "tradingClass": "",
                    "position": "-20000", "marketPrice": "1.15005", "marketValue": "-1.2345678901E10",
                    "averageCost": OpenOrderVectorTests.unset, "unrealizedPNL": OpenOrderVectorTests.unset,
                    "realizedPNL": OpenOrderVectorTests.unset, "account": "DU1",
                ]) == nil)
        var profit = ProfitAndLoss()
        profit.requestID = 9
        profit.daily = Money(try Price("-0.25"))
        #expect(
            check.difference(
                profit,
                [
                    "id": "94", "reqId": "9", "daily": "-0.25", "unrealized": OpenOrderVectorTests.unset,
                    "realized": OpenOrderVectorTests.unset,
                ]) == nil)
        var cost = CommissionReport()
        cost.executionID = "e"
        cost.commission = Money(try Price("2.00001"))
        cost.currency = "USD"
        #expect(
            check.difference(
                cost,
                [
                    "id": "59", "version": "1", "execId": "e", "commission": "2.00001", "currency": "USD",
                    "realizedPNL": OpenOrderVectorTests.unset, "yield": OpenOrderVectorTests.unset,
                    "yieldRedemptionDate": "",
                ]) == nil)
        #expect(check.difference(CompletedOrdersEnd(), ["id": "102"]) == nil)
        #expect(check.difference(OpenOrderEnd(), ["id": "53", "version": "1"]) == nil)
        var status = OrderStatusReport()
        status.orderID = 7
        status.status = "Submitted"
        status.filled = .zero
        status.remaining = try Quantity("0.5")
        status.averageFillPrice = .zero
        status.lastFillPrice = .zero
        status.marketCapPrice = .zero
        status.permanentID = 1_234_567_890_123
        #expect(status.known == .submitted)
        #expect(
            check.difference(
                status,
                [
                    "id": "3", "orderId": "7", "status": "Submitted", "filled": "0", "remaining": "0.5",
                    "avgFillPrice": "0.0", "permId": "1234567890123", "parentId": "0", "lastFillPrice": "0.0",
                    "clientId": "0", "whyHeld": "", "mktCapPrice": "0.0",
                ]) == nil)
    }
}
