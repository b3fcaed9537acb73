import TWSProtocol
import TradingModel

/// Whose order, and which: unique for ever.
struct OrderKey: Hashable, Comparable, Sendable {
    let client: Int32
    let order: Int32

    static func < (left: OrderKey, right: OrderKey) -> Bool {
        (left.client, left.order) < (right.client, right.order)
    }
}

/// What a client wants of an order, as far as the simulated gateway can do it.
struct OrderTerms: Hashable, Sendable {
    var account = ""
    /// Number of the contract.
    var contract: Int32 = 0
    /// Where it is to trade.
    var exchange = ""
    var side = Side.buy
    var type = TradingModel.OrderType.market
    var quantity = Quantity.zero
    var limit: Price?
    var stop: Price?
    var timeInForce = TimeInForce.day
    /// When it ends by itself.
    var expiry: Timestamp?
    /// The client's text for that; not empty for GTD orders alone.
    var goodTillDate = ""
    /// The client's own name of it.
    var reference = ""
    /// The order of the same client that must fill first; 0 for none.
    var parent: Int32 = 0
    /// One fills, the others are cancelled; empty for none.
    var group = ""
    var isOutsideRegularHours = false

    /// Whether a stop price starts it.
    var isStop: Bool { type == .stop || type == .stopLimit }
    /// Whether a limit bounds it.
    var isLimit: Bool { type == .limit || type == .stopLimit }

    /// How these terms say type, price, quantity and life; everything else is the same in `other`.
    func differsOnlyInPriceQuantityAndLife(from other: OrderTerms) -> Bool {
        var same = self
        same.quantity = other.quantity
        same.limit = other.limit
        same.stop = other.stop
        same.timeInForce = other.timeInForce
        same.expiry = other.expiry
        same.goodTillDate = other.goodTillDate
        return same == other
    }

    /// Name of the type on the wire.
    var typeText: String {
        switch type {
        case .market: "MKT"
        case .limit: "LMT"
        case .stop: "STP"
        case .stopLimit: "STP LMT"
        }
    }

    /// Name of the life on the wire.
    var lifeText: String {
        if !goodTillDate.isEmpty { return "GTD" }
        return switch timeInForce {
        case .day: "DAY"
        case .goodTillCancel: "GTC"
        case .immediateOrCancel: "IOC"
        case .fillOrKill: "FOK"
        case .goodTillDate: "GTD"
        }
    }
}

/// A contract that has been traded: enough to tell of it when it is no longer listed.
struct TradedContract: Hashable, Sendable {
    var contract: Contract
    var multiplier: Quantity

    init(_ instrument: GatewayInstrument) {
        contract = instrument.contract
        multiplier = instrument.multiplier > .zero ? instrument.multiplier : Money.one
    }

    init(_ contract: Contract, multiplier: Quantity) {
        self.contract = contract
        // None of the instruments is an option; a gateway says 0 of them.
        self.contract.strike = .zero
        self.multiplier = multiplier
    }

    /// Whether it is paid for in full; of futures only gains and losses are.
    var isPaidInFull: Bool { contract.securityType != "FUT" }
}
