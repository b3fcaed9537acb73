/// One evaluated control: what was allowed and what would have been.
public struct RiskCheck: Hashable, Sendable {
    /// A limit or an actual value.
    public enum Value: Hashable, Sendable {
        /// On or off, yes or no.
        case flag(Bool)
        /// A number of things.
        case count(Int)
        /// A quantity.
        case quantity(Quantity)
        /// A price.
        case price(Price)
        /// An amount in the base currency.
        case money(Money)
        /// Not to be had.
        case missing
    }

    /// Which control.
    public var reason: RiskReason
    /// What is allowed.
    public var limit: Value
    /// What the order would make of it.
    public var actual: Value
    /// Whether the order passes.
    public var passed: Bool

    /// An evaluated control.
    @inlinable
    public init(_ reason: RiskReason, limit: Value, actual: Value, passed: Bool) {
        self.reason = reason
        self.limit = limit
        self.actual = actual
        self.passed = passed
    }
}

/// The verdict on one order request.
public struct RiskDecision: Hashable, Sendable {
    /// The request.
    public var request: OrderRequest
    /// Whether it may go.
    public var approved: Bool
    /// Why not: live exactly the first failing control, in a dry run all of them; empty when approved.
    public var reasons: [RiskReason]
    /// Every evaluated control with limit and actual value, in the order of evaluation.
    public var limits: RiskChecks
    /// The newest quote, which it was judged by unless a trade stood in; `nil` where there was none.
    public var reference: ReferenceQuote?
    /// The last trade, where it was judged by that.
    public var trade: ReferenceTrade?
    /// What led to the request; `nil` for an order by hand.
    public var origin: OrderOrigin?
    /// Whether the order only makes a position smaller, so that it uses up nothing of what keeps others back.
    public var isReducing = false

    /// A verdict.
    public init(
        request: OrderRequest, approved: Bool, reasons: [RiskReason], limits: RiskChecks,
        reference: ReferenceQuote? = nil, origin: OrderOrigin? = nil
    ) {
        self.request = request
        self.approved = approved
        self.reasons = reasons
        self.limits = limits
        self.reference = reference
        self.origin = origin
    }

    /// Begins anew with another request, in the room of this verdict: nothing approved, nothing evaluated.
    @inlinable
    public mutating func begin(_ request: OrderRequest) {
        self.request = request
        approved = false
        if !reasons.isEmpty { reasons = [] }
        limits.removeAll()
        reference = nil
        trade = nil
        // Setting it writes all of it.
        if origin != nil { origin = nil }
        isReducing = false
    }

    /// The price it was judged by; `nil` where there was none.
    public var referencePrice: Price? { trade?.price ?? reference?.price }
}
