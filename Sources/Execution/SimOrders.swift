import TradingModel

/// An order at the simulated venue: what was sent and what has filled.
struct SimOrder: Sendable {
    let request: OrderRequest
    /// How much it is for: as sent, or as changed since.
    var quantity: Quantity
    /// Likewise.
    var limitPrice: Price?
    /// Likewise.
    var stopPrice: Price?
    /// 0 until it is accepted.
    var venueOrderID: UInt64 = 0
    private(set) var filled = Quantity.zero
    /// Σ price · quantity of the fills.
    private var notional = Money.zero
    /// Σ what its executions cost by themselves.
    private var charges = Money.zero

    init(_ request: OrderRequest) {
        self.request = request
        quantity = request.quantity
        limitPrice = request.limitPrice
        stopPrice = request.stopPrice
    }

    /// Mean price of the fills to 1e-9, half to even; zero before the first.
    var averagePrice: Price {
        guard filled > .zero else { return .zero }
        let mean = notional.scaled(by: 1, over: Int128(filled.rawValue)).rawValue
        return Price(rawValue: Int64(clamping: mean))
    }

    mutating func add(_ fill: MatchingFill) {
        filled += fill.quantity
        notional += Money(fill.price, times: fill.quantity)
    }

    /// Charges an execution that was added before.
    ///
    /// - Returns: what it adds to what has been told.
    mutating func charge(_ fees: SimFees, _ fill: MatchingFill, multiplier: Quantity) -> Money {
        let told = filled > fill.quantity ? fees.total(charges) : .zero
        charges += fees.charge(fill, multiplier: multiplier)
        return fees.total(charges) - told
    }
}

/// The orders alive at the simulated venue, by id.
///
/// Ids ascend as orders are made, so a new one goes to the end and any is found by halving.
struct SimOrders: Sendable {
    private var orders: ContiguousArray<SimOrder> = []

    mutating func insert(_ order: SimOrder) {
        orders.insert(order, at: place(of: order.request.id.matchingID))
    }

    /// The order of that number; setting `nil` forgets it.
    subscript(id: MatchingOrderID) -> SimOrder? {
        get {
            let place = place(of: id)
            return isOrder(id, at: place) ? orders[place] : nil
        }
        set {
            let place = place(of: id)
            guard isOrder(id, at: place) else { return }
            if let newValue { orders[place] = newValue } else { orders.remove(at: place) }
        }
    }

    /// The other exits of the round of an exit.
    func others(of exit: OrderRequest) -> [SimOrder] {
        orders.filter {
            $0.request.bracket == exit.bracket && $0.request.exitRound == exit.exitRound
                && $0.request.id != exit.id
        }
    }

    private func isOrder(_ id: MatchingOrderID, at place: Int) -> Bool {
        place < orders.count && orders[place].request.id.matchingID == id
    }

    private func place(of id: MatchingOrderID) -> Int {
        var low = 0
        var high = orders.count
        while low < high {
            let middle = (low + high) / 2
            if orders[middle].request.id.matchingID < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension ClientOrderID {
    /// The number of the order in a matching engine; ascends with the id.
    var matchingID: MatchingOrderID { UInt64(session) << 32 | UInt64(number) }
}
