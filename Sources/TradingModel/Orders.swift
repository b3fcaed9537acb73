/// Our own id of an order: unique for ever within a state directory.
public struct ClientOrderID: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Which session of the daemon, from 1; counted in the state directory.
    public let session: UInt32
    /// Which order of that session, from 1.
    public let number: UInt32

    /// Order `number` of session `session`.
    @inlinable
    public init(session: UInt32, number: UInt32) {
        self.session = session
        self.number = number
    }

    /// Orders by session, then number.
    @inlinable
    public static func < (left: ClientOrderID, right: ClientOrderID) -> Bool {
        (left.session, left.number) < (right.session, right.number)
    }

    /// Parses `c-SESSION-NUMBER`.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "c", let session = UInt32(parts[1]), let number = UInt32(parts[2])
        else { return nil }
        self.init(session: session, number: number)
    }
}

extension ClientOrderID: CustomStringConvertible {
    /// `c-SESSION-NUMBER`.
    public var description: String { "c-\(session)-\(number)" }
}

/// Kind of order.
public enum OrderType: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// At any price.
    case market
    /// At the limit price or better.
    case limit
    /// A market order once the stop price trades.
    case stop
    /// A limit order once the stop price trades.
    case stopLimit

    /// snake_case name.
    public var name: StaticString {
        switch self {
        case .market: "market"
        case .limit: "limit"
        case .stop: "stop"
        case .stopLimit: "stop_limit"
        }
    }
}

/// How long an order lives.
public enum TimeInForce: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Until the end of the session.
    case day
    /// Until cancelled.
    case goodTillCancel
    /// What fills at once; the rest is cancelled.
    case immediateOrCancel
    /// All at once or nothing.
    case fillOrKill

    /// The field's abbreviation.
    public var name: StaticString {
        switch self {
        case .day: "DAY"
        case .goodTillCancel: "GTC"
        case .immediateOrCancel: "IOC"
        case .fillOrKill: "FOK"
        }
    }
}

/// Special instructions.
public struct OrderFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
    /// The bits.
    public let rawValue: UInt8
    /// A set of instructions.
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// May only make the position smaller.
    public static let reduceOnly = OrderFlags(rawValue: 1)
}

/// What a strategy or an operator wants to send. Not yet checked, not yet approved.
public struct OrderRequest: Hashable, Sendable, BitwiseCopyable {
    /// Our id.
    public var id: ClientOrderID
    /// Instrument.
    public var symbol: SymbolID
    /// Buy or sell.
    public var side: Side
    /// Kind.
    public var type: OrderType
    /// How long it lives.
    public var timeInForce: TimeInForce
    /// Special instructions.
    public var flags: OrderFlags
    /// How much; positive.
    public var quantity: Quantity
    /// Limit, for limit and stop-limit orders.
    public var limitPrice: Price?
    /// Trigger, for stop and stop-limit orders.
    public var stopPrice: Price?
    /// Who wants it.
    public var strategy: StrategyID
    /// Sequence number of the signal it follows; 0 for an order by hand.
    public var signalSequence: UInt64
    /// The decision it belongs to.
    public var trace: TraceContext

    /// A request.
    public init(
        id: ClientOrderID, symbol: SymbolID, side: Side, type: OrderType, quantity: Quantity,
        limitPrice: Price? = nil, stopPrice: Price? = nil, timeInForce: TimeInForce = .day,
        flags: OrderFlags = [], strategy: StrategyID = .manual, signalSequence: UInt64 = 0,
        trace: TraceContext = .none
    ) {
        self.id = id
        self.symbol = symbol
        self.side = side
        self.type = type
        self.quantity = quantity
        self.limitPrice = limitPrice
        self.stopPrice = stopPrice
        self.timeInForce = timeInForce
        self.flags = flags
        self.strategy = strategy
        self.signalSequence = signalSequence
        self.trace = trace
    }
}

/// What a strategy thinks.
public struct Signal: Hashable, Sendable, BitwiseCopyable {
    /// Which way.
    public enum Direction: Int8, Sendable, BitwiseCopyable, CaseIterable {
        /// Sell.
        case short = -1
        /// No opinion.
        case flat = 0
        /// Buy.
        case long = 1

        /// `short`, `flat` or `long`.
        public var name: StaticString {
            switch self {
            case .short: "short"
            case .flat: "flat"
            case .long: "long"
            }
        }
    }

    /// Who says so.
    public var strategy: StrategyID
    /// Which way.
    public var direction: Direction
    /// Whether the micro-price had sizes to weigh; otherwise it is the mid.
    public var isWeighted: Bool
    /// Strength in ticks, signed.
    public var score: Double
    /// 0…1.
    public var confidence: Double
    /// Features at the signal: the newest micro-price.
    public var last: Price
    /// Mean of the last 5 samples.
    public var mean5: Price
    /// Mean of the last 10 samples.
    public var mean10: Price
    /// Best bid and ask at the signal.
    public var bid: Price
    /// Best ask at the signal.
    public var ask: Price

    /// A signal.
    public init(
        strategy: StrategyID, direction: Direction, isWeighted: Bool, score: Double, confidence: Double,
        last: Price, mean5: Price, mean10: Price, bid: Price, ask: Price
    ) {
        self.strategy = strategy
        self.direction = direction
        self.isWeighted = isWeighted
        self.score = score
        self.confidence = confidence
        self.last = last
        self.mean5 = mean5
        self.mean10 = mean10
        self.bid = bid
        self.ask = ask
    }
}

/// A pre-trade control, in the order of evaluation. The list only grows.
public enum RiskReason: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// The decision could not be made durable in the audit log.
    case auditUnavailable
    /// The kill switch is engaged.
    case killSwitch
    /// Trading is not armed.
    case mode
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
    /// Every evaluated control with limit and actual value.
    public var limits: [RiskCheck]

    /// A verdict.
    public init(request: OrderRequest, approved: Bool, reasons: [RiskReason], limits: [RiskCheck]) {
        self.request = request
        self.approved = approved
        self.reasons = reasons
        self.limits = limits
    }
}

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

    /// snake_case name.
    public var name: StaticString {
        switch self {
        case .accepted: "accepted"
        case .partiallyFilled: "partially_filled"
        case .filled: "filled"
        case .cancelled: "cancelled"
        case .rejected: "rejected"
        }
    }

    /// Whether nothing more is to come but late fills.
    @inlinable
    public var isTerminal: Bool { self == .filled || self == .cancelled || self == .rejected }
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

    /// Lower-case name.
    public var name: StaticString {
        switch self {
        case .ack: "ack"
        case .fill: "fill"
        case .cancel: "cancel"
        case .reject: "reject"
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
    /// The venue's number of this fill; 0 when this is none.
    public var executionID: UInt64
    /// What may still fill.
    public var leavesQuantity: Quantity
    /// Why, in words, for cancels and rejects.
    public var reason: String
    /// What the venue said, untouched.
    public var raw: String

    /// A report.
    public init(
        id: ClientOrderID, venueOrderID: UInt64 = 0, report: OrderReport, status: OrderStatus, side: Side,
        quantity: Quantity, filledQuantity: Quantity = .zero, averagePrice: Price = .zero,
        lastPrice: Price = .zero, lastQuantity: Quantity = .zero, executionID: UInt64 = 0,
        leavesQuantity: Quantity, reason: String = "", raw: String = ""
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
        self.leavesQuantity = leavesQuantity
        self.reason = reason
        self.raw = raw
    }
}
