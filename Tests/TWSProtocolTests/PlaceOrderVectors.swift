import TradingModel

@testable import TWSProtocol

/// Section 5.1 of the reference: every field that is a number or a text says something else than
/// all others, and one flag at a time is set.
extension MessageVector {
    static let placeOrders: [MessageVector] =
        [placeOrder(nil)] + placeOrderFlags.map { placeOrder($0) } + placeOrdersWithout

    /// Without a contract that is neutral, and without a condition.
    private static let placeOrdersWithout: [MessageVector] = [
        client(PlaceOrder.self, [199, 200], placeOrderFields.withoutNeutralContract) {
            $0 = try placeOrderMessage()
            $0.order.deltaNeutralContract = nil
        },
        client(PlaceOrder.self, [199, 200], placeOrderFields.withoutCondition) {
            $0 = try placeOrderMessage()
            $0.order.conditions.list = []
        },
    ]

    private static func placeOrder(_ flag: Flag<PlaceOrder>?) -> MessageVector {
        let fields = flag.map { placeOrderFields.with($0.name, "1") } ?? placeOrderFields
        return client(PlaceOrder.self, [199, 200], fields) {
            $0 = try placeOrderMessage()
            flag?.set(&$0)
        }
    }

    private static let placeOrderFields: Annotated =
        ["id": "3", "orderId": "7"] + .contract12.with("secType", "BAG").with("exchange", "IBKRATS") + [
            "secIdType": "secIdType", "secId": "secId", "action": "action", "totalQuantity": "1004.5",
            "orderType": "PEG BENCH", "lmtPrice": "1006.5", "auxPrice": "1007.5", "tif": "tif",
            "ocaGroup": "ocaGroup", "account": "DU1234567", "openClose": "openClose", "origin": "1012",
            "orderRef": "orderRef", "transmit": "0", "parentId": "1015", "blockOrder": "0",
            "sweepToFill": "0", "displaySize": "1018", "triggerMethod": "1019", "outsideRth": "0",
            "hidden": "0", "comboLegsCount": "2", "leg conId 1": "1023", "leg ratio 1": "1024",
            "leg action 1": "leg action 1", "leg exchange 1": "leg exchange 1", "leg openClose 1": "1027",
            "leg shortSaleSlot 1": "1028", "leg designatedLocation 1": "leg designatedLocation 1",
            "leg exemptCode 1": "1030", "leg conId 2": "1031", "leg ratio 2": "1032",
            "leg action 2": "leg action 2", "leg exchange 2": "leg exchange 2", "leg openClose 2": "1035",
            "leg shortSaleSlot 2": "1036", "leg designatedLocation 2": "leg designatedLocation 2",
            "leg exemptCode 2": "1038", "orderComboLegsCount": "3", "leg price 1": "1040.5",
            "leg price 2": "1041.5", "leg price 3": "1042.5", "smartComboRoutingParamsCount": "4",
            "routing tag 1": "routing tag 1", "routing value 1": "routing value 1",
            "routing tag 2": "routing tag 2", "routing value 2": "routing value 2",
            "routing tag 3": "routing tag 3", "routing value 3": "routing value 3",
            "routing tag 4": "routing tag 4", "routing value 4": "routing value 4",
            "unused shares allocation": "", "discretionaryAmt": "1053.5", "goodAfterTime": "goodAfterTime",
            "goodTillDate": "goodTillDate", "faGroup": "faGroup", "faMethod": "faMethod",
            "faPercentage": "faPercentage", "modelCode": "modelCode", "shortSaleSlot": "1060",
            "designatedLocation": "designatedLocation", "exemptCode": "1062", "ocaType": "1063",
            "rule80A": "rule80A", "settlingFirm": "settlingFirm", "allOrNone": "0", "minQty": "1067",
            "percentOffset": "1068.5", "eTradeOnly": "0", "firmQuoteOnly": "0", "nbboPriceCap": "1071.5",
            "auctionStrategy": "1072", "startingPrice": "1073.5", "stockRefPrice": "1074.5",
            "delta": "1075.5", "stockRangeLower": "1076.5", "stockRangeUpper": "1077.5",
            "overridePercentageConstraints": "0", "volatility": "1079.5", "volatilityType": "1080",
            "deltaNeutralOrderType": "deltaNeutralOrderType", "deltaNeutralAuxPrice": "1082.5",
            "deltaNeutralConId": "1083", "deltaNeutralSettlingFirm": "deltaNeutralSettlingFirm",
            "deltaNeutralClearingAccount": "deltaNeutralClearingAccount",
            "deltaNeutralClearingIntent": "deltaNeutralClearingIntent",
            "deltaNeutralOpenClose": "deltaNeutralOpenClose", "deltaNeutralShortSale": "0",
            "deltaNeutralShortSaleSlot": "1089",
            "deltaNeutralDesignatedLocation": "deltaNeutralDesignatedLocation", "continuousUpdate": "0",
            "referencePriceType": "1092", "trailStopPrice": "1093.5", "trailingPercent": "1094.5",
            "scaleInitLevelSize": "1095", "scaleSubsLevelSize": "1096", "scalePriceIncrement": "1097.5",
            "scalePriceAdjustValue": "1098.5", "scalePriceAdjustInterval": "1099",
            "scaleProfitOffset": "1100.5", "scaleAutoReset": "0", "scaleInitPosition": "1102",
            "scaleInitFillQty": "1103", "scaleRandomPercent": "0", "scaleTable": "scaleTable",
            "activeStartTime": "activeStartTime", "activeStopTime": "activeStopTime",
            "hedgeType": "hedgeType", "hedgeParam": "hedgeParam", "optOutSmartRouting": "0",
            "clearingAccount": "clearingAccount", "clearingIntent": "clearingIntent", "notHeld": "0",
            "deltaNeutralContract present": "1", "neutral conId": "1115", "neutral delta": "1116.5",
            "neutral price": "1117.5", "algoStrategy": "algoStrategy", "algoParamsCount": "6",
            "algo tag 1": "algo tag 1", "algo value 1": "algo value 1", "algo tag 2": "algo tag 2",
            "algo value 2": "algo value 2", "algo tag 3": "algo tag 3", "algo value 3": "algo value 3",
            "algo tag 4": "algo tag 4", "algo value 4": "algo value 4", "algo tag 5": "algo tag 5",
            "algo value 5": "algo value 5", "algo tag 6": "algo tag 6", "algo value 6": "algo value 6",
            "algoId": "algoId", "whatIf": "0", "orderMiscOptions": "orderMiscOptions", "solicited": "0",
            "randomizeSize": "0", "randomizePrice": "0", "referenceContractId": "1138",
            "isPeggedChangeAmountDecrease": "0", "peggedChangeAmount": "1140.5",
            "referenceChangeAmount": "1141.5", "referenceExchangeId": "referenceExchangeId",
            "conditionsCount": "1", "condition type": "5", "connector": "o",
            "condition secType": "condition secType", "condition exchange": "condition exchange",
            "condition symbol": "condition symbol", "conditionsIgnoreRth": "0",
            "conditionsCancelOrder": "0", "adjustedOrderType": "adjustedOrderType",
            "triggerPrice": "1152.5", "lmtPriceOffset": "1153.5", "adjustedStopPrice": "1154.5",
            "adjustedStopLimitPrice": "1155.5", "adjustedTrailingAmount": "1156.5",
            "adjustableTrailingUnit": "1157", "extOperator": "extOperator",
            "softDollarTier.name": "softDollarTier.name", "softDollarTier.value": "softDollarTier.value",
            "cashQty": "1161.5", "mifid2DecisionMaker": "mifid2DecisionMaker",
            "mifid2DecisionAlgo": "mifid2DecisionAlgo", "mifid2ExecutionTrader": "mifid2ExecutionTrader",
            "mifid2ExecutionAlgo": "mifid2ExecutionAlgo", "dontUseAutoPriceForHedge": "0",
            "isOmsContainer": "0", "discretionaryUpToLimitPrice": "0", "usePriceMgmtAlgo": "1169",
            "duration": "1170", "postToAts": "1171", "autoCancelParent": "0",
            "advancedErrorOverride": "advancedErrorOverride", "manualOrderTime": "manualOrderTime",
            "minTradeQty": "1175", "customerAccount": "customerAccount", "professionalCustomer": "0",
            "includeOvernight": "0", "manualOrderIndicator": "1179", "imbalanceOnly": "0",
        ]

    private static let placeOrderFlags: [Flag<PlaceOrder>] = [
        Flag("transmit") { $0.order.transmits = true },
        Flag("blockOrder") { $0.order.isBlockOrder = true },
        Flag("sweepToFill") { $0.order.sweepsToFill = true },
        Flag("outsideRth") { $0.order.isOutsideRegularHours = true },
        Flag("hidden") { $0.order.isHidden = true },
        Flag("allOrNone") { $0.order.isAllOrNone = true },
        Flag("eTradeOnly") { $0.order.isElectronicTradeOnly = true },
        Flag("firmQuoteOnly") { $0.order.isFirmQuoteOnly = true },
        Flag("overridePercentageConstraints") { $0.order.overridesPercentageConstraints = true },
        Flag("deltaNeutralShortSale") { $0.order.volatility.deltaNeutral.isShortSale = true },
        Flag("continuousUpdate") { $0.order.volatility.isContinuouslyUpdated = true },
        Flag("scaleAutoReset") { $0.order.scale.isAutoReset = true },
        Flag("scaleRandomPercent") { $0.order.scale.isPercentRandom = true },
        Flag("optOutSmartRouting") { $0.order.optsOutOfSmartRouting = true },
        Flag("notHeld") { $0.order.isNotHeld = true },
        Flag("whatIf") { $0.order.isWhatIf = true },
        Flag("solicited") { $0.order.isSolicited = true },
        Flag("randomizeSize") { $0.order.randomizesSize = true },
        Flag("randomizePrice") { $0.order.randomizesPrice = true },
        Flag("isPeggedChangeAmountDecrease") { $0.order.benchmark.isChangeDecrease = true },
        Flag("conditionsIgnoreRth") { $0.order.conditions.ignoresRegularHours = true },
        Flag("conditionsCancelOrder") { $0.order.conditions.cancelsOrder = true },
        Flag("dontUseAutoPriceForHedge") { $0.order.hedge.usesNoAutomaticPrice = true },
        Flag("isOmsContainer") { $0.order.isContainer = true },
        Flag("discretionaryUpToLimitPrice") { $0.order.isDiscretionaryUpToLimit = true },
        Flag("autoCancelParent") { $0.order.cancelsParent = true },
        Flag("professionalCustomer") { $0.order.clearing.isProfessionalCustomer = true },
        Flag("includeOvernight") { $0.order.includesOvernight = true },
        Flag("imbalanceOnly") { $0.order.isImbalanceOnly = true },
    ]

    private static func placeOrderMessage() throws -> PlaceOrder {
        var message = PlaceOrder()
        message.orderID = 7
        message.contract = try .option()
        message.contract.securityType = "BAG"
        message.contract.exchange = "IBKRATS"
        try placeOrderPart1(&message)
        try placeOrderPart2(&message)
        try placeOrderPart3(&message)
        try placeOrderPart4(&message)
        try placeOrderPart5(&message)
        try placeOrderLists(&message.order)
        return message
    }

    private static func placeOrderPart1(_ message: inout PlaceOrder) throws {
        message.securityIDType = "secIdType"
        message.securityID = "secId"
        message.order.action = "action"
        message.order.totalQuantity = try Quantity("1004.5")
        message.order.orderType = "PEG BENCH"
        message.order.limitPrice = try Price("1006.5")
        message.order.auxiliaryPrice = try Price("1007.5")
        message.order.timeInForce = "tif"
        message.order.oneCancelsAll.group = "ocaGroup"
        message.order.account = "DU1234567"
        message.order.clearing.openClose = "openClose"
        message.order.clearing.origin = 1_012
        message.order.reference = "orderRef"
        message.order.transmits = false
        message.order.parentID = 1_015
        message.order.displaySize = 1_018
        message.order.triggerMethod = 1_019
        message.order.discretionaryAmount = try Price("1053.5")
        message.order.goodAfterTime = "goodAfterTime"
        message.order.goodTillDate = "goodTillDate"
        message.order.advisor.group = "faGroup"
        message.order.advisor.method = "faMethod"
        message.order.advisor.percentage = "faPercentage"
        message.order.advisor.modelCode = "modelCode"
    }

    private static func placeOrderPart2(_ message: inout PlaceOrder) throws {
        message.order.shortSale.slot = 1_060
        message.order.shortSale.designatedLocation = "designatedLocation"
        message.order.shortSale.exemptCode = 1_062
        message.order.oneCancelsAll.type = 1_063
        message.order.clearing.rule80A = "rule80A"
        message.order.clearing.settlingFirm = "settlingFirm"
        message.order.minimumQuantity = 1_067
        message.order.percentOffset = 1_068.5
        message.order.bestPriceCap = try Price("1071.5")
        message.order.box.auctionStrategy = 1_072
        message.order.box.startingPrice = try Price("1073.5")
        message.order.box.stockReferencePrice = try Price("1074.5")
        message.order.box.delta = 1_075.5
        message.order.box.stockRangeLower = try Price("1076.5")
        message.order.box.stockRangeUpper = try Price("1077.5")
        message.order.volatility.volatility = 1_079.5
        message.order.volatility.type = 1_080
        message.order.volatility.deltaNeutral.orderType = "deltaNeutralOrderType"
        message.order.volatility.deltaNeutral.auxiliaryPrice = try Price("1082.5")
        message.order.volatility.deltaNeutral.contractID = 1_083
        message.order.volatility.deltaNeutral.settlingFirm = "deltaNeutralSettlingFirm"
        message.order.volatility.deltaNeutral.clearingAccount = "deltaNeutralClearingAccount"
        message.order.volatility.deltaNeutral.clearingIntent = "deltaNeutralClearingIntent"
        message.order.volatility.deltaNeutral.openClose = "deltaNeutralOpenClose"
    }

    private static func placeOrderPart3(_ message: inout PlaceOrder) throws {
        message.order.volatility.deltaNeutral.shortSaleSlot = 1_089
        message.order.volatility.deltaNeutral.designatedLocation = "deltaNeutralDesignatedLocation"
        message.order.volatility.referencePriceType = 1_092
        message.order.trail.stopPrice = try Price("1093.5")
        message.order.trail.percent = 1_094.5
        message.order.scale.initialLevelSize = 1_095
        message.order.scale.subsequentLevelSize = 1_096
        message.order.scale.priceIncrement = try Price("1097.5")
        message.order.scale.priceAdjustValue = try Price("1098.5")
        message.order.scale.priceAdjustInterval = 1_099
        message.order.scale.profitOffset = try Price("1100.5")
        message.order.scale.initialPosition = 1_102
        message.order.scale.initialFillQuantity = 1_103
        message.order.scale.table = "scaleTable"
        message.order.activeStartTime = "activeStartTime"
        message.order.activeStopTime = "activeStopTime"
        message.order.hedge.type = "hedgeType"
        message.order.hedge.parameter = "hedgeParam"
        message.order.clearing.account = "clearingAccount"
        message.order.clearing.intent = "clearingIntent"
        message.order.algorithm.strategy = "algoStrategy"
        message.order.algorithm.id = "algoId"
        message.order.options = "orderMiscOptions"
        message.order.benchmark.referenceContractID = 1_138
    }

    private static func placeOrderPart4(_ message: inout PlaceOrder) throws {
        message.order.benchmark.changeAmount = try Price("1140.5")
        message.order.benchmark.referenceChangeAmount = try Price("1141.5")
        message.order.benchmark.referenceExchange = "referenceExchangeId"
        message.order.adjustment.orderType = "adjustedOrderType"
        message.order.adjustment.triggerPrice = try Price("1152.5")
        message.order.adjustment.limitPriceOffset = try Price("1153.5")
        message.order.adjustment.stopPrice = try Price("1154.5")
        message.order.adjustment.stopLimitPrice = try Price("1155.5")
        message.order.adjustment.trailingAmount = try Price("1156.5")
        message.order.adjustment.trailingUnit = 1_157
        message.order.tagging.externalOperator = "extOperator"
        message.order.softDollarTier.name = "softDollarTier.name"
        message.order.softDollarTier.value = "softDollarTier.value"
        message.order.cashQuantity = Money(try Price("1161.5"))
        message.order.decision.decisionMaker = "mifid2DecisionMaker"
        message.order.decision.decisionAlgorithm = "mifid2DecisionAlgo"
        message.order.decision.executionTrader = "mifid2ExecutionTrader"
        message.order.decision.executionAlgorithm = "mifid2ExecutionAlgo"
        message.order.priceManagement = 1_169
        message.order.duration = 1_170
        message.order.postToATS = 1_171
        message.order.advancedErrorOverride = "advancedErrorOverride"
        message.order.manualOrderTime = "manualOrderTime"
        message.order.pegs.minimumTradeQuantity = 1_175
    }

    private static func placeOrderPart5(_ message: inout PlaceOrder) throws {
        message.order.clearing.customerAccount = "customerAccount"
        message.order.tagging.manualOrderIndicator = 1_179
    }

    private static func placeOrderLists(_ order: inout Order) throws {
        var first = ComboLeg()
        first.contractID = 1_023
        first.ratio = 1_024
        first.action = "leg action 1"
        first.exchange = "leg exchange 1"
        first.openClose = 1_027
        first.shortSaleSlot = 1_028
        first.designatedLocation = "leg designatedLocation 1"
        first.exemptCode = 1_030
        var second = ComboLeg()
        second.contractID = 1_031
        second.ratio = 1_032
        second.action = "leg action 2"
        second.exchange = "leg exchange 2"
        second.openClose = 1_035
        second.shortSaleSlot = 1_036
        second.designatedLocation = "leg designatedLocation 2"
        second.exemptCode = 1_038
        order.combination.legs = [first, second]
        order.combination.legPrices = try ["1040.5", "1041.5", "1042.5"].map {
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
        neutral.contractID = 1_115
        neutral.delta = 1_116.5
        neutral.price = try Price("1117.5")
        order.deltaNeutralContract = neutral
        var execution = ExecutionTest()
        execution.securityType = "condition secType"
        execution.exchange = "condition exchange"
        execution.symbol = "condition symbol"
        order.conditions.list = [OrderCondition(.execution(execution), isAlternative: true)]
    }
}
