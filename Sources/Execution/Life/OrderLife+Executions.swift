import TradingModel

/// Executions: they alone change what has filled, and they answer no request.
extension OrderLife {
    mutating func fill(_ quantity: Quantity) -> OrderLifeOutcome {
        guard quantity != .zero else { return .absorbed(.empty) }
        return execute(taking: .zero, adding: quantity)
    }

    mutating func correct(_ old: Quantity, _ new: Quantity) -> OrderLifeOutcome {
        guard old != .zero || new != .zero else { return .absorbed(.empty) }
        return execute(taking: old, adding: new)
    }

    mutating func bust(_ quantity: Quantity) -> OrderLifeOutcome {
        guard quantity != .zero else { return .absorbed(.empty) }
        return execute(taking: quantity, adding: .zero)
    }

    private mutating func execute(taking old: Quantity, adding new: Quantity) -> OrderLifeOutcome {
        guard let sum = sum(taking: old, adding: new) else { return .alarmed(.impossible) }
        let isLate = isDone && state != .done(.filled)
        let grows = sum > filled
        filled = sum
        isAcknowledged = true
        reachEnd(grows: grows)
        if grows && sum > quantity { return .alarmed(.overfill) }
        if grows && isLate { return .alarmed(.lateFill) }
        return state == .done(.filled) && sum < quantity ? .alarmed(.underfill) : .applied
    }

    /// What has filled afterwards; `nil` when that cannot be.
    private func sum(taking old: Quantity, adding new: Quantity) -> Quantity? {
        guard old >= .zero, new >= .zero, old <= filled else { return nil }
        let (sum, overflow) = (filled - old).rawValue.addingReportingOverflow(new.rawValue)
        return overflow ? nil : Quantity(rawValue: sum)
    }

    /// What has filled in full is over, also when it was over already in another way; what was over stays over.
    private mutating func reachEnd(grows: Bool) {
        if grows && filled >= quantity {
            state = .done(.filled)
        } else if grows && !isDone {
            state = .working
        }
    }
}
