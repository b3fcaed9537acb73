/// Fields that stand together in the same way in several messages about orders.
extension Order {
    /// What everybody must know of an order; read strictly.
    mutating func describeCore<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&action)
        fields.quantity(&totalQuantity)
        fields.text(&orderType)
        fields.price(&limitPrice)
        fields.price(&auxiliaryPrice)
        fields.text(&timeInForce)
    }

    /// From the group of orders to the reference, in both reports.
    mutating func describeOwner<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.text(&oneCancelsAll.group)
        fields.text(&account)
        fields.text(&clearing.openClose)
        fields.lenient(&clearing.origin)
        fields.text(&reference)
    }

    /// From the advisor's fields to the short sale, in both reports.
    mutating func describeReportedAllocation<Coder: FieldCoder>(_ fields: inout Coder) {
        advisor.describe(&fields)
        fields.text(&advisor.modelCode)
        fields.text(&goodTillDate)
        fields.text(&clearing.rule80A)
        fields.lenient(&percentOffset)
        fields.text(&clearing.settlingFirm)
        shortSale.describe(&fields)
    }

    /// From regular hours to the time it begins, in both reports.
    mutating func describeReportedModes<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&isOutsideRegularHours)
        fields.lenient(&isHidden)
        fields.lenient(&discretionaryAmount)
        fields.text(&goodAfterTime)
    }

    /// From the clearing account to the algorithm, in both reports.
    mutating func describeReportedStrategies<Coder: FieldCoder>(_ fields: inout Coder) {
        clearing.describe(&fields)
        fields.lenient(&isNotHeld)
        fields.optional(&deltaNeutralContract)
        algorithm.describe(&fields)
        fields.lenient(&isSolicited)
    }

    /// From randomizing to the conditions, in both reports.
    mutating func describeConditions<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.lenient(&randomizesSize)
        fields.lenient(&randomizesPrice)
        if OrderType.isPeggedToBenchmark(orderType) { benchmark.describe(&fields) }
        conditions.describe(&fields)
    }
}
