import TradingModel

/// Requests about an order, and their answers.
extension OrderLife {
    mutating func requestCancel(_ number: UInt16) -> OrderLifeOutcome {
        guard number > 0 else { return .alarmed(.impossible) }
        guard !isDone else { return .absorbed(.over) }
        // One that was answered may be asked for again under the last number there is.
        guard number > requests.newestCancel || number == .max && requests.cancel == 0 else {
            return .absorbed(.repeated)
        }
        requests.newestCancel = number
        requests.cancel = number
        return .applied
    }

    /// Also a filled order is told so: that it cannot be cancelled any more.
    mutating func refuseCancel(_ number: UInt16) -> OrderLifeOutcome {
        guard number <= requests.newestCancel else { return .alarmed(.impossible) }
        guard requests.cancel != 0 else { return .absorbed(.unrequested) }
        guard number == 0 || number == requests.cancel else { return .absorbed(.stale) }
        requests.cancel = 0
        return .applied
    }

    mutating func requestModify(_ number: UInt16, _ quantity: Quantity) -> OrderLifeOutcome {
        guard number > 0, quantity > .zero else { return .alarmed(.impossible) }
        guard !isDone else { return .absorbed(.over) }
        guard number > requests.newestModify || number == .max && requests.modify == 0 else {
            return .absorbed(.repeated)
        }
        requests.newestModify = number
        requests.modify = number
        requests.answeredModify = min(requests.answeredModify, number - 1)
        return .applied
    }

    mutating func refuseModify(_ number: UInt16) -> OrderLifeOutcome {
        guard number <= requests.newestModify else { return .alarmed(.impossible) }
        guard requests.modify != 0 else { return .absorbed(.unrequested) }
        guard number == 0 || number > requests.answeredModify else { return .absorbed(.repeated) }
        answerModify(number)
        return .applied
    }

    mutating func acceptModify(_ number: UInt16, _ quantity: Quantity) -> OrderLifeOutcome {
        guard number <= requests.newestModify, quantity > .zero else { return .alarmed(.impossible) }
        let isAnswer = number == 0 ? requests.modify != 0 : number > requests.answeredModify
        guard isAnswer else { return changeUnasked(number, to: quantity) }
        answerModify(number)
        return change(to: quantity)
    }

    private mutating func changeUnasked(_ number: UInt16, to quantity: Quantity) -> OrderLifeOutcome {
        guard number == 0 else { return .absorbed(number == requests.answeredModify ? .repeated : .stale) }
        if quantity == self.quantity { return .absorbed(.repeated) }
        if case .done(let end) = state { return tellOpen(end) }
        _ = change(to: quantity)
        return .alarmed(.unrequestedChange)
    }

    /// Answers come in the order of the requests: whoever answers one has done with those before.
    private mutating func answerModify(_ number: UInt16) {
        requests.answeredModify = number == 0 ? requests.newestModify : number
        if number == 0 || number == requests.modify { requests.modify = 0 }
    }

    /// A change to what has filled already ends the order as filled; one of a filled order to more does not bring it back.
    private mutating func change(to quantity: Quantity) -> OrderLifeOutcome {
        self.quantity = quantity
        isAcknowledged = true
        switch state {
        case .done: return filled < quantity ? .alarmed(.revived) : .applied
        case .local, .inFlight, .held, .working:
            if filled >= quantity { return become(.done(.filled)) }
            if case .held = state { return .applied }
            return become(.working)
        }
    }
}
