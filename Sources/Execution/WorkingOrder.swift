import Risk
import TradingModel

/// An order from its hand-over until its last report, and what is known of it.
public struct WorkingOrder: Sendable, Hashable {
    /// What was sent.
    public let request: OrderRequest
    /// Sequence number of the decision that approved it.
    public let decisionSequence: UInt64
    /// When it was handed over.
    public let sentAt: Timestamp
    /// Where it stands; `nil` until the venue has answered.
    public private(set) var status: OrderStatus?
    /// The venue's id; 0 until known.
    public private(set) var venueOrderID: UInt64 = 0
    /// How much it is for: as sent, or as changed since.
    public private(set) var quantity: Quantity
    /// Filled so far.
    public private(set) var filledQuantity = Quantity.zero
    /// Σ price · quantity of the fills.
    public private(set) var filledNotional = Money.zero
    /// Time of the newest report.
    public private(set) var updatedAt: Timestamp
    /// Why it was cancelled or refused.
    public private(set) var reason = ""

    init(_ order: ApprovedOrder, sentAt: Timestamp) {
        request = order.request
        quantity = order.request.quantity
        decisionSequence = order.decisionSequence
        self.sentAt = sentAt
        updatedAt = sentAt
    }

    /// Our id.
    public var id: ClientOrderID { request.id }
    /// What may still fill.
    public var leavesQuantity: Quantity {
        status?.isTerminal == true ? .zero : max(.zero, quantity - filledQuantity)
    }
    /// Mean price of the fills to 1e-9, half to even; zero before the first.
    public var averagePrice: Price {
        guard filledQuantity > .zero else { return .zero }
        let mean = filledNotional.scaled(by: 1, over: Int128(filledQuantity.rawValue)).rawValue
        return Price(rawValue: Int64(clamping: mean))
    }

    /// Folds a report.
    mutating func fold(_ report: OrderEvent, at now: Timestamp) {
        status = report.status
        quantity = report.quantity
        if report.venueOrderID != 0 { venueOrderID = report.venueOrderID }
        if report.report == .fill {
            filledQuantity += report.lastQuantity
            filledNotional += Money(report.lastPrice, times: report.lastQuantity)
        }
        if !report.reason.isEmpty { reason = report.reason }
        updatedAt = now
    }
}
