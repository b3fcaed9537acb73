/// The frequent messages of a gateway: plain values, decoded without an allocation.
///
/// A client tries these first; every other number is one of `ServerMessage`.
public enum MarketMessage: MessageSet, Equatable, BitwiseCopyable {
    /// One tick of a tick-by-tick stream.
    case tickByTick(TickByTick)
    /// Depth with market makers.
    case depthL2(MarketDepthL2)
    /// Depth without market makers.
    case depth(MarketDepth)
    /// Price of level 1.
    case tickPrice(TickPrice)
    /// Size of level 1.
    case tickSize(TickSize)

    /// Reads the rest of message `id`.
    @inlinable
    @inline(__always)
    public init?(_ id: MessageID, _ fields: inout FieldReader) {
        switch id.rawValue {
        case 99:
            var message = TickByTick()
            message.describe(&fields)
            self = .tickByTick(message)
        case 13:
            var message = MarketDepthL2()
            message.describe(&fields)
            self = .depthL2(message)
        case 12:
            var message = MarketDepth()
            message.describe(&fields)
            self = .depth(message)
        case 1:
            var message = TickPrice()
            message.describe(&fields)
            self = .tickPrice(message)
        case 2:
            var message = TickSize()
            message.describe(&fields)
            self = .tickSize(message)
        default: return nil
        }
    }
}
