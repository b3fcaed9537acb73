import TradingModel

/// What one order that is not over may still do.
struct Reservation: Sendable, BitwiseCopyable {
    let id: ClientOrderID
    let symbol: SymbolID
    let side: Side
    let strategy: StrategyID
    /// The entry it is an exit of.
    let bracket: ClientOrderID?
    /// Trigger of a stop.
    private(set) var trigger: Price?
    /// Whether it carries out a flatten.
    let isFlattening: Bool
    /// Whether it was reducing when it was approved.
    let isReducing: Bool
    /// The worst limit that it works at, or may soon: `nil` for an order at any price.
    private(set) var limit: Price?
    /// What a unit of it is worth at least: the highest reference that it, or a change of it, was approved by; for a buy
    /// at any price the edge of the collar.
    private(set) var floor: Price
    /// What has filled.
    var filled = Quantity.zero
    /// Its quantity as the venue has confirmed it.
    private(set) var confirmed: Quantity
    private var confirmedLimit: Price?
    /// The largest quantity that the venue may work it with.
    private(set) var reserved: Quantity
    /// Quantity of the newest replacement.
    private var asked: Quantity
    private var askedLimit: Price?
    /// Replacements that the venue has not answered.
    private(set) var replacements: Int32 = 0
    /// Whether the venue has spoken of it since it was sent, or since it was last in doubt.
    var isAnswered = false
    /// Whether nobody knows what has become of it.
    var isUnresolved = false

    init(_ request: OrderRequest, at floor: Price = .zero, isReducing: Bool) {
        self.floor = floor
        id = request.id
        symbol = request.symbol
        side = request.side
        strategy = request.strategy
        bracket = request.bracket
        trigger = request.stopPrice
        isFlattening = request.flags.contains(.flatten)
        self.isReducing = isReducing
        limit = request.limitPrice
        confirmed = request.quantity
        confirmedLimit = request.limitPrice
        reserved = request.quantity
        asked = request.quantity
        askedLimit = request.limitPrice
    }

    /// The trigger of a stop that the market has not come to; one that may have been triggered is an order like others.
    func waitingTrigger(at reference: Price?) -> Price? {
        guard let trigger, let reference else { return nil }
        return (side == .sell ? reference > trigger : reference < trigger) ? trigger : nil
    }

    /// What may still fill; never negative.
    var leaves: Quantity { max(reserved - filled, .zero) }

    /// What a unit of it is worth: the worse of its limit and the reference for a buy, the reference for a sell.
    var price: Price { side == .buy ? max(limit ?? floor, floor) : floor }

    /// Leaves × price, 1e-18; always fits.
    var value: Int128 { Money(price, times: leaves).rawValue }

    /// Whether trades at `new` may be worse for us than at the limit; a price that is not there is the worst.
    func isWorse(_ new: Price?) -> Bool {
        guard let limit else { return false }
        guard let new else { return true }
        return side == .buy ? new > limit : new < limit
    }

    mutating func beginReplace(_ quantity: Quantity, limit new: Price?, at floor: Price = .zero) {
        replacements += 1
        self.floor = max(self.floor, floor)
        asked = quantity
        askedLimit = new
        reserved = max(reserved, quantity)
        if isWorse(new) { limit = new }
    }

    /// - Parameters:
    ///   - quantity: what the venue says it works now, which need not be the newest replacement.
    ///   - new: at which limit.
    mutating func confirmReplace(_ quantity: Quantity, limit new: Price?, stop: Price? = nil) {
        guard replacements > 0 else { return }
        trigger = stop ?? trigger
        confirmed = quantity
        confirmedLimit = new
        answer()
    }

    mutating func refuseReplace() {
        guard replacements > 0 else { return }
        answer()
    }

    /// While another one is on its way, what it asked for stays reserved.
    private mutating func answer() {
        replacements -= 1
        guard replacements == 0 else { return }
        reserved = confirmed
        asked = confirmed
        limit = confirmedLimit
    }

    /// An acknowledgement that tells the quantity of a replacement confirms it.
    mutating func acknowledge(_ quantity: Quantity) {
        if replacements > 0 && quantity == asked && quantity != confirmed {
            confirmReplace(asked, limit: askedLimit)
        }
    }
}

/// Orders that are not over, by id; a new one goes to the end, as ids ascend.
struct Reservations: Sendable {
    private var entries: ContiguousArray<Reservation> = []

    init() { entries.reserveCapacity(256) }

    var count: Int { entries.count }
    var indices: Range<Int> { entries.indices }

    subscript(place: Int) -> Reservation {
        @inline(__always)
        get { entries[place] }
        @inline(__always)
        _modify { yield &entries[place] }
    }

    mutating func insert(_ reservation: Reservation) {
        entries.insert(reservation, at: lowerBound(reservation.id))
    }

    mutating func remove(at place: Int) -> Reservation { entries.remove(at: place) }

    /// The place of an order; `nil` for one that is over, or was never approved.
    func place(of id: ClientOrderID) -> Int? {
        let place = lowerBound(id)
        return place < entries.count && entries[place].id == id ? place : nil
    }

    /// What may still fill on a side of an instrument once an exit of an entry is for `quantity`: the exits of one
    /// entry together fill no more than the largest of them.
    func leaves(of symbol: SymbolID, _ side: Side, with quantity: Quantity, of entry: ClientOrderID)
        -> Quantity
    {
        var sum = quantity
        var exits: ContiguousArray<(entry: ClientOrderID, leaves: Quantity)> = [(entry, quantity)]
        for reservation in entries where reservation.symbol == symbol && reservation.side == side {
            guard let entry = reservation.bracket else {
                sum += reservation.leaves
                continue
            }
            if let known = exits.firstIndex(where: { $0.entry == entry }) {
                let more = max(reservation.leaves - exits[known].leaves, .zero)
                exits[known].leaves += more
                sum += more
            } else {
                exits.append((entry, reservation.leaves))
                sum += reservation.leaves
            }
        }
        return sum
    }

    private func lowerBound(_ id: ClientOrderID) -> Int {
        var low = 0
        var high = entries.count
        if let last = entries.last, last.id < id { return high }
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
