import TradingModel

/// What one order that is not over may still do.
struct Reservation: Sendable, BitwiseCopyable {
    let id: ClientOrderID
    let symbol: SymbolID
    let side: Side
    /// Whether it was reducing when it was approved.
    let isReducing: Bool
    /// The limit that it works at, or may soon: `nil` for an order at any price.
    private(set) var limit: Price?
    /// What has filled.
    var filled = Quantity.zero
    /// Its quantity as the venue has confirmed it.
    private(set) var confirmed: Quantity
    /// The largest quantity that the venue may work it with.
    private(set) var reserved: Quantity
    /// Quantity of the newest replacement.
    private var asked: Quantity
    private var askedLimit: Price?
    /// Replacements that the venue has not answered.
    private(set) var replacements: Int32 = 0

    init(_ request: OrderRequest, isReducing: Bool) {
        id = request.id
        symbol = request.symbol
        side = request.side
        self.isReducing = isReducing
        limit = request.limitPrice
        confirmed = request.quantity
        reserved = request.quantity
        asked = request.quantity
        askedLimit = request.limitPrice
    }

    /// What may still fill; never negative.
    var leaves: Quantity { max(reserved - filled, .zero) }

    mutating func beginReplace(_ quantity: Quantity, limit: Price?) {
        replacements += 1
        asked = quantity
        askedLimit = limit
        reserved = max(reserved, quantity)
    }

    mutating func confirmReplace() {
        guard replacements > 0 else { return }
        replacements -= 1
        confirmed = asked
        limit = askedLimit
        // An older one may still be on its way: what it asked for stays reserved.
        if replacements == 0 { reserved = confirmed }
    }

    mutating func refuseReplace() {
        guard replacements > 0 else { return }
        replacements -= 1
        if replacements == 0 {
            reserved = confirmed
            asked = confirmed
        }
    }

    /// An acknowledgement that tells the quantity of a replacement confirms it.
    mutating func acknowledge(_ quantity: Quantity) {
        if replacements > 0 && quantity == asked && quantity != confirmed { confirmReplace() }
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
