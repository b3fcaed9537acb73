import TWSProtocol
import TradingModel

/// Whatever an order may ask for beyond what the simulated gateway can do: it is refused, never left out.
enum OrderExtras {
    /// - Throws: the first extra found.
    static func check(_ order: Order) throws(Refusal) {
        for (isAsked, name) in named(order) where isAsked {
            throw .rejected("The simulated gateway does not do \(name)")
        }
        guard plain(order) == Order() else {
            throw .rejected(
                "The simulated gateway does not do what the order asks for besides price and size")
        }
    }

    private static func named(_ order: Order) -> [(Bool, String)] {
        [
            (!order.algorithm.strategy.isEmpty, "algorithms"), (!order.conditions.list.isEmpty, "conditions"),
            (order.cashQuantity.map { $0 > .zero } ?? false, "cash quantities"),
            (order.isAllOrNone, "all-or-none"), (!order.hedge.type.isEmpty, "hedges"),
            (!order.goodAfterTime.isEmpty, "good-after times"),
            (order.scale.priceIncrement != nil || order.scale.initialLevelSize != nil, "scales"),
            (order.trail.percent != nil || order.trail.stopPrice != nil, "trailing stops"),
            (!order.adjustment.orderType.isEmpty, "adjusted orders"),
            (order.isHidden, "hidden orders"), ((order.displaySize ?? 0) != 0, "display sizes"),
            (order.oneCancelsAll.type > 1, "groups that reduce one another"),
            (order.clearing.origin != 0, "origins but the customer"),
        ]
    }

    /// The order without what is read or may be left out, because it changes nothing here.
    private static func plain(_ order: Order) -> Order {
        var rest = order
        let plain = Order()
        rest.action = plain.action
        rest.totalQuantity = plain.totalQuantity
        rest.orderType = plain.orderType
        rest.limitPrice = nil
        rest.auxiliaryPrice = nil
        rest.timeInForce = plain.timeInForce
        rest.goodTillDate = plain.goodTillDate
        rest.account = plain.account
        rest.reference = plain.reference
        rest.transmits = plain.transmits
        rest.parentID = plain.parentID
        rest.oneCancelsAll = plain.oneCancelsAll
        rest.isOutsideRegularHours = plain.isOutsideRegularHours
        rest.isWhatIf = plain.isWhatIf
        clearIndifferent(&rest)
        return rest
    }

    /// What says who decided, what is overridden, and defaults that clients write in several ways.
    private static func clearIndifferent(_ rest: inout Order) {
        let plain = Order()
        rest.displaySize = plain.displaySize
        rest.discretionaryAmount =
            rest.discretionaryAmount == .zero ? plain.discretionaryAmount : rest.discretionaryAmount
        if rest.percentOffset == 0 { rest.percentOffset = plain.percentOffset }
        rest.minimumQuantity = rest.minimumQuantity == 0 ? nil : rest.minimumQuantity
        rest.cashQuantity = nil
        rest.triggerMethod = plain.triggerMethod
        rest.overridesPercentageConstraints = plain.overridesPercentageConstraints
        rest.clearing = plain.clearing
        rest.decision = plain.decision
        rest.tagging = plain.tagging
        rest.softDollarTier = plain.softDollarTier
        rest.options = plain.options
        rest.isSolicited = plain.isSolicited
        rest.priceManagement = plain.priceManagement
        rest.duration = plain.duration
        rest.postToATS = plain.postToATS
        rest.advancedErrorOverride = plain.advancedErrorOverride
        rest.manualOrderTime = plain.manualOrderTime
        rest.includesOvernight = plain.includesOvernight
        rest.algorithm.id = plain.algorithm.id
        rest.shortSale = plain.shortSale
        rest.optsOutOfSmartRouting = plain.optsOutOfSmartRouting
        rest.conditions = plain.conditions
        rest.volatility.deltaNeutral = plain.volatility.deltaNeutral
        rest.volatility.referencePriceType = plain.volatility.referencePriceType
    }
}
