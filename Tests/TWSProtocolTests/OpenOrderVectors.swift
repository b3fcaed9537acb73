import TradingModel

@testable import TWSProtocol

/// Section 6.1 of the reference: every field that is a number or a text says something else than
/// all others, and one flag at a time is set.
extension MessageVector {
    static let openOrders: [MessageVector] =
        [openOrder(nil)] + openOrderFlags.map { openOrder($0) } + openOrdersWithout

    /// Without a contract that is neutral, and without a condition.
    private static let openOrdersWithout: [MessageVector] = [
        gateway(OpenOrder.self, [199, 200], openOrderFields.withoutNeutralContract) {
            $0 = try openOrderMessage()
            $0.order.deltaNeutralContract = nil
        },
        gateway(OpenOrder.self, [199, 200], openOrderFields.withoutCondition) {
            $0 = try openOrderMessage()
            $0.order.conditions.list = []
        },
    ]

    private static func openOrder(_ flag: Flag<OpenOrder>?) -> MessageVector {
        let fields = flag.map { openOrderFields.with($0.name, "1") } ?? openOrderFields
        return gateway(OpenOrder.self, [199, 200], fields) {
            $0 = try openOrderMessage()
            flag?.set(&$0)
        }
    }

    private static let openOrderFields: Annotated =
        ["id": "5", "orderId": "7"] + .contract11 + [
            "action": "action", "totalQuantity": "1002.5", "orderType": "PEG BENCH", "lmtPrice": "1004.5",
            "auxPrice": "1005.5", "tif": "tif", "ocaGroup": "ocaGroup", "account": "DU1234567",
            "openClose": "openClose", "origin": "1010", "orderRef": "orderRef", "clientId": "1012",
            "permId": "1013000111222", "outsideRth": "0", "hidden": "0", "discretionaryAmt": "1016.5",
            "goodAfterTime": "goodAfterTime", "shares allocation": "shares allocation",
            "faGroup": "faGroup", "faMethod": "faMethod", "faPercentage": "faPercentage",
            "modelCode": "modelCode", "goodTillDate": "goodTillDate", "rule80A": "rule80A",
            "percentOffset": "1025.5", "settlingFirm": "settlingFirm", "shortSaleSlot": "1027",
            "designatedLocation": "designatedLocation", "exemptCode": "1029", "auctionStrategy": "1030",
            "startingPrice": "1031.5", "stockRefPrice": "1032.5", "delta": "1033.5",
            "stockRangeLower": "1034.5", "stockRangeUpper": "1035.5", "displaySize": "1036",
            "blockOrder": "0", "sweepToFill": "0", "allOrNone": "0", "minQty": "1040", "ocaType": "1041",
            "eTradeOnly": "0", "firmQuoteOnly": "0", "nbboPriceCap": "1044.5", "parentId": "1045",
            "triggerMethod": "1046", "volatility": "1047.5", "volatilityType": "1048",
            "deltaNeutralOrderType": "deltaNeutralOrderType", "deltaNeutralAuxPrice": "1050.5",
            "deltaNeutralConId": "1051", "deltaNeutralSettlingFirm": "deltaNeutralSettlingFirm",
            "deltaNeutralClearingAccount": "deltaNeutralClearingAccount",
            "deltaNeutralClearingIntent": "deltaNeutralClearingIntent",
            "deltaNeutralOpenClose": "deltaNeutralOpenClose", "deltaNeutralShortSale": "0",
            "deltaNeutralShortSaleSlot": "1057",
            "deltaNeutralDesignatedLocation": "deltaNeutralDesignatedLocation", "continuousUpdate": "0",
            "referencePriceType": "1060", "unused trailStopPrice": "1184.5", "trailingPercent": "1062.5",
            "basisPoints": "1063.5", "basisPointsType": "1064", "comboLegsDescrip": "comboLegsDescrip",
            "comboLegsCount": "2", "leg conId 1": "1067", "leg ratio 1": "1068",
            "leg action 1": "leg action 1", "leg exchange 1": "leg exchange 1", "leg openClose 1": "1071",
            "leg shortSaleSlot 1": "1072", "leg designatedLocation 1": "leg designatedLocation 1",
            "leg exemptCode 1": "1074", "leg conId 2": "1075", "leg ratio 2": "1076",
            "leg action 2": "leg action 2", "leg exchange 2": "leg exchange 2", "leg openClose 2": "1079",
            "leg shortSaleSlot 2": "1080", "leg designatedLocation 2": "leg designatedLocation 2",
            "leg exemptCode 2": "1082", "orderComboLegsCount": "3", "leg price 1": "1084.5",
            "leg price 2": "1085.5", "leg price 3": "1086.5", "smartComboRoutingParamsCount": "4",
            "routing tag 1": "routing tag 1", "routing value 1": "routing value 1",
            "routing tag 2": "routing tag 2", "routing value 2": "routing value 2",
            "routing tag 3": "routing tag 3", "routing value 3": "routing value 3",
            "routing tag 4": "routing tag 4", "routing value 4": "routing value 4",
            "scaleInitLevelSize": "1096", "scaleSubsLevelSize": "1097", "scalePriceIncrement": "1098.5",
            "scalePriceAdjustValue": "1099.5", "scalePriceAdjustInterval": "1100",
            "scaleProfitOffset": "1101.5", "scaleAutoReset": "0", "scaleInitPosition": "1103",
            "scaleInitFillQty": "1104", "scaleRandomPercent": "0", "hedgeType": "hedgeType",
            "hedgeParam": "hedgeParam", "optOutSmartRouting": "0", "clearingAccount": "clearingAccount",
            "clearingIntent": "clearingIntent", "notHeld": "0", "deltaNeutralContract present": "1",
            "neutral conId": "1113", "neutral delta": "1114.5", "neutral price": "1115.5",
            "algoStrategy": "algoStrategy", "algoParamsCount": "6", "algo tag 1": "algo tag 1",
            "algo value 1": "algo value 1", "algo tag 2": "algo tag 2", "algo value 2": "algo value 2",
            "algo tag 3": "algo tag 3", "algo value 3": "algo value 3", "algo tag 4": "algo tag 4",
            "algo value 4": "algo value 4", "algo tag 5": "algo tag 5", "algo value 5": "algo value 5",
            "algo tag 6": "algo tag 6", "algo value 6": "algo value 6", "solicited": "0", "whatIf": "0",
            "status": "status", "initMarginBefore": "initMarginBefore",
            "maintMarginBefore": "maintMarginBefore", "equityWithLoanBefore": "equityWithLoanBefore",
            "initMarginChange": "initMarginChange", "maintMarginChange": "maintMarginChange",
            "equityWithLoanChange": "equityWithLoanChange", "initMarginAfter": "initMarginAfter",
            "maintMarginAfter": "maintMarginAfter", "equityWithLoanAfter": "equityWithLoanAfter",
            "commissionAndFees": "1142.5", "minCommissionAndFees": "1143.5",
            "maxCommissionAndFees": "1144.5", "commissionAndFeesCurrency": "commissionAndFeesCurrency",
            "marginCurrency": "marginCurrency", "initMarginBeforeOutsideRTH": "initMarginBeforeOutsideRTH",
            "maintMarginBeforeOutsideRTH": "maintMarginBeforeOutsideRTH",
            "equityWithLoanBeforeOutsideRTH": "equityWithLoanBeforeOutsideRTH",
            "initMarginChangeOutsideRTH": "initMarginChangeOutsideRTH",
            "maintMarginChangeOutsideRTH": "maintMarginChangeOutsideRTH",
            "equityWithLoanChangeOutsideRTH": "equityWithLoanChangeOutsideRTH",
            "initMarginAfterOutsideRTH": "initMarginAfterOutsideRTH",
            "maintMarginAfterOutsideRTH": "maintMarginAfterOutsideRTH",
            "equityWithLoanAfterOutsideRTH": "equityWithLoanAfterOutsideRTH", "suggestedSize": "1156.5",
            "rejectReason": "rejectReason", "orderAllocationsCount": "1",
            "allocation account": "allocation account", "position": "1160.5", "positionDesired": "1161.5",
            "positionAfter": "1162.5", "desiredAllocQty": "1163.5", "allowedAllocQty": "1164.5",
            "isMonetary": "0", "warningText": "warningText", "randomizeSize": "0", "randomizePrice": "0",
            "referenceContractId": "1169", "isPeggedChangeAmountDecrease": "0",
            "peggedChangeAmount": "1171.5", "referenceChangeAmount": "1172.5",
            "referenceExchangeId": "referenceExchangeId", "conditionsCount": "1", "condition type": "5",
            "connector": "o", "condition secType": "condition secType",
            "condition exchange": "condition exchange", "condition symbol": "condition symbol",
            "conditionsIgnoreRth": "0", "conditionsCancelOrder": "0",
            "adjustedOrderType": "adjustedOrderType", "triggerPrice": "1183.5", "trailStopPrice": "1184.5",
            "lmtPriceOffset": "1185.5", "adjustedStopPrice": "1186.5", "adjustedStopLimitPrice": "1187.5",
            "adjustedTrailingAmount": "1188.5", "adjustableTrailingUnit": "1189",
            "softDollarTier.name": "softDollarTier.name", "softDollarTier.value": "softDollarTier.value",
            "softDollarTier.displayName": "softDollarTier.displayName", "cashQty": "1193.5",
            "dontUseAutoPriceForHedge": "0", "isOmsContainer": "0", "discretionaryUpToLimitPrice": "0",
            "usePriceMgmtAlgo": "0", "duration": "1198", "postToAts": "1199", "autoCancelParent": "0",
            "minTradeQty": "1201", "minCompeteSize": "1202", "competeAgainstBestOffset": "1203.5",
            "midOffsetAtWhole": "1204.5", "midOffsetAtHalf": "1205.5",
            "customerAccount": "customerAccount", "professionalCustomer": "0",
            "bondAccruedInterest": "bondAccruedInterest", "includeOvernight": "0",
            "extOperator": "extOperator", "manualOrderIndicator": "1211", "submitter": "submitter",
            "imbalanceOnly": "0",
        ]

    private static let openOrderFlags: [Flag<OpenOrder>] = [
        Flag("outsideRth") { $0.order.isOutsideRegularHours = true },
        Flag("hidden") { $0.order.isHidden = true },
        Flag("blockOrder") { $0.order.isBlockOrder = true },
        Flag("sweepToFill") { $0.order.sweepsToFill = true },
        Flag("allOrNone") { $0.order.isAllOrNone = true },
        Flag("eTradeOnly") { $0.order.isElectronicTradeOnly = true },
        Flag("firmQuoteOnly") { $0.order.isFirmQuoteOnly = true },
        Flag("deltaNeutralShortSale") { $0.order.volatility.deltaNeutral.isShortSale = true },
        Flag("continuousUpdate") { $0.order.volatility.isContinuouslyUpdated = true },
        Flag("scaleAutoReset") { $0.order.scale.isAutoReset = true },
        Flag("scaleRandomPercent") { $0.order.scale.isPercentRandom = true },
        Flag("optOutSmartRouting") { $0.order.optsOutOfSmartRouting = true },
        Flag("notHeld") { $0.order.isNotHeld = true },
        Flag("solicited") { $0.order.isSolicited = true },
        Flag("whatIf") { $0.order.isWhatIf = true },
        Flag("isMonetary") { $0.state.preview.allocations[0].isMonetary = true },
        Flag("randomizeSize") { $0.order.randomizesSize = true },
        Flag("randomizePrice") { $0.order.randomizesPrice = true },
        Flag("isPeggedChangeAmountDecrease") { $0.order.benchmark.isChangeDecrease = true },
        Flag("conditionsIgnoreRth") { $0.order.conditions.ignoresRegularHours = true },
        Flag("conditionsCancelOrder") { $0.order.conditions.cancelsOrder = true },
        Flag("dontUseAutoPriceForHedge") { $0.order.hedge.usesNoAutomaticPrice = true },
        Flag("isOmsContainer") { $0.order.isContainer = true },
        Flag("discretionaryUpToLimitPrice") { $0.order.isDiscretionaryUpToLimit = true },
        Flag("usePriceMgmtAlgo") { $0.order.priceManagement = 1 },
        Flag("autoCancelParent") { $0.order.cancelsParent = true },
        Flag("professionalCustomer") { $0.order.clearing.isProfessionalCustomer = true },
        Flag("includeOvernight") { $0.order.includesOvernight = true },
        Flag("imbalanceOnly") { $0.order.isImbalanceOnly = true },
    ]

    private static func openOrderMessage() throws -> OpenOrder {
        var message = OpenOrder()
        message.orderID = 7
        message.contract = try .reportedOption()
        try openOrderPart1(&message)
        try openOrderPart2(&message)
        try openOrderPart3(&message)
        try openOrderPart4(&message)
        try openOrderPart5(&message)
        try openOrderPart6(&message)
        try openOrderLists(&message.order)
        var allocation = OrderAllocation()
        allocation.account = "allocation account"
        allocation.position = try Quantity("1160.5")
        allocation.positionDesired = try Quantity("1161.5")
        allocation.positionAfter = try Quantity("1162.5")
        allocation.desiredQuantity = try Quantity("1163.5")
        allocation.allowedQuantity = try Quantity("1164.5")
        message.state.preview.allocations = [allocation]
        return message
    }

    private static func openOrderPart1(_ message: inout OpenOrder) throws {
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
        message.clientID = 1_012
        message.permanentID = 1_013_000_111_222
        message.order.discretionaryAmount = try Price("1016.5")
        message.order.goodAfterTime = "goodAfterTime"
        message.sharesAllocation = "shares allocation"
        message.order.advisor.group = "faGroup"
        message.order.advisor.method = "faMethod"
        message.order.advisor.percentage = "faPercentage"
        message.order.advisor.modelCode = "modelCode"
        message.order.goodTillDate = "goodTillDate"
        message.order.clearing.rule80A = "rule80A"
        message.order.percentOffset = 1_025.5
        message.order.clearing.settlingFirm = "settlingFirm"
    }

    private static func openOrderPart2(_ message: inout OpenOrder) throws {
        message.order.shortSale.slot = 1_027
        message.order.shortSale.designatedLocation = "designatedLocation"
        message.order.shortSale.exemptCode = 1_029
        message.order.box.auctionStrategy = 1_030
        message.order.box.startingPrice = try Price("1031.5")
        message.order.box.stockReferencePrice = try Price("1032.5")
        message.order.box.delta = 1_033.5
        message.order.box.stockRangeLower = try Price("1034.5")
        message.order.box.stockRangeUpper = try Price("1035.5")
        message.order.displaySize = 1_036
        message.order.minimumQuantity = 1_040
        message.order.oneCancelsAll.type = 1_041
        message.order.bestPriceCap = try Price("1044.5")
        message.order.parentID = 1_045
        message.order.triggerMethod = 1_046
        message.order.volatility.volatility = 1_047.5
        message.order.volatility.type = 1_048
        message.order.volatility.deltaNeutral.orderType = "deltaNeutralOrderType"
        message.order.volatility.deltaNeutral.auxiliaryPrice = try Price("1050.5")
        message.order.volatility.deltaNeutral.contractID = 1_051
        message.order.volatility.deltaNeutral.settlingFirm = "deltaNeutralSettlingFirm"
        message.order.volatility.deltaNeutral.clearingAccount = "deltaNeutralClearingAccount"
        message.order.volatility.deltaNeutral.clearingIntent = "deltaNeutralClearingIntent"
        message.order.volatility.deltaNeutral.openClose = "deltaNeutralOpenClose"
    }

    private static func openOrderPart3(_ message: inout OpenOrder) throws {
        message.order.volatility.deltaNeutral.shortSaleSlot = 1_057
        message.order.volatility.deltaNeutral.designatedLocation = "deltaNeutralDesignatedLocation"
        message.order.volatility.referencePriceType = 1_060
        message.order.trail.percent = 1_062.5
        message.order.combination.basisPoints = Money(try Price("1063.5"))
        message.order.combination.basisPointsType = 1_064
        message.order.combination.description = "comboLegsDescrip"
        message.order.scale.initialLevelSize = 1_096
        message.order.scale.subsequentLevelSize = 1_097
        message.order.scale.priceIncrement = try Price("1098.5")
        message.order.scale.priceAdjustValue = try Price("1099.5")
        message.order.scale.priceAdjustInterval = 1_100
        message.order.scale.profitOffset = try Price("1101.5")
        message.order.scale.initialPosition = 1_103
        message.order.scale.initialFillQuantity = 1_104
        message.order.hedge.type = "hedgeType"
        message.order.hedge.parameter = "hedgeParam"
        message.order.clearing.account = "clearingAccount"
        message.order.clearing.intent = "clearingIntent"
        message.order.algorithm.strategy = "algoStrategy"
        message.state.status = "status"
        message.state.initialMargin.before = "initMarginBefore"
        message.state.maintenanceMargin.before = "maintMarginBefore"
        message.state.equityWithLoan.before = "equityWithLoanBefore"
    }

    private static func openOrderPart4(_ message: inout OpenOrder) throws {
        message.state.initialMargin.change = "initMarginChange"
        message.state.maintenanceMargin.change = "maintMarginChange"
        message.state.equityWithLoan.change = "equityWithLoanChange"
        message.state.initialMargin.after = "initMarginAfter"
        message.state.maintenanceMargin.after = "maintMarginAfter"
        message.state.equityWithLoan.after = "equityWithLoanAfter"
        message.state.commission = Money(try Price("1142.5"))
        message.state.minimumCommission = Money(try Price("1143.5"))
        message.state.maximumCommission = Money(try Price("1144.5"))
        message.state.commissionCurrency = "commissionAndFeesCurrency"
        message.state.preview.marginCurrency = "marginCurrency"
        message.state.preview.initialMargin.before = "initMarginBeforeOutsideRTH"
        message.state.preview.maintenanceMargin.before = "maintMarginBeforeOutsideRTH"
        message.state.preview.equityWithLoan.before = "equityWithLoanBeforeOutsideRTH"
        message.state.preview.initialMargin.change = "initMarginChangeOutsideRTH"
        message.state.preview.maintenanceMargin.change = "maintMarginChangeOutsideRTH"
        message.state.preview.equityWithLoan.change = "equityWithLoanChangeOutsideRTH"
        message.state.preview.initialMargin.after = "initMarginAfterOutsideRTH"
        message.state.preview.maintenanceMargin.after = "maintMarginAfterOutsideRTH"
        message.state.preview.equityWithLoan.after = "equityWithLoanAfterOutsideRTH"
        message.state.preview.suggestedSize = try Quantity("1156.5")
        message.state.preview.rejectionReason = "rejectReason"
        message.state.warning = "warningText"
        message.order.benchmark.referenceContractID = 1_169
    }

    private static func openOrderPart5(_ message: inout OpenOrder) throws {
        message.order.benchmark.changeAmount = try Price("1171.5")
        message.order.benchmark.referenceChangeAmount = try Price("1172.5")
        message.order.benchmark.referenceExchange = "referenceExchangeId"
        message.order.adjustment.orderType = "adjustedOrderType"
        message.order.adjustment.triggerPrice = try Price("1183.5")
        message.order.trail.stopPrice = try Price("1184.5")
        message.order.adjustment.limitPriceOffset = try Price("1185.5")
        message.order.adjustment.stopPrice = try Price("1186.5")
        message.order.adjustment.stopLimitPrice = try Price("1187.5")
        message.order.adjustment.trailingAmount = try Price("1188.5")
        message.order.adjustment.trailingUnit = 1_189
        message.order.softDollarTier.name = "softDollarTier.name"
        message.order.softDollarTier.value = "softDollarTier.value"
        message.order.softDollarTier.displayName = "softDollarTier.displayName"
        message.order.cashQuantity = Money(try Price("1193.5"))
        message.order.priceManagement = 0
        message.order.duration = 1_198
        message.order.postToATS = 1_199
        message.order.pegs.minimumTradeQuantity = 1_201
        message.order.pegs.minimumCompeteSize = 1_202
        message.order.pegs.competeAgainstBestOffset = .offset(try Price("1203.5"))
        message.order.pegs.midOffsetAtWhole = try Price("1204.5")
        message.order.pegs.midOffsetAtHalf = try Price("1205.5")
        message.order.clearing.customerAccount = "customerAccount"
    }

    private static func openOrderPart6(_ message: inout OpenOrder) throws {
        message.order.bondAccruedInterest = "bondAccruedInterest"
        message.order.tagging.externalOperator = "extOperator"
        message.order.tagging.manualOrderIndicator = 1_211
        message.submitter = "submitter"
    }

    private static func openOrderLists(_ order: inout Order) throws {
        var first = ComboLeg()
        first.contractID = 1_067
        first.ratio = 1_068
        first.action = "leg action 1"
        first.exchange = "leg exchange 1"
        first.openClose = 1_071
        first.shortSaleSlot = 1_072
        first.designatedLocation = "leg designatedLocation 1"
        first.exemptCode = 1_074
        var second = ComboLeg()
        second.contractID = 1_075
        second.ratio = 1_076
        second.action = "leg action 2"
        second.exchange = "leg exchange 2"
        second.openClose = 1_079
        second.shortSaleSlot = 1_080
        second.designatedLocation = "leg designatedLocation 2"
        second.exemptCode = 1_082
        order.combination.legs = [first, second]
        order.combination.legPrices = try ["1084.5", "1085.5", "1086.5"].map {
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
        neutral.contractID = 1_113
        neutral.delta = 1_114.5
        neutral.price = try Price("1115.5")
        order.deltaNeutralContract = neutral
        var execution = ExecutionTest()
        execution.securityType = "condition secType"
        execution.exchange = "condition exchange"
        execution.symbol = "condition symbol"
        order.conditions.list = [OrderCondition(.execution(execution), isAlternative: true)]
    }
}
