import Testing
import TradingModel

@testable import TWSProtocol

@Suite("Placing an order, byte for byte")
struct PlaceOrderVectorTests {
    /// Fields 1 to 113 of a plain limit order, the same at every version from 178.
    static let plain: Annotated = [
        "message id": "3", "orderId": "7", "conId": "69067924", "symbol": "XAUUSD", "secType": "CMDTY",
        "lastTradeDateOrContractMonth": "", "strike": "", "right": "", "multiplier": "", "exchange": "SMART",
        "primaryExchange": "", "currency": "USD", "localSymbol": "", "tradingClass": "", "secIdType": "",
        "secId": "",
        "action": "BUY", "totalQuantity": "10", "orderType": "LMT", "lmtPrice": "4000.15", "auxPrice": "",
        "tif": "DAY",
        "ocaGroup": "", "account": "DU1234567", "openClose": "", "origin": "0", "orderRef": "t-42",
        "transmit": "1",
        "parentId": "0", "blockOrder": "0", "sweepToFill": "0", "displaySize": "0", "triggerMethod": "0",
        "outsideRth": "0", "hidden": "0", "shares allocation": "", "discretionaryAmt": "0",
        "goodAfterTime": "",
        "goodTillDate": "", "faGroup": "", "faMethod": "", "faPercentage": "", "modelCode": "",
        "shortSaleSlot": "0",
        "designatedLocation": "", "exemptCode": "-1", "ocaType": "0", "rule80A": "", "settlingFirm": "",
        "allOrNone": "0", "minQty": "", "percentOffset": "", "eTradeOnly": "0", "firmQuoteOnly": "0",
        "nbboPriceCap": "", "auctionStrategy": "0", "startingPrice": "", "stockRefPrice": "", "delta": "",
        "stockRangeLower": "", "stockRangeUpper": "", "overridePercentageConstraints": "0", "volatility": "",
        "volatilityType": "", "deltaNeutralOrderType": "", "deltaNeutralAuxPrice": "",
        "continuousUpdate": "0",
        "referencePriceType": "", "trailStopPrice": "", "trailingPercent": "", "scaleInitLevelSize": "",
        "scaleSubsLevelSize": "", "scalePriceIncrement": "", "scaleTable": "", "activeStartTime": "",
        "activeStopTime": "", "hedgeType": "", "optOutSmartRouting": "0", "clearingAccount": "",
        "clearingIntent": "",
        "notHeld": "0", "deltaNeutralContract present": "0", "algoStrategy": "", "algoId": "", "whatIf": "0",
        "orderMiscOptions": "", "solicited": "0", "randomizeSize": "0", "randomizePrice": "0",
        "conditionsCount": "0",
        "adjustedOrderType": "", "triggerPrice": "", "lmtPriceOffset": "", "adjustedStopPrice": "",
        "adjustedStopLimitPrice": "", "adjustedTrailingAmount": "", "adjustableTrailingUnit": "0",
        "extOperator": "",
        "softDollarTier.name": "", "softDollarTier.value": "", "cashQty": "", "mifid2DecisionMaker": "",
        "mifid2DecisionAlgo": "", "mifid2ExecutionTrader": "", "mifid2ExecutionAlgo": "",
        "dontUseAutoPriceForHedge": "0", "isOmsContainer": "0", "discretionaryUpToLimitPrice": "0",
        "usePriceMgmtAlgo": "", "duration": "", "postToAts": "", "autoCancelParent": "0",
        "advancedErrorOverride": "",
        "manualOrderTime": "",
    ]

    /// What follows at a version.
    static let tails: [Int32: Annotated] = [
        178: [:],
        187: [
            "customerAccount": "", "professionalCustomer": "0", "quote request text": "",
            "quote request number": "2147483647",
        ],
        189: [
            "customerAccount": "", "professionalCustomer": "0", "quote request text": "",
            "quote request number": "2147483647", "includeOvernight": "0",
        ],
        190: ["customerAccount": "", "professionalCustomer": "0", "includeOvernight": "0"],
        192: [
            "customerAccount": "", "professionalCustomer": "0", "includeOvernight": "0",
            "manualOrderIndicator": "",
        ],
        199: [
            "customerAccount": "", "professionalCustomer": "0", "includeOvernight": "0",
            "manualOrderIndicator": "",
            "imbalanceOnly": "0",
        ],
        200: [
            "customerAccount": "", "professionalCustomer": "0", "includeOvernight": "0",
            "manualOrderIndicator": "",
            "imbalanceOnly": "0",
        ],
    ]

    static var order: PlaceOrder {
        get throws {
            var message = PlaceOrder()
            message.orderID = 7
            message.contract.contractID = 69_067_924
            message.contract.symbol = "XAUUSD"
            message.contract.securityType = "CMDTY"
            message.contract.exchange = "SMART"
            message.contract.currency = "USD"
            message.order.action = "BUY"
            message.order.totalQuantity = try Quantity("10")
            message.order.orderType = "LMT"
            message.order.limitPrice = try Price("4000.15")
            message.order.timeInForce = "DAY"
            message.order.account = "DU1234567"
            message.order.reference = "t-42"
            return message
        }
    }

    @Test("a plain order", arguments: [178, 187, 189, 190, 192, 199, 200] as [Int32])
    func plainOrder(version: Int32) throws {
        let tail = try #require(Self.tails[version])
        let order = try Self.order
        #expect(VectorCheck(version, .client).difference(order, Self.plain + tail) == nil)
    }

    @Test("what IB's clients write for unset numbers is read as unset")
    func unsetForms() throws {
        let tail = try #require(Self.tails[200]).with("manualOrderIndicator", "2147483647")
        var fields = Self.plain + tail
        for name in ["triggerPrice", "lmtPriceOffset", "adjustedStopPrice", "cashQty"] {
            fields = fields.with(name, "1.7976931348623157e+308")
        }
        for name in ["duration", "postToAts", "minQty"] { fields = fields.with(name, "2147483647") }
        let order = try Self.order
        #expect(VectorCheck(200, .client).readDifference(order, fields) == nil)
    }

    @Test("a stop that trails, scaled, hedging and worked by an algorithm has the blocks that go with it")
    func blocks() throws {
        var message = try Self.order
        message.order.scale.priceIncrement = try Price("0.5")
        message.order.scale.initialLevelSize = 5
        message.order.scale.isPercentRandom = true
        message.order.hedge.type = "B"
        message.order.hedge.parameter = "beta=2"
        message.order.algorithm.strategy = "Adaptive"
        message.order.algorithm.parameters = [TagValue("adaptivePriority", "Urgent")]
        message.order.volatility.deltaNeutral.orderType = "MKT"
        message.order.volatility.deltaNeutral.contractID = 9
        message.order.deltaNeutralContract = DeltaNeutralContract()
        message.order.deltaNeutralContract?.contractID = 8
        message.order.deltaNeutralContract?.delta = 0.25
        message.order.deltaNeutralContract?.price = try Price("12.5")
        let expected = Self.plain
            .with("scaleInitLevelSize", "5").with("scalePriceIncrement", "0.5")
            .with("hedgeType", "B").with("algoStrategy", "Adaptive").with("deltaNeutralOrderType", "MKT")
            .with("deltaNeutralContract present", "1")
            .inserting(
                [
                    "deltaNeutralConId": "9", "deltaNeutralSettlingFirm": "",
                    "deltaNeutralClearingAccount": "",
                    "deltaNeutralClearingIntent": "", "deltaNeutralOpenClose": "",
                    "deltaNeutralShortSale": "0",
                    "deltaNeutralShortSaleSlot": "0", "deltaNeutralDesignatedLocation": "",
                ], behind: "deltaNeutralAuxPrice"
            )
            .inserting(
                [
                    "scalePriceAdjustValue": "", "scalePriceAdjustInterval": "", "scaleProfitOffset": "",
                    "scaleAutoReset": "0", "scaleInitPosition": "", "scaleInitFillQty": "",
                    "scaleRandomPercent": "1",
                ], behind: "scalePriceIncrement"
            )
            .inserting(["hedgeParam": "beta=2"], behind: "hedgeType")
            .inserting(
                ["conId": "8", "delta": "0.25", "price": "12.5"], behind: "deltaNeutralContract present"
            )
            .inserting(
                ["algoParamsCount": "1", "tag": "adaptivePriority", "value": "Urgent"], behind: "algoStrategy"
            )
        #expect(VectorCheck(178, .client).difference(message, expected) == nil)
    }

    @Test("a combination has its three lists, and nothing else has even their counts")
    func combination() throws {
        var message = try Self.order
        message.contract.securityType = "BAG"
        var leg = ComboLeg()
        leg.contractID = 11
        leg.ratio = 2
        leg.action = "SELL"
        leg.exchange = "COMEX"
        message.order.combination.legs = [leg]
        message.order.combination.legPrices = [OrderComboLeg()]
        message.order.combination.routingParameters = [TagValue("NonGuaranteed", "1")]
        let expected = Self.plain.with("secType", "BAG").inserting(
            [
                "comboLegsCount": "1", "conId": "11", "ratio": "2", "action": "SELL", "exchange": "COMEX",
                "openClose": "0", "shortSaleSlot": "0", "designatedLocation": "", "exemptCode": "-1",
                "orderComboLegsCount": "1", "price": "", "smartComboRoutingParamsCount": "1",
                "tag": "NonGuaranteed", "value": "1",
            ], behind: "hidden")
        #expect(VectorCheck(178, .client).difference(message, expected) == nil)
    }

    @Test("orders pegged to the best price, the middle and a benchmark have their fields")
    func pegs() throws {
        var message = try Self.order
        message.order.orderType = "PEG BEST"
        message.contract.exchange = "IBKRATS"
        message.order.pegs.minimumTradeQuantity = 3
        message.order.pegs.competeAgainstBestOffset = .upToMid
        message.order.pegs.midOffsetAtHalf = try Price("0.01")
        let best = Self.plain.with("orderType", "PEG BEST").with("exchange", "IBKRATS").inserting(
            [
                "minTradeQty": "3", "minCompeteSize": "", "competeAgainstBestOffset": "Infinity",
                "midOffsetAtWhole": "", "midOffsetAtHalf": "0.01",
            ], behind: "manualOrderTime")
        #expect(VectorCheck(178, .client).difference(message, best) == nil)

        message = try Self.order
        message.order.orderType = "PEG BEST"
        message.order.pegs.competeAgainstBestOffset = .offset(try Price("0.02"))
        let offset = Self.plain.with("orderType", "PEG BEST").inserting(
            ["minCompeteSize": "", "competeAgainstBestOffset": "0.02"], behind: "manualOrderTime")
        #expect(VectorCheck(178, .client).difference(message, offset) == nil)

        message = try Self.order
        message.order.orderType = "PEG MID"
        let middle = Self.plain.with("orderType", "PEG MID").inserting(
            ["midOffsetAtWhole": "", "midOffsetAtHalf": ""], behind: "manualOrderTime")
        #expect(VectorCheck(178, .client).difference(message, middle) == nil)

        message = try Self.order
        message.order.orderType = "PEG BENCH"
        message.order.benchmark.referenceContractID = 5
        let benchmark = Self.plain.with("orderType", "PEG BENCH").inserting(
            [
                "referenceContractId": "5", "isPeggedChangeAmountDecrease": "0", "peggedChangeAmount": "0",
                "referenceChangeAmount": "0", "referenceExchangeId": "",
            ], behind: "randomizePrice")
        #expect(VectorCheck(178, .client).difference(message, benchmark) == nil)
    }

    @Test("every kind of condition")
    func conditions() throws {
        var price = PriceTest()
        price.isMore = true
        price.price = try Price("4100.5")
        price.contractID = 1
        price.exchange = "SMART"
        price.triggerMethod = 4
        var time = TimeTest()
        time.time = "20261122 14:30:00 UTC"
        var margin = MarginTest()
        margin.percent = try Quantity("30")
        var execution = ExecutionTest()
        execution.securityType = "STK"
        execution.exchange = "SMART"
        execution.symbol = "IBM"
        var volume = VolumeTest()
        volume.volume = 3_000_000_000
        volume.contractID = 2
        volume.exchange = "NYSE"
        var change = PercentChangeTest()
        change.changePercent = 2.5
        change.contractID = 3
        change.exchange = "NYSE"
        var message = try Self.order
        message.order.conditions.list = [
            OrderCondition(.price(price)), OrderCondition(.time(time), isAlternative: true),
            OrderCondition(.margin(margin)), OrderCondition(.execution(execution)),
            OrderCondition(.volume(volume)),
            OrderCondition(.percentChange(change)),
        ]
        message.order.conditions.cancelsOrder = true
        let expected = Self.plain.with("conditionsCount", "6").inserting(
            [
                "type": "1", "connector": "a", "isMore": "1", "price": "4100.5", "conId": "1",
                "exchange": "SMART",
                "triggerMethod": "4", "type 2": "3", "connector 2": "o", "isMore 2": "0",
                "time": "20261122 14:30:00 UTC", "type 3": "4", "connector 3": "a", "isMore 3": "0",
                "percent": "30",
                "type 4": "5", "connector 4": "a", "secType": "STK", "exchange 4": "SMART", "symbol": "IBM",
                "type 5": "6", "connector 5": "a", "isMore 5": "0", "volume": "3000000000", "conId 5": "2",
                "exchange 5": "NYSE", "type 6": "7", "connector 6": "a", "isMore 6": "0",
                "changePercent": "2.5",
                "conId 6": "3", "exchange 6": "NYSE", "conditionsIgnoreRth": "0",
                "conditionsCancelOrder": "1",
            ], behind: "conditionsCount")
        #expect(VectorCheck(178, .client).difference(message, expected) == nil)
    }
}

extension Annotated {
    /// The same with more fields behind the first one of that name.
    func inserting(_ more: Annotated, behind name: String) -> Annotated {
        guard let index = fields.firstIndex(where: { $0.name == name }) else { return self }
        var longer = self
        longer.fields.insert(contentsOf: more.fields, at: index + 1)
        return longer
    }
}
