/// A pre-trade control, in the order of evaluation. The list only grows.
public enum RiskReason: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// The decision could not be made durable in the audit log.
    case auditUnavailable
    /// The kill switch is engaged.
    case killSwitch
    /// Trading is not armed.
    case mode
    /// The broker cannot be reached, or our books are not known to equal its own.
    case brokerUnavailable
    /// The instrument is not on the whitelist, or its data is missing.
    case symbol
    /// The quantity is not a positive multiple of the lot.
    case invalidQuantity
    /// The price is missing, not positive or off the tick grid.
    case invalidPrice
    /// There is no usable reference price.
    case noReference
    /// The quantity exceeds the limit of one order.
    case sizeLimit
    /// The price is too far from the reference.
    case priceCollar
    /// The worst-case exposure would exceed the limit.
    case exposureLimit
    /// Too many orders accepted for the symbol in the last 60 s.
    case throttleExceeded

    /// snake_case code.
    public var code: StaticString {
        switch self {
        case .auditUnavailable: "audit_unavailable"
        case .killSwitch: "kill_switch"
        case .mode: "mode"
        case .brokerUnavailable: "broker_unavailable"
        case .symbol: "symbol"
        case .invalidQuantity: "invalid_quantity"
        case .invalidPrice: "invalid_price"
        case .noReference: "no_reference"
        case .sizeLimit: "size_limit"
        case .priceCollar: "price_collar"
        case .exposureLimit: "exposure_limit"
        case .throttleExceeded: "throttle_exceeded"
        }
    }
}

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
    /// The quote it was judged by; `nil` where there was none.
    public var reference: ReferenceQuote?
    /// What led to the request; `nil` for an order by hand.
    public var origin: OrderOrigin?

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
}
