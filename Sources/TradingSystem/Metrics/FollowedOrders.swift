import TradingModel

/// Where the newest orders are on their way: a fixed number of places, found by the order's number, without hashing or
/// allocation. An order that works so long that its place is needed is followed no further.
struct FollowedOrders: Sendable {
    /// Orders followed at a time; a power of two.
    private static let places = 1_024

    /// Where an order is on its way.
    struct Progress: Sendable, BitwiseCopyable {
        let order: ClientOrderID
        let trace: TraceContext
        /// Span of the newest step, and when that step ended.
        var span: SpanID
        var since: UInt64
        var isAcknowledged = false
        var isFilled = false
    }

    private var places = ContiguousArray<Progress?>(repeating: nil, count: Self.places)

    /// The progress of an order; `nil` when it is not followed.
    subscript(order: ClientOrderID) -> Progress? {
        get { places[Self.place(of: order)].flatMap { $0.order == order ? $0 : nil } }
        set { places[Self.place(of: order)] = newValue }
    }

    private static func place(of order: ClientOrderID) -> Int { Int(order.number) & (places - 1) }
}
