import TradingModel

/// One fill of one order, in its latest version.
struct BookedExecution: Hashable, Sendable {
    /// Number among all executions, from 1; its id is made of it.
    let number: Int
    /// From 1; corrections raise it.
    var revision = 1
    /// Number of the order.
    let order: Int
    let time: Timestamp
    var price: Price
    var quantity: Quantity
    /// Whether the order was resting.
    let isMaker: Bool
    var commission: Money
    /// Gain or loss of what it closed, less commission; `nil` when it closed nothing.
    var realized: Money?
    /// Filled of the order up to here, and at what average price.
    var cumulative = Quantity.zero
    var average = Price.zero

    init(
        number: Int, order: Int, time: Timestamp, price: Price, quantity: Quantity, isMaker: Bool,
        commission: Money
    ) {
        self.number = number
        self.order = order
        self.time = time
        self.price = price
        self.quantity = quantity
        self.isMaker = isMaker
        self.commission = commission
    }

    /// `0000e0d5.67fe667b.01.01`; the last part is the revision.
    var id: String {
        "0000e0d5.\(Self.hex(Self.base &+ UInt32(truncatingIfNeeded: number))).01.\(Self.two(revision))"
    }

    private static let base: UInt32 = 0x0100_0000

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
