import ExactJSON

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

    /// Appends `c-SESSION-NUMBER`.
    public func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "c"))
        bytes.append(UInt8(ascii: "-"))
        DecimalDigits.append(session, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        DecimalDigits.append(number, to: &bytes)
    }
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
    /// Until the order's expiry.
    case goodTillDate

    /// The field's abbreviation.
    public var name: StaticString {
        switch self {
        case .day: "DAY"
        case .goodTillCancel: "GTC"
        case .immediateOrCancel: "IOC"
        case .fillOrKill: "FOK"
        case .goodTillDate: "GTD"
        }
    }

    /// Whether what does not fill at once may stay at the venue.
    @inlinable
    public var rests: Bool { self == .day || self == .goodTillCancel || self == .goodTillDate }
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
    /// Made by the daemon to bring a position to zero under a kill, which it passes; it may only make the position smaller.
    public static let flatten = OrderFlags(rawValue: 2)
    /// Asked for as a market order; its limit is the price it may not pass.
    public static let protected = OrderFlags(rawValue: 4)
    /// May only rest: refused by the venue where it would trade at once.
    public static let postOnly = OrderFlags(rawValue: 8)
    /// Works outside regular trading hours, too.
    public static let outsideRegularHours = OrderFlags(rawValue: 16)
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
    /// When it ends, for `goodTillDate`; `nil` for the others.
    public var expiry: Timestamp?
    /// The entry whose position it takes out again, for an exit of a bracket; exits of one entry never fill more than that.
    public var bracket: ClientOrderID?
    /// For an exit of a bracket, which exits belong together at the venue: 0, and one more each time that one of them has filled.
    public var exitRound: UInt16 = 0
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
        expiry: Timestamp? = nil, bracket: ClientOrderID? = nil,
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
        self.expiry = expiry
        self.bracket = bracket
        self.flags = flags
        self.strategy = strategy
        self.signalSequence = signalSequence
        self.trace = trace
    }
}
