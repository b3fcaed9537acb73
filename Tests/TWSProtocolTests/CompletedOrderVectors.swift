import TradingModel

@testable import TWSProtocol

/// Section 6.3 of the reference: every field that is a number or a text says something else than
/// all others, and one flag at a time is set.
extension MessageVector {
    static let completedOrders: [MessageVector] =
        [completedOrder(nil)] + completedOrderFlags.map { completedOrder($0) } + completedOrdersWithout

    /// Without a contract that is neutral, and without a condition.
    private static let completedOrdersWithout: [MessageVector] = [
        gateway(CompletedOrder.self, [198, 200], completedOrderFields.withoutNeutralContract) {
            $0 = try completedOrderMessage()
            $0.order.deltaNeutralContract = nil
        },
        gateway(CompletedOrder.self, [198, 200], completedOrderFields.withoutCondition) {
            $0 = try completedOrderMessage()
            $0.order.conditions.list = []
        },
    ]

    private static func completedOrder(_ flag: Flag<CompletedOrder>?) -> MessageVector {
        let fields = flag.map { completedOrderFields.with($0.name, "1") } ?? completedOrderFields
        return gateway(CompletedOrder.self, [198, 200], fields) {
            $0 = try completedOrderMessage()
            flag?.set(&$0)
        }
    }

    private static let completedOrderFields: Annotated =
        ["id": "101"] + .contract11 + [
            "action": "action", "totalQuantity": "1002.5", "orderType": "PEG BENCH", "lmtPrice": "1004.5",
            "auxPrice": "1005.5", "tif": "tif", "ocaGroup": "ocaGroup", "account": "DU1234567",
            "openClose": "openClose", "origin": "1010", "orderRef": "orderRef", "permId": "1012000111222",
            "outsideRth": "0", "hidden": "0", "discretionaryAmt": "1015.5",
            "goodAfterTime": "goodAfterTime", "faGroup": "faGroup", "faMethod": "faMethod",
            "faPercentage": "faPercentage", "modelCode": "modelCode", "goodTillDate": "goodTillDate",
            "rule80A": "rule80A", "percentOffset": "1023.5", "settlingFirm": "settlingFirm",
            "shortSaleSlot": "1025", "designatedLocation": "designatedLocation", "exemptCode": "1027",
            "startingPrice": "1028.5", "stockRefPrice": "1029.5", "delta": "1030.5",
            "stockRangeLower": "1031.5", "stockRangeUpper": "1032.5", "displaySize": "1033",
            "sweepToFill": "0", "allOrNone": "0", "minQty": "1036", "ocaType": "1037",
            "triggerMethod": "1038", "volatility": "1039.5", "volatilityType": "1040",
            "deltaNeutralOrderType": "deltaNeutralOrderType", "deltaNeutralAuxPrice": "1042.5",
            "deltaNeutralConId": "1043", "deltaNeutralShortSale": "0", "deltaNeutralShortSaleSlot": "1045",
            "deltaNeutralDesignatedLocation": "deltaNeutralDesignatedLocation", "continuousUpdate": "0",
            "referencePriceType": "1048", "unused trailStopPrice": "1132.5", "trailingPercent": "1050.5",
            "comboLegsDescrip": "comboLegsDescrip", "comboLegsCount": "2", "leg conId 1": "1053",
            "leg ratio 1": "1054", "leg action 1": "leg action 1", "leg exchange 1": "leg exchange 1",
            "leg openClose 1": "1057", "leg shortSaleSlot 1": "1058",
            "leg designatedLocation 1": "leg designatedLocation 1", "leg exemptCode 1": "1060",
            "leg conId 2": "1061", "leg ratio 2": "1062", "leg action 2": "leg action 2",
            "leg exchange 2": "leg exchange 2", "leg openClose 2": "1065", "leg shortSaleSlot 2": "1066",
            "leg designatedLocation 2": "leg designatedLocation 2", "leg exemptCode 2": "1068",
            "orderComboLegsCount": "3", "leg price 1": "1070.5", "leg price 2": "1071.5",
            "leg price 3": "1072.5", "smartComboRoutingParamsCount": "4", "routing tag 1": "routing tag 1",
            "routing value 1": "routing value 1", "routing tag 2": "routing tag 2",
            "routing value 2": "routing value 2", "routing tag 3": "routing tag 3",
            "routing value 3": "routing value 3", "routing tag 4": "routing tag 4",
            "routing value 4": "routing value 4", "scaleInitLevelSize": "1082",
            "scaleSubsLevelSize": "1083", "scalePriceIncrement": "1084.5",
            "scalePriceAdjustValue": "1085.5", "scalePriceAdjustInterval": "1086",
            "scaleProfitOffset": "1087.5", "scaleAutoReset": "0", "scaleInitPosition": "1089",
            "scaleInitFillQty": "1090", "scaleRandomPercent": "0", "hedgeType": "hedgeType",
            "hedgeParam": "hedgeParam", "clearingAccount": "clearingAccount",
            "clearingIntent": "clearingIntent", "notHeld": "0", "deltaNeutralContract present": "1",
            "neutral conId": "1098", "neutral delta": "1099.5", "neutral price": "1100.5",
            "algoStrategy": "algoStrategy", "algoParamsCount": "6", "algo tag 1": "algo tag 1",
            "algo value 1": "algo value 1", "algo tag 2": "algo tag 2", "algo value 2": "algo value 2",
            "algo tag 3": "algo tag 3", "algo value 3": "algo value 3", "algo tag 4": "algo tag 4",
            "algo value 4": "algo value 4", "algo tag 5": "algo tag 5", "algo value 5": "algo value 5",
            "algo tag 6": "algo tag 6", "algo value 6": "algo value 6", "solicited": "0",
            "status": "status", "randomizeSize": "0", "randomizePrice": "0", "referenceContractId": "1119",
            "isPeggedChangeAmountDecrease": "0", "peggedChangeAmount": "1121.5",
            "referenceChangeAmount": "1122.5", "referenceExchangeId": "referenceExchangeId",
            "conditionsCount": "1", "condition type": "5", "connector": "o",
            "condition secType": "condition secType", "condition exchange": "condition exchange",
            "condition symbol": "condition symbol", "conditionsIgnoreRth": "0",
            "conditionsCancelOrder": "0", "trailStopPrice": "1132.5", "lmtPriceOffset": "1133.5",
            "cashQty": "1134.5", "dontUseAutoPriceForHedge": "0", "isOmsContainer": "0",
            "autoCancelDate": "autoCancelDate", "filledQuantity": "1138.5", "refFuturesConId": "1139",
            "autoCancelParent": "0", "shareholder": "shareholder", "imbalanceOnly": "0",
            "routeMarketableToBbo": "0", "parentPermId": "1144000111222", "completedTime": "completedTime",
            "completedStatus": "completedStatus", "minTradeQty": "1147", "minCompeteSize": "1148",
            "competeAgainstBestOffset": "1149.5", "midOffsetAtWhole": "1150.5",
            "midOffsetAtHalf": "1151.5", "customerAccount": "customerAccount", "professionalCustomer": "0",
            "submitter": "submitter",
        ]

    private static let completedOrderFlags: [Flag<CompletedOrder>] = [
        Flag("outsideRth") { $0.order.isOutsideRegularHours = true },
        Flag("hidden") { $0.order.isHidden = true },
        Flag("sweepToFill") { $0.order.sweepsToFill = true },
        Flag("allOrNone") { $0.order.isAllOrNone = true },
        Flag("deltaNeutralShortSale") { $0.order.volatility.deltaNeutral.isShortSale = true },
        Flag("continuousUpdate") { $0.order.volatility.isContinuouslyUpdated = true },
        Flag("scaleAutoReset") { $0.order.scale.isAutoReset = true },
        Flag("scaleRandomPercent") { $0.order.scale.isPercentRandom = true },
        Flag("notHeld") { $0.order.isNotHeld = true },
        Flag("solicited") { $0.order.isSolicited = true },
        Flag("randomizeSize") { $0.order.randomizesSize = true },
        Flag("randomizePrice") { $0.order.randomizesPrice = true },
        Flag("isPeggedChangeAmountDecrease") { $0.order.benchmark.isChangeDecrease = true },
        Flag("conditionsIgnoreRth") { $0.order.conditions.ignoresRegularHours = true },
        Flag("conditionsCancelOrder") { $0.order.conditions.cancelsOrder = true },
        Flag("dontUseAutoPriceForHedge") { $0.order.hedge.usesNoAutomaticPrice = true },
        Flag("isOmsContainer") { $0.order.isContainer = true },
        Flag("autoCancelParent") { $0.order.cancelsParent = true },
        Flag("imbalanceOnly") { $0.order.isImbalanceOnly = true },
        Flag("routeMarketableToBbo") { $0.isRoutedToBestPrice = true },
        Flag("professionalCustomer") { $0.order.clearing.isProfessionalCustomer = true },
    ]

    private static func completedOrderMessage() throws -> CompletedOrder {
        var message = CompletedOrder()
        message.contract = try .reportedOption()
        try completedOrderPart1(&message)
        try completedOrderPart2(&message)
        try completedOrderPart3(&message)
        try completedOrderPart4(&message)
        try completedOrderLists(&message.order)
        return message
    }

    private static func completedOrderPart1(_ message: inout CompletedOrder) throws {
        message.order.action = "action"
        message.order.totalQuantity = try Quantity("1002.5")
        message.order.orderType = "PEG BENCH"
        message.order.limitPrice = try Price("1004.5")
        message.order.auxiliaryPrice = try Price("1005.5")
        message.order.timeInForce = "tif"
        message.order.oneCancelsAll.group = "ocaGroup"
        message.order.account = "DU1234567"
        message.order.clearing.openClose = "openClose"
        message.order.clearing.origin = 1_010
        message.order.reference = "orderRef"
        message.permanentID = 1_012_000_111_222
        message.order.discretionaryAmount = try Price("1015.5")
        message.order.goodAfterTime = "goodAfterTime"
        message.order.advisor.group = "faGroup"
        message.order.advisor.method = "faMethod"
        message.order.advisor.percentage = "faPercentage"
        message.order.advisor.modelCode = "modelCode"
        message.order.goodTillDate = "goodTillDate"
        message.order.clearing.rule80A = "rule80A"
        message.order.percentOffset = 1_023.5
        message.order.clearing.settlingFirm = "settlingFirm"
        message.order.shortSale.slot = 1_025
        message.order.shortSale.designatedLocation = "designatedLocation"
    }

    private static func completedOrderPart2(_ message: inout CompletedOrder) throws {
        message.order.shortSale.exemptCode = 1_027
        message.order.box.startingPrice = try Price("1028.5")
        message.order.box.stockReferencePrice = try Price("1029.5")
        message.order.box.delta = 1_030.5
        message.order.box.stockRangeLower = try Price("1031.5")
        message.order.box.stockRangeUpper = try Price("1032.5")
        message.order.displaySize = 1_033
        message.order.minimumQuantity = 1_036
        message.order.oneCancelsAll.type = 1_037
        message.order.triggerMethod = 1_038
        message.order.volatility.volatility = 1_039.5
        message.order.volatility.type = 1_040
        message.order.volatility.deltaNeutral.orderType = "deltaNeutralOrderType"
        message.order.volatility.deltaNeutral.auxiliaryPrice = try Price("1042.5")
        message.order.volatility.deltaNeutral.contractID = 1_043
        message.order.volatility.deltaNeutral.shortSaleSlot = 1_045
        message.order.volatility.deltaNeutral.designatedLocation = "deltaNeutralDesignatedLocation"
        message.order.volatility.referencePriceType = 1_048
        message.order.trail.percent = 1_050.5
        message.order.combination.description = "comboLegsDescrip"
        message.order.scale.initialLevelSize = 1_082
        message.order.scale.subsequentLevelSize = 1_083
        message.order.scale.priceIncrement = try Price("1084.5")
        message.order.scale.priceAdjustValue = try Price("1085.5")
    }

    private static func completedOrderPart3(_ message: inout CompletedOrder) throws {
        message.order.scale.priceAdjustInterval = 1_086
        message.order.scale.profitOffset = try Price("1087.5")
        message.order.scale.initialPosition = 1_089
        message.order.scale.initialFillQuantity = 1_090
        message.order.hedge.type = "hedgeType"
        message.order.hedge.parameter = "hedgeParam"
        message.order.clearing.account = "clearingAccount"
        message.order.clearing.intent = "clearingIntent"
        message.order.algorithm.strategy = "algoStrategy"
        message.status = "status"
        message.order.benchmark.referenceContractID = 1_119
        message.order.benchmark.changeAmount = try Price("1121.5")
        message.order.benchmark.referenceChangeAmount = try Price("1122.5")
        message.order.benchmark.referenceExchange = "referenceExchangeId"
        message.order.trail.stopPrice = try Price("1132.5")
        message.order.adjustment.limitPriceOffset = try Price("1133.5")
        message.order.cashQuantity = Money(try Price("1134.5"))
        message.autoCancelDate = "autoCancelDate"
        message.filledQuantity = try Quantity("1138.5")
        message.referenceFuturesContractID = 1_139
        message.shareholder = "shareholder"
        message.parentPermanentID = 1_144_000_111_222
        message.completedTime = "completedTime"
        message.completedStatus = "completedStatus"
    }

    private static func completedOrderPart4(_ message: inout CompletedOrder) throws {
        message.order.pegs.minimumTradeQuantity = 1_147
        message.order.pegs.minimumCompeteSize = 1_148
        message.order.pegs.competeAgainstBestOffset = .offset(try Price("1149.5"))
        message.order.pegs.midOffsetAtWhole = try Price("1150.5")
        message.order.pegs.midOffsetAtHalf = try Price("1151.5")
        message.order.clearing.customerAccount = "customerAccount"
        message.submitter = "submitter"
    }

    private static func completedOrderLists(_ order: inout Order) throws {
        var first = ComboLeg()
        first.contractID = 1_053
        first.ratio = 1_054
        first.action = "leg action 1"
        first.exchange = "leg exchange 1"
        first.openClose = 1_057
        first.shortSaleSlot = 1_058
        first.designatedLocation = "leg designatedLocation 1"
        first.exemptCode = 1_060
        var second = ComboLeg()
        second.contractID = 1_061
        second.ratio = 1_062
        second.action = "leg action 2"
        second.exchange = "leg exchange 2"
        second.openClose = 1_065
        second.shortSaleSlot = 1_066
        second.designatedLocation = "leg designatedLocation 2"
        second.exemptCode = 1_068
        order.combination.legs = [first, second]
        order.combination.legPrices = try ["1070.5", "1071.5", "1072.5"].map {
            var leg = OrderComboLeg()
            leg.price = try Price($0)
            return leg
        }
        order.combination.routingParameters = [
            TagValue("routing tag 1", "routing value 1"), TagValue("routing tag 2", "routing value 2"),
            TagValue("routing tag 3", "routing value 3"), TagValue("routing tag 4", "routing value 4"),
        ]
        order.algorithm.parameters = [
            TagValue("algo tag 1", "algo value 1"), TagValue("algo tag 2", "algo value 2"),
            TagValue("algo tag 3", "algo value 3"), TagValue("algo tag 4", "algo value 4"),
            TagValue("algo tag 5", "algo value 5"), TagValue("algo tag 6", "algo value 6"),
        ]
        var neutral = DeltaNeutralContract()
        neutral.contractID = 1_098
        neutral.delta = 1_099.5
        neutral.price = try Price("1100.5")
        order.deltaNeutralContract = neutral
        var execution = ExecutionTest()
        execution.securityType = "condition secType"
        execution.exchange = "condition exchange"
        execution.symbol = "condition symbol"
        order.conditions.list = [OrderCondition(.execution(execution), isAlternative: true)]
    }
}
