import Risk
import TradingModel

/// An order as the venue knows it.
struct TwinOrder {
    let request: OrderRequest
    let symbol: Int
    /// 1 for a buy, -1 for a sell.
    let sign: Int64
    /// What the venue works it with.
    var quantity: Int64
    /// Changes that the venue has not answered, the oldest first.
    var changes: [ModifyRequest] = []
    /// The newest change, answered or not.
    var newest: ModifyRequest?
    /// The most that it may be worked with: of the changes since all were answered.
    var most: Int64
    var filled: Int64 = 0
    /// Nobody knows what has become of it.
    var isLost = false
    /// Whether nobody has spoken of it since that was told.
    var isInDoubt = false
    /// The worst limit that the venue may work it at, of the changes since all were answered.
    private(set) var limit: Price?
    private var agreedLimit: Price?
    /// The highest middle that it, or a change of it, was approved at.
    private var middle: Price
    /// Approved as reducing under a kill, and nothing unforeseen has happened to its instrument since.
    var mayOnlyReduce = false

    init(_ request: OrderRequest, symbol: Int, middle: Price) {
        (self.middle, limit, agreedLimit) = (middle, request.limitPrice, request.limitPrice)
        self.request = request
        self.symbol = symbol
        sign = request.side.sign
        quantity = request.quantity.rawValue / RiskMarket.one
        most = quantity
    }

    /// What may still fill, whichever of the changes the venue agrees to.
    var leaves: Int64 { max(most - filled, 0) }

    /// What a lot of it may cost: a buy its limit, or the middle where that is more; a sell the middle.
    var price: Price { sign > 0 ? max(limit ?? middle, middle) : middle }

    /// - Parameter middle: at which it was judged; `nil` for one that was not, as it asks for less.
    mutating func begin(_ change: ModifyRequest, middle: Price?) {
        if let middle { self.middle = max(self.middle, middle) }
        if let new = change.limitPrice, let old = limit, sign > 0 ? new > old : new < old { limit = new }
        changes.append(change)
        newest = change
        most = max(most, change.quantity.rawValue / RiskMarket.one)
    }

    /// The venue answers a change.
    mutating func answer(_ place: Int, isAgreed: Bool) -> ModifyRequest {
        let change = changes.remove(at: place)
        if isAgreed {
            quantity = change.quantity.rawValue / RiskMarket.one
            agreedLimit = change.limitPrice
        }
        if changes.isEmpty { (most, limit) = (quantity, agreedLimit) }
        return change
    }
}

/// An execution as the venue told it last.
struct TwinExecution {
    let number: UInt64
    let order: ClientOrderID
    let symbol: Int
    let side: Side
    var lots: Int64
    /// Whether it holds, or was taken back.
    var isBooked = true
}

/// What the venue knows, kept as simply as can be: every sum is made anew from the orders themselves.
struct TwinBook {
    var positions: [Int64] = [0, 0, 0]
    var working: [TwinOrder] = []
    var over: [TwinOrder] = []
    var executions: [TwinExecution] = []
    /// Fills that were not reserved.
    var drift = 0

    func openBuys(_ symbol: Int) -> Int64 { open(symbol, 1) }
    func openSells(_ symbol: Int) -> Int64 { open(symbol, -1) }

    private func open(_ symbol: Int, _ sign: Int64) -> Int64 {
        working.reduce(0) { $0 + ($1.symbol == symbol && $1.sign == sign ? $1.leaves : 0) }
    }

    func openOrders(_ symbol: Int) -> Int { working.reduce(0) { $0 + ($1.symbol == symbol ? 1 : 0) } }

    /// The greatest |position| that can come of it, by trying: every set of the working orders filled in full. A part of a
    /// fill lies between none and all of it, and so does what comes of it.
    func worstOfAllFills(_ symbol: Int) -> Int64 {
        var worst: Int64 = 0
        forEverySet(symbol) { worst = max(worst, abs($0)) }
        return worst
    }

    /// The greatest value that can come of it, by trying: what is held at the middle, with every set of the working orders
    /// filled at their own prices; and no less than what is held then at the middle. In the units of `RiskMarket.worth`.
    func worstValueOfAllFills(_ symbol: Int, _ market: RiskMarket) -> Int128 {
        let orders = working.filter { $0.symbol == symbol && $0.leaves > 0 }
        var (position, worth) = (positions[symbol], market.worth(positions[symbol], at: market.price))
        var worst = max(worth, -worth)
        for number in 1..<max(1 << orders.count, 1) {
            let order = orders[number.trailingZeroBitCount]
            let isIn = (number ^ (number >> 1)) & (1 << number.trailingZeroBitCount) != 0
            let lots = (isIn ? order.sign : -order.sign) * order.leaves
            position += lots
            worth += market.worth(lots, at: order.price)
            let held = market.worth(position, at: market.price)
            worst = max(worst, worth, -worth, held, -held)
        }
        return worst
    }

    /// Whether a fill of an order, of any part of it, only makes the position smaller, whichever of the others have filled
    /// before it: then it is held on the other side, and no less of it than the order asks for.
    func onlyReduces(_ order: TwinOrder, leaves: Int64) -> Bool {
        var isReducing = true
        forEverySet(order.symbol, without: order.request.id) { position in
            if position * order.sign > 0 || abs(position) < leaves { isReducing = false }
        }
        return isReducing
    }

    /// The positions that fills of every set of an instrument's working orders lead to.
    private func forEverySet(_ symbol: Int, without id: ClientOrderID? = nil, _ body: (Int64) -> Void) {
        var changes: [Int64] = []
        for order in working where order.symbol == symbol && order.request.id != id && order.leaves > 0 {
            changes.append(order.sign * order.leaves)
        }
        let sets = 1 << changes.count
        var position = positions[symbol]
        body(position)
        // From one set to the next a single order comes or goes: the bit that changes in the Gray code.
        for number in 1..<max(sets, 1) {
            let place = number.trailingZeroBitCount
            let isIn = (number ^ (number >> 1)) & (1 << place) != 0
            position += isIn ? changes[place] : -changes[place]
            body(position)
        }
    }
}
