/// Where an order stands after a report.
public enum OrderStatus: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Acknowledged by the venue and working.
    case accepted
    /// Filled in part, still working.
    case partiallyFilled
    /// Filled in full.
    case filled
    /// Cancelled; what filled before stays filled.
    case cancelled
    /// Refused by the venue.
    case rejected
    /// Its time is over; what filled before stays filled.
    case expired

    /// snake_case name.
    public var name: StaticString {
        switch self {
        case .accepted: "accepted"
        case .partiallyFilled: "partially_filled"
        case .filled: "filled"
        case .cancelled: "cancelled"
        case .rejected: "rejected"
        case .expired: "expired"
        }
    }

    /// Whether nothing more is to come but late fills.
    @inlinable
    public var isTerminal: Bool {
        self == .filled || self == .cancelled || self == .rejected || self == .expired
    }
}

/// What a report tells of an order.
public enum OrderReport: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// The venue has it.
    case ack
    /// It traded.
    case fill
    /// It is gone by request.
    case cancel
    /// The venue refused it.
    case reject
    /// What an execution cost, told after it; nothing has traded.
    case commission
    /// Its time is over.
    case expire
    /// It has other terms now: those the report tells.
    case replace
    /// A change of it was refused: it works as before.
    case replaceReject

    /// snake_case name.
    public var name: StaticString {
        switch self {
        case .ack: "ack"
        case .fill: "fill"
        case .cancel: "cancel"
        case .reject: "reject"
        case .commission: "commission"
        case .expire: "expire"
        case .replace: "replace"
        case .replaceReject: "replace_reject"
        }
    }
}

/// One report on one order.
public struct OrderEvent: Hashable, Sendable {
    /// Our id of the order.
    public var id: ClientOrderID
    /// The venue's id; 0 when it gave none.
    public var venueOrderID: UInt64
    /// What is reported.
    public var report: OrderReport
    /// Where the order stands now.
    public var status: OrderStatus
    /// Side of the order.
    public var side: Side
    /// Quantity of the order.
    public var quantity: Quantity
    /// Filled so far.
    public var filledQuantity: Quantity
    /// Mean price of what filled, to 1e-9, half to even; zero before the first fill.
    public var averagePrice: Price
    /// Price of this fill; zero when this is none.
    public var lastPrice: Price
    /// Quantity of this fill; zero when this is none.
    public var lastQuantity: Quantity
    /// The venue's number of this fill, or of the one whose commission is told; 0 when this is neither.
    public var executionID: UInt64
    /// What this report adds to the commissions and fees of the order; negative where less is to be paid than was told.
    public var commission: Money
    /// Its currency; `none` where no commission is told.
    public var commissionCurrency: CurrencyCode
    /// What may still fill.
    public var leavesQuantity: Quantity
    /// Its limit from now on, for `replace`; `nil` for the others, and where it has none.
    public var limitPrice: Price?
    /// Its trigger from now on; likewise.
    public var stopPrice: Price?
    /// Why, in words, for cancels and rejects.
    public var reason: String
    /// What the venue said, untouched.
    public var raw: String
    /// Whether it is of an order that was only simulated, in place of one at the broker: nothing real follows from it.
    public var isSimulated = false

    /// A report.
    public init(
        id: ClientOrderID, venueOrderID: UInt64 = 0, report: OrderReport, status: OrderStatus, side: Side,
        quantity: Quantity, filledQuantity: Quantity = .zero, averagePrice: Price = .zero,
        lastPrice: Price = .zero, lastQuantity: Quantity = .zero, executionID: UInt64 = 0,
        commission: Money = .zero, commissionCurrency: CurrencyCode = .none,
        leavesQuantity: Quantity, limitPrice: Price? = nil, stopPrice: Price? = nil, reason: String = "",
        raw: String = ""
    ) {
        self.id = id
        self.venueOrderID = venueOrderID
        self.report = report
        self.status = status
        self.side = side
        self.quantity = quantity
        self.filledQuantity = filledQuantity
        self.averagePrice = averagePrice
        self.lastPrice = lastPrice
        self.lastQuantity = lastQuantity
        self.executionID = executionID
        self.commission = commission
        self.commissionCurrency = commissionCurrency
        self.leavesQuantity = leavesQuantity
        self.limitPrice = limitPrice
        self.stopPrice = stopPrice
        self.reason = reason
        self.raw = raw
    }
}
