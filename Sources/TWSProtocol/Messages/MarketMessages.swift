import TradingModel

/// Price tick of level 1, gateway to client.
public struct TickPrice: WireMessage, BitwiseCopyable {
    /// 1.
    public static let messageID: MessageID = 1
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Which price: 1 bid, 2 ask, 4 last …
    public var tickType: Int32 = 0
    /// The price; −1 or 0 with size 0 means that there is none.
    public var price = Price.zero
    /// Size that goes with it.
    public var size = Quantity.zero
    /// Bit 0 can auto execute, bit 1 past limit, bit 2 pre-open.
    public var attributes: Int32 = 0

    /// All fields unset.
    @inlinable
    public init() {}

    /// Walks through the fields.
    @inlinable
    @inline(__always)
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(6)
        fields.integer(&requestID)
        fields.integer(&tickType)
        fields.price(&price)
        fields.quantity(&size)
        fields.integer(&attributes)
    }
}

/// Size tick of level 1, gateway to client.
public struct TickSize: WireMessage, BitwiseCopyable {
    /// 2.
    public static let messageID: MessageID = 2
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Which size: 0 bid, 3 ask, 5 last, 8 volume …
    public var tickType: Int32 = 0
    /// The size.
    public var size = Quantity.zero

    /// All fields unset.
    @inlinable
    public init() {}

    /// Walks through the fields.
    @inlinable
    @inline(__always)
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(6)
        fields.integer(&requestID)
        fields.integer(&tickType)
        fields.quantity(&size)
    }
}

/// What a depth row says, the same in both depth messages.
public struct DepthRow: Hashable, Sendable, BitwiseCopyable {
    /// Row within its side, from 0.
    public var position: Int32 = 0
    /// 0 insert, 1 update, 2 delete.
    public var operation: Int32 = 0
    /// 0 ask, 1 bid.
    public var side: Int32 = 0
    /// Price of the row.
    public var price = Price.zero
    /// Size of the row.
    public var size = Quantity.zero

    /// All fields unset.
    @inlinable
    public init() {}

    /// The book row that the numbers mean; `nil` for numbers that mean none.
    public var meaning: (side: BookSide, operation: DomOperation, position: Int)? {
        guard let operation = UInt8(exactly: operation).flatMap(DomOperation.init(rawValue:)),
            side == 0 || side == 1, position >= 0
        else { return nil }
        return (side == 1 ? .bid : .ask, operation, Int(position))
    }
}

/// Depth of a venue without market makers, gateway to client.
public struct MarketDepth: WireMessage, BitwiseCopyable {
    /// 12.
    public static let messageID: MessageID = 12
    /// Request it answers.
    public var requestID: Int32 = 0
    /// What happens to which row.
    public var row = DepthRow()

    /// All fields unset.
    @inlinable
    public init() {}

    /// Walks through the fields.
    @inlinable
    @inline(__always)
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&requestID)
        fields.integer(&row.position)
        fields.integer(&row.operation)
        fields.integer(&row.side)
        fields.price(&row.price)
        fields.quantity(&row.size)
    }
}

/// Depth with market makers or of several venues, gateway to client.
public struct MarketDepthL2: WireMessage, BitwiseCopyable {
    /// 13.
    public static let messageID: MessageID = 13
    /// Request it answers.
    public var requestID: Int32 = 0
    /// Market maker; with smart depth, the exchange.
    public var marketMaker = ShortText()
    /// What happens to which row.
    public var row = DepthRow()
    /// Whether rows of several exchanges are mixed.
    public var isSmartDepth = false

    /// All fields unset.
    @inlinable
    public init() {}

    /// Walks through the fields.
    @inlinable
    @inline(__always)
    public mutating func describe<Coder: FieldCoder>(_ fields: inout Coder) {
        fields.constant(1)
        fields.integer(&requestID)
        fields.integer(&row.position)
        fields.text(&marketMaker)
        fields.integer(&row.operation)
        fields.integer(&row.side)
        fields.price(&row.price)
        fields.quantity(&row.size)
        fields.flag(&isSmartDepth)
    }
}
