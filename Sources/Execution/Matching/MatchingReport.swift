import TradingModel

/// What a matching engine tells of an order, in the order in which it happened.
public enum MatchingReport: Hashable, Sendable, BitwiseCopyable {
    /// It is taken. One that does not wait for its stop price meets the market next.
    case accepted(MatchingOrderID, waitsForTrigger: Bool)
    /// Its stop price was reached; it meets the market next.
    case triggered(MatchingOrderID)
    /// It traded; gone when nothing is left.
    case fill(MatchingFill)
    /// It is gone; `leaves` is what did not fill.
    case cancelled(MatchingOrderID, leaves: Quantity, MatchingCancelReason)
    /// A submission or replacement is refused and changes nothing.
    case rejected(MatchingOrderID, MatchingRejectReason)
    /// It has its new terms. With nothing left the new quantity was no more than what had filled: it is gone, filled.
    case replaced(MatchingOrderID, leaves: Quantity)

    /// The order it is about.
    public var id: MatchingOrderID {
        switch self {
        case .accepted(let id, _), .triggered(let id), .cancelled(let id, _, _), .rejected(let id, _),
            .replaced(let id, _):
            id
        case .fill(let fill): fill.id
        }
    }
}

/// One execution of one order.
public struct MatchingFill: Hashable, Sendable, BitwiseCopyable {
    /// Whose.
    public let id: MatchingOrderID
    /// At what price; within the order's limit.
    public let price: Price
    /// How much; positive.
    public let quantity: Quantity
    /// What may still fill.
    public let leaves: Quantity
    /// Whether the order was resting and others came to it: it made the price.
    public let isMaker: Bool

    /// An execution.
    public init(id: MatchingOrderID, price: Price, quantity: Quantity, leaves: Quantity, isMaker: Bool) {
        self.id = id
        self.price = price
        self.quantity = quantity
        self.leaves = leaves
        self.isMaker = isMaker
    }
}

/// Why an order is gone before it was filled.
public enum MatchingCancelReason: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Its owner wanted it.
    case requested
    /// It was to fill at once, and that was not to be had.
    case notFilledAtOnce

    /// In words.
    public var text: StaticString {
        switch self {
        case .requested: "requested"
        case .notFilledAtOnce: "not filled at once"
        }
    }
}

/// Why a submission or replacement is refused.
public enum MatchingRejectReason: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// An order of that number is alive.
    case duplicateID
    /// No order of that number is alive.
    case unknownOrder
    /// Not positive.
    case invalidQuantity
    /// The price its kind needs is missing.
    case missingPrice
    /// No row of a quote or ladder is known, and the options refuse orders then.
    case noMarket
    /// The venue has no engine for the instrument.
    case unknownInstrument
    /// It may only rest, and would trade at once.
    case wouldTrade
    /// The venue refuses some orders, as its options say.
    case chance

    /// In words.
    public var text: StaticString {
        switch self {
        case .duplicateID: "duplicate order number"
        case .unknownOrder: "no such order is working"
        case .invalidQuantity: "quantity must be positive"
        case .missingPrice: "a price is missing"
        case .noMarket: "no market"
        case .unknownInstrument: "no such instrument"
        case .wouldTrade: "post-only: it would trade at once"
        case .chance: "refused by chance"
        }
    }
}
