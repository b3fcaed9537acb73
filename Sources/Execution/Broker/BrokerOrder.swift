import TWSProtocol
import TradingModel

/// An order at the broker: what was sent, and what is known of it for certain.
struct BrokerOrder: Sendable {
    /// Where it stands. Where nothing is known for certain it stays as it was.
    ///
    /// No `OrderLife`: this is how far the order has been *reported*, on the queue of the client, and decides which reports
    /// are made of what the broker tells. On the bus they are folded through the order's life like those of any venue.
    enum Stage: Hashable {
        /// An id is taken, its bytes have not left yet.
        case leaving
        /// Handed over; the gateway has not said a word.
        case sent
        /// The gateway knows it, but has not taken it yet, or holds it.
        case known
        /// Reported as acknowledged, or as filled in part.
        case working
        /// Over, and reported so.
        case done(OrderStatus)
    }

    /// One execution in its newest version.
    struct Fill: Hashable {
        var revision: Int
        let number: UInt64
        var price: Price
        var quantity: Quantity
        /// What has been told of its commission, in the newest version.
        var commission: BrokerCommission?
    }

    /// A cancel that is wanted until the order is over.
    struct CancelWish: Hashable {
        var reason: String
        /// The reconciliation after which it was last sent; `nil` while it has to be sent (again).
        var sentIn: Int?
        /// Since when it is wanted; `nil` until the time is told.
        var since: Timestamp?
        /// When it was last sent again because it had not left, or was refused.
        var triedAt: Timestamp?
    }

    /// An end that the broker has told, and that is held back until the executions have come that it has told of, too.
    struct Ending: Hashable {
        var status: OrderStatus
        var reason: String
        var raw: String
    }

    /// Other terms that the gateway has been asked for.
    struct Change: Hashable {
        var quantity: Quantity
        var limitPrice: Price?
        var stopPrice: Price?
        /// The comparison before which it was sent.
        var round = 0
    }

    let request: OrderRequest
    /// Whether an earlier session has sent it.
    var isRestored = false
    /// Whether the broker says that it has filled, and does not tell the executions any more.
    var isToldFilled = false
    /// Whether the bus was told that nobody knows what it is.
    var isInDoubt = false
    /// The order's number at our client id; negative while the gateway has not named an order of an earlier session.
    var orderID: Int32
    /// The contract it is for, by the gateway's number.
    let contractID: Int32
    /// Times the session had been lost when it was sent.
    let lossesBefore: Int
    /// The reconciliation before which it was sent.
    let round: Int
    var stage = Stage.leaving
    /// Whether it was over by the broker's word, not by our conclusion.
    var isDoneByWord = false
    /// The order's number over time and clients; 0 until known.
    var permanentID: Int64 = 0
    /// How much now, after changes.
    var quantity: Quantity
    /// Limit now, after changes.
    var limitPrice: Price?
    /// Trigger now, after changes.
    var stopPrice: Price?
    /// Executions by name; never walked through, so that no order of them matters.
    private(set) var fills: [String: Fill] = [:]
    private(set) var filled = Quantity.zero
    /// Σ price · quantity of the fills.
    private(set) var notional = Money.zero
    /// The most that a status has told as filled: never a fill, but a reason to ask.
    var toldFilled = Quantity.zero
    /// The comparison during or after which that was told.
    var toldIn = 0
    var ending: Ending?
    /// Since when something about it is in doubt; `nil` until the time is told.
    var doubtSince: Timestamp?
    /// How often it was asked about since then.
    var timesAsked = 0
    /// Whether the gateway has it, and does not let it work: neither an exchange nor its own simulation has taken it.
    var isHeldBack = false
    var cancel: CancelWish?
    var change: Change?
    /// Why it is probably refused (103, or held untransmitted): counts when nobody knows the order.
    var suspicion: String?
    /// Whether another order may bear its number, so that the number alone says nothing (103).
    var sharesNumber = false

    init(_ request: OrderRequest, orderID: Int32, contractID: Int32, lossesBefore: Int, round: Int) {
        self.request = request
        self.orderID = orderID
        self.contractID = contractID
        self.lossesBefore = lossesBefore
        self.round = round
        quantity = request.quantity
        limitPrice = request.limitPrice
        stopPrice = request.stopPrice
    }

    /// Where it stands while it works.
    var workingStatus: OrderStatus {
        if case .done(let status) = stage { return status }
        return filled > .zero ? .partiallyFilled : .accepted
    }

    var isDone: Bool {
        if case .done = stage { true } else { false }
    }

    /// Its end is wanted: what it was silent about until then says nothing of that.
    mutating func wantEnd(_ reason: String) {
        guard cancel == nil else { return }
        cancel = CancelWish(reason: reason)
        doubtSince = nil
        timesAsked = 0
    }

    /// Whether its end is wanted, and the cancel has not left, or was refused.
    var hasCancelToSend: Bool { cancel.map { $0.sentIn == nil } ?? false }

    /// Whether the broker owes a word about it: to the order itself, or to its cancel.
    var isAwaited: Bool { ending == nil && (stage == .sent || cancel != nil) }

    /// Whether its time is over, where it has one: by our clock, which may be behind the broker's by some seconds.
    func isExpired(at time: Timestamp) -> Bool {
        request.expiry.map { time.advanced(by: 5_000_000_000) >= $0 } ?? false
    }

    /// Whether executions are missing that a status has told of.
    var isUnexplained: Bool { toldFilled > filled }

    /// Mean price of the fills to 1e-9, half to even; zero before the first.
    var averagePrice: Price {
        guard filled > .zero else { return .zero }
        let mean = notional.scaled(by: 1, over: Int128(filled.rawValue)).rawValue
        return Price(rawValue: Int64(clamping: mean))
    }

    /// Notes whether it works, by a status.
    mutating func follow(_ status: GatewayOrderStatus?) {
        guard let status else { return }
        isHeldBack = status == .inactive || status == .pendingSubmit || status == .apiPending
    }

    func fill(_ name: ExecutionName) -> Fill? { fills[name.base] }

    mutating func add(_ fill: Fill, _ name: ExecutionName) {
        fills[name.base] = fill
        filled += fill.quantity
        notional += Money(fill.price, times: fill.quantity)
    }

    /// Notes what an execution cost.
    mutating func note(_ commission: BrokerCommission, of name: ExecutionName) {
        fills[name.base]?.commission = commission
    }

    /// Takes an execution back; its name stays known, so that the version that was taken back is never booked again.
    mutating func reverse(_ fill: Fill) {
        filled -= fill.quantity
        notional += Money(fill.price, times: -fill.quantity)
        toldFilled = min(toldFilled, filled)
    }

    /// Where it stands in the words of reports.
    var status: OrderStatus {
        if case .done(let status) = stage { return status }
        return filled > .zero ? .partiallyFilled : .accepted
    }

    /// A report on it as it stands.
    ///
    /// - Parameter commission: of that fill, where it is known already.
    func report(
        _ report: OrderReport, _ status: OrderStatus, fill: Fill? = nil,
        commission: BrokerCommission? = nil, reason: String = "", raw: String
    ) -> OrderEvent {
        OrderEvent(
            id: request.id, venueOrderID: UInt64(bitPattern: permanentID), report: report, status: status,
            side: request.side, quantity: quantity, filledQuantity: filled, averagePrice: averagePrice,
            lastPrice: fill?.price ?? .zero, lastQuantity: fill?.quantity ?? .zero,
            executionID: fill?.number ?? 0, commission: commission?.amount ?? .zero,
            commissionCurrency: commission?.currency ?? .none,
            leavesQuantity: status.isTerminal ? .zero : max(.zero, quantity - filled), reason: reason,
            raw: raw)
    }

    /// A report of our own that it never left.
    static func unsent(_ request: OrderRequest, _ reason: String) -> OrderEvent {
        OrderEvent(
            id: request.id, report: .reject, status: .rejected, side: request.side,
            quantity: request.quantity, leavesQuantity: .zero, reason: WorkingOrder.unsentPrefix + reason)
    }
}
