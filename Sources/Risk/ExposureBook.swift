import TradingModel

/// Position and working quantity of one instrument; approved orders count at once.
struct Exposure: Sendable {
    /// Signed quantity held.
    var position = Quantity.zero
    /// Leaves of working and pending buys.
    var openBuys = Quantity.zero
    /// Leaves of working and pending sells.
    var openSells = Quantity.zero
    /// Σ leaves × price of the working and pending buys, each at its own price, in 1e-18 of the instrument's currency and
    /// without its multiplier. Exact, so that all that is added is taken away again.
    private(set) var buyValue: Int128 = 0
    /// The same of the sells.
    private(set) var sellValue: Int128 = 0
    /// Working and pending orders that may make the position larger.
    var openOrders: Int32 = 0
    /// Working and pending orders that were reducing when they were approved.
    var openReducing: Int32 = 0
    /// Buys of which nobody knows what has become of them.
    private var unresolvedBuys: Int16 = 0
    /// The same of the sells.
    private var unresolvedSells: Int16 = 0

    /// Orders of that side of which nobody knows what has become of them.
    @inline(__always)
    func unresolved(_ side: Side) -> Int { Int(side == .buy ? unresolvedBuys : unresolvedSells) }

    /// The greatest |position| that fills of what is open can lead to, with `extra` more on a side.
    func worstCase(adding extra: Quantity, _ side: Side) -> Quantity {
        let long = position + openBuys + (side == .buy ? extra : .zero)
        let short = position - openSells - (side == .sell ? extra : .zero)
        return max(long.magnitude, short.magnitude)
    }

    /// The greatest |position| that fills of what is open can lead to.
    var worstCase: Quantity {
        @inline(__always)
        get { max((position + openBuys).magnitude, (position - openSells).magnitude) }
    }

    /// The greatest value that fills of what is open, each at its own price, can lead to, with `extra` more on a side that is
    /// worth `more`; without multiplier, in the instrument's currency.
    ///
    /// What is held is worth the reference. What is open is worth no less than that either, should the market have moved on.
    /// Source: risk reference, "Exposure reservation".
    func worstValue(
        at reference: Price, adding extra: Quantity = .zero, worth more: Money = .zero, _ side: Side = .buy
    ) -> Money {
        let held = Money(reference, times: position)
        let long = held + Money(rawValue: buyValue) + (side == .buy ? more : .zero)
        let short = Money(rawValue: sellValue) - held + (side == .sell ? more : .zero)
        return max(long, short, Money(reference, times: worstCase(adding: extra, side)))
    }

    /// Whether anything that is open may be worth more than the reference says.
    var hasValues: Bool { buyValue != 0 || sellValue != 0 }

    /// Whether nothing is held, and no order works.
    var isEmpty: Bool { position == .zero && openOrders == 0 && openReducing == 0 }

    /// Whether an order only makes the position smaller, whatever of what is open fills: it is on the other side of the
    /// position, and together with what works there already no larger than it.
    func isReducing(_ quantity: Quantity, _ side: Side) -> Bool {
        let held = position.magnitude
        guard position != .zero, (position > .zero) == (side == .sell), quantity > .zero else { return false }
        return quantity + (side == .buy ? openBuys : openSells) <= held
    }

    /// The same of an exit of a bracket.
    ///
    /// - Parameter leaves: what may still fill on its side, with it.
    func isReducing(exit quantity: Quantity, _ side: Side, leaves: Quantity) -> Bool {
        guard position != .zero, (position > .zero) == (side == .sell), quantity > .zero else { return false }
        return leaves <= position.magnitude
    }

    /// Whether a sum has met the end of its range: what it stands for is then not known.
    var isSaturated: Bool {
        position.magnitude.rawValue == .max || openBuys.rawValue == .max || openSells.rawValue == .max
    }

    /// - Parameter value: that quantity at its price. Sums of it wrap, and come back: they fit wherever those of the
    ///   quantities do, and where those do not every order is refused.
    mutating func open(_ quantity: Quantity, _ value: Int128, _ side: Side) {
        if side == .buy {
            openBuys += quantity
            buyValue &+= value
        } else {
            openSells += quantity
            sellValue &+= value
        }
    }

    mutating func count(unresolved change: Int16, _ side: Side) {
        if side == .buy { unresolvedBuys += change } else { unresolvedSells += change }
    }

    mutating func count(_ change: Int32, isReducing: Bool) {
        if isReducing { openReducing += change } else { openOrders += change }
    }
}

/// Reservations of all instruments, folded from approvals and order events.
///
/// Leaves count from the approval on, before the order is sent, and are released by the venue's word alone; a fill
/// moves leaves into the position in one step. What is not known stays reserved.
/// Source: risk reference, "Exposure reservation".
struct ExposureBook: Sendable {
    private(set) var exposures = InstrumentTable<Exposure>(default: Exposure())
    /// What they are worth, where that is kept.
    private(set) var values = KeptValues()
    /// Orders that are not over.
    private(set) var reservations = Reservations()
    /// Of those, the ones that were reducing when they were approved.
    private(set) var openReducing = 0
    /// Fills that no reservation was left for: late ones, and those beyond what an order asked for.
    private(set) var drift = 0
    /// Executions that were told again, and booked once.
    private(set) var repeats = 0
    private var executions = ExecutionMemory()

    init() {}

    /// Working and pending orders.
    var openOrders: Int { reservations.count }

    /// Makes room for an instrument, so that its first order allocates nothing.
    mutating func prepare(_ symbol: SymbolID) {
        if exposures[symbol].isSaturated { return }
        exposures[symbol].position = exposures[symbol].position
        settle(symbol)
    }

    /// Reserves the whole of an approved order, before it can leave.
    ///
    /// - Parameter floor: what a unit of it is worth at least.
    mutating func reserve(_ request: OrderRequest, at floor: Price = .zero, isReducing: Bool = false) {
        let reservation = Reservation(request, at: floor, isReducing: isReducing)
        reservations.insert(reservation)
        exposures[request.symbol].open(request.quantity, reservation.value, request.side)
        exposures[request.symbol].count(1, isReducing: isReducing)
        settle(request.symbol)
        if isReducing { openReducing += 1 }
    }

    /// Releases an order of which it is certain that nothing of it has left.
    mutating func releaseUnsent(_ id: ClientOrderID) {
        guard let place = reservations.place(of: id) else { return }
        end(place)
    }

    /// Books a report of the venue.
    mutating func fold(_ report: OrderEvent, _ symbol: SymbolID) {
        var filled = report.lastQuantity
        if executions.isRepeat(report.executionID, filled) {
            repeats += 1
            filled = .zero
        }
        // A fill counts whatever is known of its order; leaves are released only where they were reserved.
        exposures[symbol].position += report.side == .buy ? filled : -filled
        if filled != .zero { settle(symbol) }
        guard let place = reservations.place(of: report.id) else {
            if filled > .zero { drift += 1 }
            return
        }
        if filled > reservations[place].leaves { drift += 1 }
        change(place) { reservation in
            reservation.filled += filled
            if report.report == .ack { reservation.acknowledge(report.quantity) }
        }
        if !reservations[place].isAnswered { answer(place) }
        if report.status.isTerminal { end(place) }
    }

    // MARK: Doubt

    /// Reserves what an order of an earlier session may still do.
    mutating func restore(_ order: RestoredOrder) {
        guard reservations.place(of: order.id) == nil else { return }
        var request = order.request
        request.quantity = max(request.quantity, order.quantity)
        let isReducing = exposures[request.symbol].isReducing(order.leaves, request.side)
        reserve(request, at: order.worth, isReducing: isReducing)
        guard let place = reservations.place(of: order.id) else { return }
        change(place) { $0.filled = order.filled }
        if order.isUnresolved { doubt(place) } else { reservations[place].isAnswered = true }
    }

    /// The connection is lost: of what was never answered nobody knows whether it arrives.
    mutating func doubtUnanswered() {
        for place in reservations.indices where !reservations[place].isAnswered { doubt(place) }
    }

    /// Nobody knows what an order is any more, until its next report.
    mutating func doubt(_ id: ClientOrderID) {
        guard let place = reservations.place(of: id) else { return }
        reservations[place].isAnswered = false
        doubt(place)
    }

    /// Nobody is asked what has become of them: for a book of which no order is sent.
    mutating func dismissDoubts() {
        for place in reservations.indices where reservations[place].isUnresolved {
            settleDoubt(reservations[place])
            reservations[place].isUnresolved = false
        }
    }

    private mutating func doubt(_ place: Int) {
        guard !reservations[place].isUnresolved else { return }
        reservations[place].isUnresolved = true
        exposures[reservations[place].symbol].count(unresolved: 1, reservations[place].side)
    }

    /// The venue has spoken of it.
    private mutating func answer(_ place: Int) {
        reservations[place].isAnswered = true
        settleDoubt(reservations[place])
        reservations[place].isUnresolved = false
    }

    private mutating func settleDoubt(_ reservation: Reservation) {
        guard reservation.isUnresolved else { return }
        exposures[reservation.symbol].count(unresolved: -1, reservation.side)
    }

    /// Ends every change of an exposure: what it is worth follows.
    private mutating func settle(_ symbol: SymbolID) {
        if values.isKept { values.value(symbol, exposures[symbol]) }
    }

    // MARK: Values

    /// Whether the values of instruments are kept.
    var keepsValues: Bool { values.isKept }

    /// Keeps them from here on: every instrument has to be counted and valued next.
    mutating func keepValues() { values.begin() }

    /// Counts an instrument's value, or values it otherwise from here on.
    mutating func count(_ symbol: SymbolID, by valuation: Valuation) {
        values.count(symbol, by: valuation)
        settle(symbol)
    }

    /// Values an instrument at a price; `nil` where none is known.
    mutating func value(_ symbol: SymbolID, at price: Price?) {
        if values.note(price, of: symbol) { settle(symbol) }
    }

    /// Counts a change of position that no report of the venue explains.
    mutating func adopt(_ symbol: SymbolID, _ change: Quantity) {
        exposures[symbol].position += change
        settle(symbol)
    }

    // MARK: Replacing

    /// Reserves what a replacement asks for beyond what is reserved, before it leaves; a smaller one releases nothing yet.
    ///
    /// - Parameter floor: what a unit of it is worth at least.
    mutating func beginReplace(
        _ id: ClientOrderID, _ quantity: Quantity, limit: Price?, at floor: Price = .zero
    ) {
        guard let place = reservations.place(of: id) else { return }
        change(place) { $0.beginReplace(quantity, limit: limit, at: floor) }
    }

    /// The venue works the order with that quantity and limit now, by one of the replacements.
    mutating func confirmReplace(
        _ id: ClientOrderID, _ quantity: Quantity, limit: Price?, stop: Price? = nil
    ) {
        guard let place = reservations.place(of: id) else { return }
        change(place) { $0.confirmReplace(quantity, limit: limit, stop: stop) }
    }

    /// The venue has refused one of the replacements: the order stays as it was.
    mutating func refuseReplace(_ id: ClientOrderID) {
        guard let place = reservations.place(of: id) else { return }
        change(place) { $0.refuseReplace() }
    }

    /// Changes a reservation and what it adds to its instrument in one step.
    private mutating func change(_ place: Int, _ body: (inout Reservation) -> Void) {
        let before = reservations[place]
        body(&reservations[place])
        let after = reservations[place]
        exposures[before.symbol].open(
            after.leaves - before.leaves, after.value &- before.value, before.side)
        settle(before.symbol)
    }

    private mutating func end(_ place: Int) {
        let reservation = reservations.remove(at: place)
        settleDoubt(reservation)
        exposures[reservation.symbol].open(-reservation.leaves, 0 &- reservation.value, reservation.side)
        settle(reservation.symbol)
        exposures[reservation.symbol].count(-1, isReducing: reservation.isReducing)
        if reservation.isReducing { openReducing -= 1 }
    }
}

/// Executions that were booked, so that one that is told twice counts once; the newest are remembered.
///
/// Their numbers ascend, so each has its place by number.
public struct ExecutionMemory: Sendable {
    private static let size: UInt64 = 1_024
    private var booked = ContiguousArray<(number: UInt64, quantity: Quantity)>(
        repeating: (0, .zero), count: Int(size))

    /// None yet.
    public init() {}

    /// Notes an execution, or one that is taken back (a negative quantity).
    ///
    /// - Parameter number: of the venue; 0 where it gives none, which is never a repeat.
    /// - Returns: whether it has been booked before and must not be again.
    public mutating func isRepeat(_ number: UInt64, _ quantity: Quantity) -> Bool {
        guard number != 0, quantity != .zero else { return false }
        let place = Int(number % Self.size)
        guard booked[place].number == number else {
            // One that is taken back and was booked before this memory began: nothing of it is booked any more.
            if number > booked[place].number { booked[place] = (number, max(quantity, .zero)) }
            return false
        }
        let isBooked = booked[place].quantity > .zero
        guard isBooked != (quantity > .zero) else { return true }
        booked[place].quantity += quantity
        return false
    }
}
