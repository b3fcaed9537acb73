import Risk
import TradingModel

/// An order from its approval until its last report, and what is known of it.
public struct WorkingOrder: Sendable, Hashable {
    /// What was sent.
    public let request: OrderRequest
    /// Sequence number of the decision that approved it.
    public let decisionSequence: UInt64
    /// When it was handed over.
    public let sentAt: Timestamp
    /// Where it stands, and what was asked about it.
    public private(set) var life: OrderLife
    /// The venue's id; 0 until known.
    public private(set) var venueOrderID: UInt64 = 0
    /// Its limit: as sent, or as changed since.
    public private(set) var limitPrice: Price?
    /// Its trigger; likewise.
    public private(set) var stopPrice: Price?
    /// Σ price · quantity of the fills.
    public private(set) var filledNotional = Money.zero
    /// Time of the newest report.
    public private(set) var updatedAt: Timestamp
    /// Why it was cancelled or refused.
    public private(set) var reason = ""

    init(_ order: ApprovedOrder, sentAt: Timestamp) {
        request = order.request
        limitPrice = order.request.limitPrice
        stopPrice = order.request.stopPrice
        life = OrderLife(quantity: order.request.quantity)
        decisionSequence = order.decisionSequence
        self.sentAt = sentAt
        updatedAt = sentAt
    }

    /// An order of an earlier session, as its trail tells it.
    init(_ restored: RestoredOrder, at now: Timestamp) {
        request = restored.request
        limitPrice = restored.request.limitPrice
        stopPrice = restored.request.stopPrice
        decisionSequence = restored.decisionSequence
        sentAt = restored.sentAt
        venueOrderID = restored.venueOrderID
        filledNotional = restored.notional
        updatedAt = now
        life = OrderLife(restored, at: now)
        if let wish = restored.cancelReason { reason = wish }
    }

    /// Our id.
    public var id: ClientOrderID { request.id }
    /// How much it is for: as sent, or as changed since.
    public var quantity: Quantity { life.quantity }
    /// Filled so far.
    public var filledQuantity: Quantity { life.filled }
    /// What may still fill.
    public var leavesQuantity: Quantity { life.leaves }
    /// Where it stands in the words of reports; `nil` until the venue has accepted or refused it.
    public var status: OrderStatus? {
        switch life.state {
        case .local, .inFlight: nil
        case .held, .working: life.filled > .zero ? .partiallyFilled : .accepted
        case .done(.filled): .filled
        case .done(.cancelled): .cancelled
        case .done(.expired): .expired
        case .done(.rejected), .done(.denied): .rejected
        }
    }
    /// Mean price of the fills to 1e-9, half to even; zero before the first.
    public var averagePrice: Price {
        guard filledQuantity > .zero else { return .zero }
        let mean = filledNotional.scaled(by: 1, over: Int128(filledQuantity.rawValue)).rawValue
        return Price(rawValue: Int64(clamping: mean))
    }

    /// Takes in what we have done, or what no report tells.
    mutating func note(_ event: OrderLifeEvent) -> OrderLifeOutcome { life.fold(event) }

    /// Folds a report.
    ///
    /// - Parameter isRepeat: whether its execution was booked before.
    mutating func fold(
        _ report: OrderEvent, isRepeat: Bool, at now: Timestamp, _ counts: inout OrderOutcomeCounts
    ) {
        let before = life.filled
        life.fold(report, isRepeat: isRepeat, &counts)
        if life.filled != before {
            filledNotional += Money(report.lastPrice, times: life.filled - before)
        }
        if report.report == .replace {
            limitPrice = report.limitPrice ?? limitPrice
            stopPrice = report.stopPrice ?? stopPrice
        }
        if report.venueOrderID != 0 { venueOrderID = report.venueOrderID }
        if !report.reason.isEmpty { reason = report.reason }
        updatedAt = now
    }
}
