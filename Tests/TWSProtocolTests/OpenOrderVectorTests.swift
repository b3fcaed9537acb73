import Testing
import TradingModel

@testable import TWSProtocol

@Suite("Reports of orders, byte for byte")
struct OpenOrderVectorTests {
    /// A plain order as a gateway reports it, up to the commission's currency.
    static let plain: Annotated = [
        "message id": "5", "orderId": "7", "conId": "69067924", "symbol": "XAUUSD", "secType": "CMDTY",
        "lastTradeDateOrContractMonth": "", "strike": "0.0", "right": "?", "multiplier": "",
        "exchange": "SMART",
        "currency": "USD", "localSymbol": "XAUUSD", "tradingClass": "XAUUSD", "action": "BUY",
        "totalQuantity": "10",
        "orderType": "LMT", "lmtPrice": "4000.15", "auxPrice": "0.0", "tif": "DAY", "ocaGroup": "",
        "account": "DU1234567", "openClose": "", "origin": "0", "orderRef": "t-42", "clientId": "1",
        "permId": "1234567890123", "outsideRth": "0", "hidden": "0", "discretionaryAmt": "0.0",
        "goodAfterTime": "",
        "shares allocation": "1234567890123.0/DU1234567/100", "faGroup": "", "faMethod": "",
        "faPercentage": "",
        "modelCode": "", "goodTillDate": "", "rule80A": "", "percentOffset": unset, "settlingFirm": "",
        "shortSaleSlot": "0", "designatedLocation": "", "exemptCode": "-1", "auctionStrategy": "0",
        "startingPrice": unset, "stockRefPrice": unset, "delta": unset, "stockRangeLower": unset,
        "stockRangeUpper": unset, "displaySize": "", "blockOrder": "0", "sweepToFill": "0", "allOrNone": "0",
        "minQty": "", "ocaType": "3", "eTradeOnly": "0", "firmQuoteOnly": "0", "nbboPriceCap": unset,
        "parentId": "0", "triggerMethod": "0", "volatility": unset, "volatilityType": "0",
        "deltaNeutralOrderType": "None", "deltaNeutralAuxPrice": unset, "deltaNeutralConId": "0",
        "deltaNeutralSettlingFirm": "", "deltaNeutralClearingAccount": "", "deltaNeutralClearingIntent": "",
        "deltaNeutralOpenClose": "?", "deltaNeutralShortSale": "0", "deltaNeutralShortSaleSlot": "0",
        "deltaNeutralDesignatedLocation": "", "continuousUpdate": "0", "referencePriceType": "0",
        "trailStopPrice": unset, "trailingPercent": unset, "basisPoints": unset, "basisPointsType": "",
        "comboLegsDescrip": "", "comboLegsCount": "0", "orderComboLegsCount": "0",
        "smartComboRoutingParamsCount": "0",
        "scaleInitLevelSize": "", "scaleSubsLevelSize": "", "scalePriceIncrement": unset, "hedgeType": "",
        "optOutSmartRouting": "0", "clearingAccount": "", "clearingIntent": "IB", "notHeld": "0",
        "deltaNeutralContract present": "0", "algoStrategy": "", "solicited": "0", "whatIf": "0",
        "status": "PreSubmitted", "initMarginBefore": unset, "maintMarginBefore": unset,
        "equityWithLoanBefore": unset,
        "initMarginChange": unset, "maintMarginChange": unset, "equityWithLoanChange": unset,
        "initMarginAfter": unset,
        "maintMarginAfter": unset, "equityWithLoanAfter": unset, "commissionAndFees": unset,
        "minCommissionAndFees": unset, "maxCommissionAndFees": unset, "commissionAndFeesCurrency": "",
    ]

    static let unset = "1.7976931348623157E308"

    /// Fields 107 to 119, from 195.
    static let preview: Annotated = [
        "marginCurrency": "USD", "initMarginBeforeOutsideRTH": "1", "maintMarginBeforeOutsideRTH": "2",
        "equityWithLoanBeforeOutsideRTH": "3", "initMarginChangeOutsideRTH": "4",
        "maintMarginChangeOutsideRTH": "5",
        "equityWithLoanChangeOutsideRTH": "6", "initMarginAfterOutsideRTH": "7",
        "maintMarginAfterOutsideRTH": "8",
        "equityWithLoanAfterOutsideRTH": "9", "suggestedSize": "5", "rejectReason": "none",
        "orderAllocationsCount": "1", "account": "DU1", "position": "1", "positionDesired": "2",
        "positionAfter": "3",
        "desiredAllocQty": "4", "allowedAllocQty": "", "isMonetary": "1",
    ]

    /// Fields 120 to 147.
    static let end: Annotated = [
        "warningText": "", "randomizeSize": "0", "randomizePrice": "0", "conditionsCount": "0",
        "adjustedOrderType": "None", "triggerPrice": unset, "trailStopPrice again": "4001.15",
        "lmtPriceOffset": unset,
        "adjustedStopPrice": unset, "adjustedStopLimitPrice": unset, "adjustedTrailingAmount": unset,
        "adjustableTrailingUnit": "0", "softDollarTier.name": "", "softDollarTier.value": "",
        "softDollarTier.displayName": "", "cashQty": "0.0", "dontUseAutoPriceForHedge": "1",
        "isOmsContainer": "0",
        "discretionaryUpToLimitPrice": "0", "usePriceMgmtAlgo": "0", "duration": "", "postToAts": "",
        "autoCancelParent": "0", "minTradeQty": "", "minCompeteSize": "", "competeAgainstBestOffset": unset,
        "midOffsetAtWhole": unset, "midOffsetAtHalf": unset,
    ]

    /// Fields from 148 on, at a version.
    static let tails: [Int32: Annotated] = [
        178: [:],
        195: [
            "customerAccount": "C", "professionalCustomer": "1", "bondAccruedInterest": "",
            "includeOvernight": "1",
            "extOperator": "op", "manualOrderIndicator": "0",
        ],
        200: [
            "customerAccount": "C", "professionalCustomer": "1", "bondAccruedInterest": "",
            "includeOvernight": "1",
            "extOperator": "op", "manualOrderIndicator": "0", "submitter": "me", "imbalanceOnly": "1",
        ],
    ]

    static func order(_ version: Int32) throws -> OpenOrder {
        var message = OpenOrder()
        message.orderID = 7
        message.clientID = 1
        message.permanentID = 1_234_567_890_123
        message.contract = try contract
        message.order = try reported
        message.order.conditions = OrderConditions()
        message.sharesAllocation = "1234567890123.0/DU1234567/100"
        message.state.status = "PreSubmitted"
        for part in [\MarginChange.before, \.change, \.after] {
            message.state.initialMargin[keyPath: part] = unset
            message.state.maintenanceMargin[keyPath: part] = unset
            message.state.equityWithLoan[keyPath: part] = unset
        }
        if version >= 195 { message.state.preview = try filledPreview }
        guard version >= 189 else { return message }
        message.order.clearing.customerAccount = "C"
        message.order.clearing.isProfessionalCustomer = true
        message.order.includesOvernight = true
        message.order.tagging.externalOperator = "op"
        message.order.tagging.manualOrderIndicator = 0
        guard version >= 199 else { return message }
        message.submitter = "me"
        message.order.isImbalanceOnly = true
        return message
    }

    static var contract: Contract {
        get throws {
            var contract = try PlaceOrderVectorTests.order.contract
            contract.strike = .zero
            contract.right = "?"
            contract.localSymbol = "XAUUSD"
            contract.tradingClass = "XAUUSD"
            return contract
        }
    }

    /// The order of the other tests, as a gateway fills it up.
    static var reported: Order {
        get throws {
            var order = try PlaceOrderVectorTests.order.order
            order.auxiliaryPrice = .zero
            order.displaySize = nil
            order.oneCancelsAll.type = 3
            order.volatility.type = 0
            order.volatility.referencePriceType = 0
            order.volatility.deltaNeutral.orderType = "None"
            order.volatility.deltaNeutral.openClose = "?"
            order.clearing.intent = "IB"
            order.adjustment.orderType = "None"
            order.trail.stopPrice = try Price("4001.15")
            order.cashQuantity = .zero
            order.hedge.usesNoAutomaticPrice = true
            order.priceManagement = 0
            return order
        }
    }

    static var filledPreview: OrderPreview {
        get throws {
            var preview = OrderPreview()
            preview.marginCurrency = "USD"
            (preview.initialMargin.before, preview.maintenanceMargin.before) = ("1", "2")
            (preview.equityWithLoan.before, preview.initialMargin.change) = ("3", "4")
            (preview.maintenanceMargin.change, preview.equityWithLoan.change) = ("5", "6")
            (preview.initialMargin.after, preview.maintenanceMargin.after) = ("7", "8")
            preview.equityWithLoan.after = "9"
            preview.suggestedSize = try Quantity("5")
            preview.rejectionReason = "none"
            var allocation = OrderAllocation()
            allocation.account = "DU1"
            allocation.position = try Quantity("1")
            allocation.positionDesired = try Quantity("2")
            allocation.positionAfter = try Quantity("3")
            allocation.desiredQuantity = try Quantity("4")
            allocation.isMonetary = true
            preview.allocations = [allocation]
            return preview
        }
    }

    @Test("an open order, with the block that the word None brings", arguments: [178, 195, 200] as [Int32])
    func openOrder(version: Int32) throws {
        // Our writer says the stop twice; a gateway says it the second time only.
        let sent = Self.plain.with("trailStopPrice", "4001.15") + (version >= 195 ? Self.preview : [:])
        let expected = sent + Self.end + (try #require(Self.tails[version]))
        let order = try Self.order(version)
        #expect(VectorCheck(version, .gateway).difference(order, expected) == nil)
        #expect(
            VectorCheck(version, .gateway).readDifference(order, expected.with("trailStopPrice", Self.unset))
                == nil)
    }

    @Test("without a type for delta neutral, eight fields are not there")
    func withoutBlock() throws {
        var order = try Self.order(178)
        order.order.volatility.deltaNeutral = DeltaNeutralOrder()
        var expected =
            Self.plain.with("trailStopPrice", "4001.15").with("deltaNeutralOrderType", "") + Self.end
        let block = expected.fields.firstIndex { $0.name == "deltaNeutralConId" }
        let first = try #require(block)
        expected.fields.removeSubrange(first..<(first + 8))
        #expect(VectorCheck(178, .gateway).difference(order, expected) == nil)
    }

    @Test("an order that is done, with the four fields that None brings here")
    func completedOrder() throws {
        let expected: Annotated = [
            "message id": "101", "conId": "69067924", "symbol": "XAUUSD", "secType": "CMDTY",
            "lastTradeDateOrContractMonth": "", "strike": "0.0", "right": "?", "multiplier": "",
            "exchange": "SMART",
            "currency": "USD", "localSymbol": "XAUUSD", "tradingClass": "XAUUSD", "action": "BUY",
            "totalQuantity": "10", "orderType": "LMT", "lmtPrice": "4000.15", "auxPrice": "0.0", "tif": "DAY",
            "ocaGroup": "", "account": "DU1234567", "openClose": "", "origin": "0", "orderRef": "t-42",
            "permId": "1234567890123", "outsideRth": "0", "hidden": "0", "discretionaryAmt": "0.0",
            "goodAfterTime": "", "faGroup": "", "faMethod": "", "faPercentage": "", "modelCode": "",
            "goodTillDate": "", "rule80A": "", "percentOffset": Self.unset, "settlingFirm": "",
            "shortSaleSlot": "0",
            "designatedLocation": "", "exemptCode": "-1", "startingPrice": Self.unset,
            "stockRefPrice": Self.unset,
            "delta": Self.unset, "stockRangeLower": Self.unset, "stockRangeUpper": Self.unset,
            "displaySize": "",
            "sweepToFill": "0", "allOrNone": "0", "minQty": "", "ocaType": "3", "triggerMethod": "0",
            "volatility": Self.unset, "volatilityType": "0", "deltaNeutralOrderType": "None",
            "deltaNeutralAuxPrice": Self.unset, "deltaNeutralConId": "0", "deltaNeutralShortSale": "0",
            "deltaNeutralShortSaleSlot": "0", "deltaNeutralDesignatedLocation": "", "continuousUpdate": "0",
            "referencePriceType": "0", "trailStopPrice": "4001.15", "trailingPercent": Self.unset,
            "comboLegsDescrip": "", "comboLegsCount": "0", "orderComboLegsCount": "0",
            "smartComboRoutingParamsCount": "0", "scaleInitLevelSize": "", "scaleSubsLevelSize": "",
            "scalePriceIncrement": Self.unset, "hedgeType": "", "clearingAccount": "", "clearingIntent": "IB",
            "notHeld": "0", "deltaNeutralContract present": "0", "algoStrategy": "", "solicited": "0",
            "status": "Filled", "randomizeSize": "0", "randomizePrice": "0", "conditionsCount": "0",
            "trailStopPrice again": "4001.15", "lmtPriceOffset": Self.unset, "cashQty": "0.0",
            "dontUseAutoPriceForHedge": "1", "isOmsContainer": "0", "autoCancelDate": "",
            "filledQuantity": "10",
            "refFuturesConId": "0", "autoCancelParent": "0",
            "shareholder": "Not an insider or substantial shareholder",
            "imbalanceOnly": "0", "routeMarketableToBbo": "0", "parentPermId": "0",
            "completedTime": "20261122-14:30:00", "completedStatus": "Filled Size: 10", "minTradeQty": "",
            "minCompeteSize": "", "competeAgainstBestOffset": Self.unset, "midOffsetAtWhole": Self.unset,
            "midOffsetAtHalf": Self.unset, "customerAccount": "", "professionalCustomer": "0",
            "submitter": "me",
        ]
        var message = CompletedOrder()
        message.permanentID = 1_234_567_890_123
        message.contract = try Self.contract
        message.order = try Self.reported
        // What this message does not say of an order.
        message.order.volatility.deltaNeutral.openClose = ""
        message.order.adjustment = OrderAdjustment()
        message.order.priceManagement = nil
        message.status = "Filled"
        message.filledQuantity = try Quantity("10")
        message.shareholder = "Not an insider or substantial shareholder"
        message.completedTime = "20261122-14:30:00"
        message.completedStatus = "Filled Size: 10"
        message.submitter = "me"
        #expect(VectorCheck(200, .gateway).difference(message, expected) == nil)
        #expect(message.known == .filled)
    }
}
