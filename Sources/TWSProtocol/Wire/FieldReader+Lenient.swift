import TradingModel

/// Fields that inform: what they say must not cost the message.
extension FieldReader {
    /// Forgives nothing from here on.
    public mutating func beStrict() { isStrict = true }

    /// Reads digits; anything else leaves the value as it was.
    public mutating func lenient(_ value: inout Int32) {
        forgiving { $0.integer(&value) }
    }

    /// Reads digits; anything else is `nil`.
    public mutating func lenient(_ value: inout Int32?) {
        if forgiving({ $0.integer(&value) }) { value = nil }
    }

    /// Reads digits; anything else is `nil`.
    public mutating func lenient(_ value: inout Int64?) {
        if forgiving({ $0.integer(&value) }) { value = nil }
    }

    /// Reads digits; a number but 0 is `true`, anything else `false`.
    public mutating func lenient(_ value: inout Bool) {
        guard !isStrict else { return flag(&value) }
        var number: Int64 = 0
        forgiving { $0.integer(&number) }
        value = number != 0
    }

    /// Reads a price; anything else is `nil`.
    public mutating func lenient(_ value: inout Price?) {
        if forgiving({ $0.price(&value) }) { value = nil }
    }

    /// Reads a sum; anything else is `nil`.
    public mutating func lenient(_ value: inout Money?) {
        if forgiving({ $0.money(&value) }) { value = nil }
    }

    /// Reads a size, rounded where it has digits below 1e-9; anything else is `nil`.
    public mutating func lenient(_ value: inout Quantity?) {
        let start = cursor
        guard forgiving({ $0.quantity(&value) }) else { return }
        let behind = cursor
        cursor = start
        let read = decimal()
        cursor = behind
        value = read.outcome == .rounded ? Quantity(rawValue: read.billionths) : nil
    }

    /// Reads a number; anything else is `nil`.
    public mutating func lenient(_ value: inout Double?) {
        if forgiving({ $0.number(&value) }) { value = nil }
    }

    /// Reads an offset; anything else is unset.
    public mutating func lenient(_ value: inout CompetitionOffset) {
        if forgiving({ $0.competition(&value) }) { value = .unset }
    }

    /// Reads a field, and passes over it when that fails for what it says.
    ///
    /// - Returns: whether it was passed over.
    @discardableResult
    private mutating func forgiving(_ read: (inout FieldReader) -> Void) -> Bool {
        guard !isStrict, fault == nil, cursor < end else {
            read(&self)
            return false
        }
        let start = cursor
        read(&self)
        guard fault != nil else { return false }
        forgive(from: start)
        return true
    }
}
