import TWSProtocol
import TradingModel

/// Of what an account has how much.
struct PositionKey: Hashable, Comparable, Sendable {
    let account: String
    let contract: Int32

    static func < (left: PositionKey, right: PositionKey) -> Bool {
        (left.account, left.contract) < (right.account, right.contract)
    }
}

/// A position, what it cost and what was made of it.
struct Position: Hashable, Sendable {
    /// Negative when short.
    var quantity = Quantity.zero
    /// What the open part cost, with the multiplier, without commission; negative when short.
    var cost = Money.zero
    /// Gains and losses of what was closed, less all commissions of closing fills.
    var realized = Money.zero

    /// Cost of one unit, with the multiplier.
    var averageCost: Money {
        guard quantity != .zero else { return .zero }
        let signed = quantity < .zero ? -cost : cost
        return signed.scaled(by: 1_000_000_000, over: Int128(quantity.magnitude.rawValue))
    }

    /// Takes a fill: what runs against the position closes it first, the rest opens.
    ///
    /// - Parameter quantity: negative when sold.
    /// - Returns: gain or loss of what it closed; `nil` when it closed nothing.
    /// - Throws: when what it comes to does not fit; nothing of it counts then.
    mutating func take(
        _ traded: Quantity, at price: Price, multiplier: Quantity
    ) throws(LedgerFault) -> Money? {
        guard !quantity.rawValue.addingReportingOverflow(traded.rawValue).overflow else {
            throw LedgerFault("the position would be larger than positions can be")
        }
        let isClosing = (quantity > .zero && traded < .zero) || (quantity < .zero && traded > .zero)
        guard isClosing else {
            try open(traded, price, multiplier)
            return nil
        }
        let closed = min(quantity.magnitude, traded.magnitude)
        let change = traded < .zero ? -closed : closed
        // Of the cost goes what part of the position goes, so that nothing is left when nothing is left.
        let share = cost.scaled(by: Int128(closed.rawValue), over: Int128(quantity.magnitude.rawValue))
        let gain = -Money(price, times: change, multiplier: multiplier) - share
        quantity += change
        cost -= share
        try open(traded - change, price, multiplier)
        return try gain.checked()
    }

    private mutating func open(_ traded: Quantity, _ price: Price, _ multiplier: Quantity) throws(LedgerFault)
    {
        quantity += traded
        cost = try (cost + Money(price, times: traded, multiplier: multiplier).checked()).checked()
    }
}

/// Positions and cash of all accounts: the sum of the executions.
struct PositionKeeper: Sendable {
    /// An account and a currency.
    struct CashKey: Hashable, Comparable, Sendable {
        let account: String
        let currency: String

        static func < (left: CashKey, right: CashKey) -> Bool {
            (left.account, left.currency) < (right.account, right.currency)
        }
    }

    private(set) var positions: [PositionKey: Position] = [:]
    /// What trading changed, without what the accounts opened with.
    private(set) var cash: [CashKey: Money] = [:]

    /// Positions ever held, in order.
    func ordered(of account: String? = nil) -> [(key: PositionKey, position: Position)] {
        positions.filter { account == nil || $0.key.account == account }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    subscript(key: PositionKey) -> Position { positions[key] ?? Position() }

    /// Takes an execution.
    ///
    /// - Returns: what it realized, less its commission; `nil` when it closed nothing.
    ///
    /// - Throws: when what it comes to does not fit.
    mutating func take(
        _ execution: BookedExecution, _ terms: OrderTerms, _ contract: TradedContract
    ) throws(LedgerFault) -> Money? {
        let traded = terms.side == .buy ? execution.quantity : -execution.quantity
        let key = PositionKey(account: terms.account, contract: terms.contract)
        var position = self[key]
        let gain = try position.take(traded, at: execution.price, multiplier: contract.multiplier)
        let realized = gain.map { $0 - execution.commission }
        if let realized { position.realized = try (position.realized + realized).checked() }
        positions[key] = position
        let paid =
            contract.isPaidInFull
            ? -Money(execution.price, times: traded, multiplier: contract.multiplier) : gain ?? .zero
        let account = CashKey(account: terms.account, currency: contract.contract.currency)
        cash[account] = try ((cash[account] ?? .zero) + paid - execution.commission).checked()
        return realized
    }
}

extension Money {
    /// Largest amount of the ledger: sums of two of them do not overflow.
    static let mostBooked = Money(rawValue: 1 << 124)

    /// This amount.
    ///
    /// - Throws: when it is larger than amounts of the ledger can be.
    fileprivate func checked() throws(LedgerFault) -> Money {
        guard magnitude <= Self.mostBooked else {
            throw LedgerFault("an amount is larger than amounts can be")
        }
        return self
    }
}
