/// A pre-trade control, in the order of evaluation. The list only grows; the number of a case stays within the process.
///
/// Source: risk reference, "The controls, in order of evaluation".
public enum RiskReason: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// The decision could not be made durable in the audit log.
    case auditUnavailable
    /// A kill holds that the order may not pass.
    case killSwitch
    /// Trading is not armed.
    case mode
    /// Our books are not known to equal the broker's.
    case notReconciled
    /// The broker cannot be reached, or takes no orders.
    case brokerDown
    /// Of an order of the same instrument and side nobody knows what has become of it.
    case orderUnresolved
    /// The clock is not synchronised, or not well enough.
    case clock
    /// The instrument is not on the whitelist, or its data is missing.
    case symbol
    /// The instrument's quotes may not be traded on, or a kill of the instrument holds.
    case symbolHalted
    /// The instrument does not trade at this time.
    case session
    /// The kind or the flags of the order are not allowed.
    case orderType
    /// The order's id has been seen before.
    case duplicateID
    /// The quantity is not a positive multiple of the lot.
    case invalidQuantity
    /// The price is missing, not positive or off the tick grid.
    case invalidPrice
    /// There is no usable reference price.
    case noReference
    /// The reference price is too old, or of a quote too wide.
    case staleReference
    /// The quantity exceeds the limit of one order.
    case sizeLimit
    /// The price is too far from the reference.
    case priceCollar
    /// The value of the order exceeds the limit of one order.
    case notionalLimit
    /// The worst-case position would exceed the limit.
    case positionLimit
    /// The worst-case exposure would exceed the limit.
    case exposureLimit
    /// As many orders work or wait as may.
    case openOrdersLimit
    /// The account's funds do not cover the exposure.
    case buyingPower
    /// The loss of the day, or from the peak, has reached its limit.
    case lossLimit
    /// The same order was accepted a moment ago.
    case duplicateOrder
    /// The order would trade with one of our own.
    case selfCross
    /// Too many orders accepted for the symbol in the last 60 s.
    case throttleExceeded
    /// Too many orders or messages a second.
    case rateLimit
    /// The strategy has traded as often as it may until somebody enables it again.
    case repeatLimit
    /// As many orders were accepted today as may be.
    case dailyOrdersLimit
    /// The orders that follow from one decision are more than it asked for.
    case childExceedsParent
    /// A value that does not fit, or anything unexpected.
    case internalFault

    /// snake_case code.
    public var code: StaticString {
        switch self {
        case .auditUnavailable: "audit_unavailable"
        case .killSwitch: "kill_switch"
        case .mode: "mode"
        case .notReconciled: "not_reconciled"
        case .brokerDown: "broker_down"
        case .orderUnresolved: "order_unresolved"
        case .clock: "clock"
        case .symbol: "symbol"
        case .symbolHalted: "symbol_halted"
        case .session: "session"
        case .orderType: "order_type"
        case .duplicateID: "duplicate_id"
        case .invalidQuantity: "invalid_quantity"
        case .invalidPrice: "invalid_price"
        case .noReference: "no_reference"
        case .staleReference: "stale_reference"
        case .sizeLimit: "size_limit"
        case .priceCollar: "price_collar"
        case .notionalLimit: "notional_limit"
        case .positionLimit: "position_limit"
        case .exposureLimit: "exposure_limit"
        case .openOrdersLimit: "open_orders_limit"
        case .buyingPower: "buying_power"
        case .lossLimit: "loss_limit"
        case .duplicateOrder: "duplicate_order"
        case .selfCross: "self_cross"
        case .throttleExceeded: "throttle_exceeded"
        case .rateLimit: "rate_limit"
        case .repeatLimit: "repeat_limit"
        case .dailyOrdersLimit: "daily_orders_limit"
        case .childExceedsParent: "child_exceeds_parent"
        case .internalFault: "internal"
        }
    }

    /// The control of that code; codes of older recordings are understood.
    public init?(code: String) {
        // Once one control told both ways in which a broker is not there.
        let code = code == "broker_unavailable" ? "broker_down" : code
        guard let reason = Self.allCases.first(where: { $0.code.description == code }) else { return nil }
        self = reason
    }
}
