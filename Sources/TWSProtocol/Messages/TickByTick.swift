import TradingModel

/// One tick of a tick-by-tick stream, gateway to client.
public struct TickByTick: WireMessage, BitwiseCopyable {
    /// What happened.
    public enum Event: Hashable, Sendable, BitwiseCopyable {
        /// A trade of the stream `Last` (1).
        case last(Print)
        /// A trade of the stream `AllLast` (2).
        case allLast(Print)
        /// A change of the best bid or ask (3).
        case bidAsk(Quote)
        /// A change of the middle (4).
        case midPoint(Price)
    }

    /// A trade.
    public struct Print: Hashable, Sendable, BitwiseCopyable {
        /// Price; 0 with size 0 tells a halt or its end.
        public var price = Price.zero
        /// Size.
        public var size = Quantity.zero
        /// Bit 0 past limit, bit 1 unreported.
        public var mask: Int32 = 0
        /// Where it traded.
        public var exchange = ShortText()
        /// Conditions of the trade.
        public var conditions = ShortText()

        /// All fields unset.
        @inlinable
        public init() {}
    }

    /// Best bid and ask.
    public struct Quote: Hashable, Sendable, BitwiseCopyable {
        /// Best bid.
        public var bid = Price.zero
        /// Best ask.
        public var ask = Price.zero
        /// Size at the bid.
        public var bidSize = Quantity.zero
        /// Size at the ask.
        public var askSize = Quantity.zero
        /// Bit 0 bid past low, bit 1 ask past high.
        public var mask: Int32 = 0

        /// All fields unset.
        @inlinable
        public init() {}
    }

    /// 99.
    public static let messageID: MessageID = 99
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Time of the exchange, seconds since 1970 UTC.
    public var time: Int64 = 0
    /// What happened.
    public var event = Event.midPoint(.zero)

    /// All fields unset.
    @inlinable
    public init() {}

    /// Number of the kind on the wire.
    @inlinable
    var kind: Int32 {
        switch event {
        case .last: 1
        case .allLast: 2
        case .bidAsk: 3
        case .midPoint: 4
        }
    }

    /// Walks through the fields.
    @inlinable
    @inline(__always)
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.integer(&requestID)
        var kind = kind
        fields.integer(&kind)
        // A kind that is none is the fault, not the time behind it.
        guard 1...4 ~= kind else { return fields.refuse(.value) }
        fields.integer(&time)
        switch kind {
        case 3: describeQuote(&fields)
        case 4: describeMiddle(&fields)
        default: describePrint(&fields, isLast: kind == 1)
        }
    }

    @inlinable
    @inline(__always)
    mutating func describeQuote<Coder: FieldCoder>(_ fields: inout Coder) {
        var quote = Quote()
        if case .bidAsk(let known) = event { quote = known }
        fields.price(&quote.bid)
        fields.price(&quote.ask)
        fields.quantity(&quote.bidSize)
        fields.quantity(&quote.askSize)
        fields.integer(&quote.mask)
        event = .bidAsk(quote)
    }

    @inlinable
    @inline(__always)
    mutating func describeMiddle<Coder: FieldCoder>(_ fields: inout Coder) {
        var middle = Price.zero
        if case .midPoint(let known) = event { middle = known }
        fields.price(&middle)
        event = .midPoint(middle)
    }

    @inlinable
    @inline(__always)
    mutating func describePrint<Coder: FieldCoder>(_ fields: inout Coder, isLast: Bool) {
        var trade = Print()
        switch event {
        case .last(let known), .allLast(let known): trade = known
        case .bidAsk, .midPoint: break
        }
        fields.price(&trade.price)
        fields.quantity(&trade.size)
        fields.integer(&trade.mask)
        fields.text(&trade.exchange)
        fields.text(&trade.conditions)
        event = isLast ? .last(trade) : .allLast(trade)
    }
}
