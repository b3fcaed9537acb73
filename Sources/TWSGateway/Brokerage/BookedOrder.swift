import TWSProtocol
import TradingModel

/// How far an order has come.
enum OrderStage: String, Hashable, Sendable, CaseIterable {
    /// Not transmitted: in the gateway alone, gone with a restart.
    case held
    /// Its parent has not filled.
    case waiting
    /// Accepted; a stop price may have to be reached.
    case pending
    /// It may trade.
    case working
    case filled
    case cancelled
    /// Rejected.
    case refused

    /// Nothing more can happen to it.
    var isDone: Bool { self == .filled || self == .cancelled || self == .refused }

    /// Its name on the wire.
    var status: GatewayOrderStatus {
        switch self {
        case .held, .waiting, .pending: .preSubmitted
        case .working: .submitted
        case .filled: .filled
        case .cancelled: .cancelled
        case .refused: .inactive
        }
    }
}

/// An order, and what has become of it.
struct BookedOrder: Hashable, Sendable {
    /// Number among all orders, from 1; the permanent id is made of it.
    let number: Int
    let key: OrderKey
    let placed: Timestamp
    var terms: OrderTerms
    var stage: OrderStage
    /// Arrival among all orders: who came later has the higher one. Changes that cost the place renew it.
    var rank: UInt64 = 0
    var filled = Quantity.zero
    /// Sum of price × quantity of its fills, without multiplier.
    var value = Money.zero
    var commission = Money.zero
    var lastPrice: Price?
    /// When it was done.
    var ended: Timestamp?
    /// Why it was cancelled or refused.
    var reason = ""
    /// Filled when the matching engine got to know it: after a restart it knows only the rest.
    var filledBefore = Quantity.zero
    /// Its stop price was reached.
    var isTriggered = false

    init(number: Int, key: OrderKey, terms: OrderTerms, stage: OrderStage, placed: Timestamp) {
        self.number = number
        self.key = key
        self.terms = terms
        self.stage = stage
        self.placed = placed
    }

    var remaining: Quantity { terms.quantity - filled }

    /// Average price of its fills, to 1e-9, half away from zero; `nil` before the first.
    var averagePrice: Price? { filled > .zero ? Self.average(value, filled) : nil }

    /// The permanent id that sessions of a version are told: beyond 32 bits from 191 on, within them before.
    func permanentID(_ version: ServerVersion) -> Int64 {
        Int64(number) + (version >= .longPermanentID ? Self.longBase : Self.shortBase)
    }

    private static let longBase: Int64 = 4_300_000_000
    private static let shortBase: Int64 = 1_100_000_000

    static func average(_ value: Money, _ quantity: Quantity) -> Price {
        guard quantity > .zero else { return .zero }
        let divisor = Int128(quantity.rawValue)
        let half = value.rawValue < 0 ? -divisor / 2 : divisor / 2
        return Price(rawValue: Int64(clamping: (value.rawValue + half) / divisor))
    }
}
