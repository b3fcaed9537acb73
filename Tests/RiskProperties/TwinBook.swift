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
    /// Approved as reducing under a kill, and nothing unforeseen has happened to its instrument since.
    var mayOnlyReduce = false

    init(_ request: OrderRequest, symbol: Int) {
        self.request = request
        self.symbol = symbol
        sign = request.side.sign
        quantity = request.quantity.rawValue / RiskMarket.one
        most = quantity
    }

    /// What may still fill, whichever of the changes the venue agrees to.
    var leaves: Int64 { max(most - filled, 0) }

    mutating func begin(_ change: ModifyRequest) {
        changes.append(change)
        newest = change
        most = max(most, change.quantity.rawValue / RiskMarket.one)
    }

    /// The venue answers a change.
    mutating func answer(_ place: Int, isAgreed: Bool) -> ModifyRequest {
        let change = changes.remove(at: place)
        if isAgreed { quantity = change.quantity.rawValue / RiskMarket.one }
        if changes.isEmpty { most = quantity }
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
