import TWSClient
import TWSProtocol
import TradingModel

/// Our orders at the broker, by what it has told of them: a pure value. Whoever holds it performs its effects.
///
/// Executions make fills, statuses never do. Everything may come twice, in any order, or not at all; what is not known for
/// certain leaves an order as it was.
struct BrokerLedger: Sendable {
    let options: BrokerOptions
    /// Every order of the session that is remembered, by its number at our client id.
    private(set) var orders: [Int32: BrokerOrder] = [:]
    /// Orders that are not over, by number ascending.
    private(set) var open: ContiguousArray<Int32> = []
    /// Orders that are over, oldest first from `oldestFinished` on, wrapping around.
    private var finished: ContiguousArray<Int32> = []
    private var oldestFinished = 0
    /// Whether orders have been forgotten.
    private(set) var hasForgotten = false
    private var numbers: [ClientOrderID: Int32] = [:]
    private var permanentNumbers: [Int64: Int32] = [:]
    private(set) var contracts = InstrumentTable<TradableContract?>(default: nil)
    private(set) var symbols: [Int32: SymbolID] = [:]
    /// The contract of each instrument as last known, which stays while the gateway does not tell it: positions are compared
    /// by it. 0 where none ever was.
    private var contractIDs = InstrumentTable<Int32>(default: 0)
    /// Σ signed quantity of the executions of this session.
    private(set) var traded = InstrumentTable<Quantity>(default: .zero)
    /// Σ signed quantity of what was taken over: from earlier sessions, and after differences that somebody has accepted.
    var adopted = InstrumentTable<Quantity>(default: .zero)
    private var lastExecution: UInt64 = 0
    /// Which order an execution is of, by its name without the version.
    private(set) var executed: [String: Int32] = [:]
    var earlyCommissions = EarlyCommissions()

    var session = SessionState.idle
    /// How the books stand, and what is being collected to compare them.
    var comparison = BookComparison()
    var counts = BrokerCounts()
    /// What somebody was told to look at, so that it is told once.
    var alarmsTold: Set<String> = []
    /// Orders at our client id that are open and not of this session, by number.
    var leftovers: [Int32: Leftover] = [:]
    /// Orders of earlier sessions that were not over when this one began, by id.
    var restoredOpen: [ClientOrderID] = []
    /// Orders of earlier sessions that were over, and that the sequence has not been told of; never walked through.
    var untold: [ClientOrderID: RestoredOrder] = [:]
    /// Why those are to be cancelled; `nil` while they are not.
    var leftoverCancel: String?
    /// Whether all of those are to be cancelled, or those of some instruments.
    var cancelsAllLeftovers = false
    var leftoverSymbols: Set<SymbolID> = []
    /// How the cancels of a kill are asked after; `nil` while they are not.
    var cancelWatch: CancelWatch?
    private var effects: [BrokerEffect] = []
    private var notes = BrokerNoteGate()
    private var notesLostTold = 0

    init(options: BrokerOptions) { self.options = options }

    // MARK: Effects

    mutating func add(_ effect: BrokerEffect) { effects.append(effect) }

    // Neither this nor `update` is taken in by its callers: Swift 6.3.1's optimiser fails on the largest of them.
    @inline(never)
    mutating func note(
        _ severity: BrokerNote.Severity, _ order: BrokerOrder? = nil, code: Int32 = 0, _ text: String
    ) {
        guard notes.admits(severity) else { return counts.notesLost += 1 }
        effects.append(.note(BrokerNote(severity, order: order?.request.id, code: code, text)))
    }

    /// Lets notes through again as time passes, and says how many had been held back.
    mutating func refillNotes(_ time: Timestamp) {
        notes.refill(at: time)
        let lost = counts.notesLost - notesLostTold
        guard lost > 0, notes.isFull else { return }
        notesLostTold = counts.notesLost
        note(.warning, nil, "\(lost) notes about orders were held back")
    }

    mutating func publish(_ event: OrderEvent, of request: OrderRequest, at time: Timestamp) {
        effects.append(
            .publish(
                MarketEvent(
                    timestamp: time, receivedAt: time, symbol: request.symbol, source: .ibkr,
                    trace: request.trace, payload: .orderEvent(event))))
    }

    /// The effects so far; they are forgotten here.
    mutating func takeEffects() -> [BrokerEffect] {
        defer { effects.removeAll(keepingCapacity: true) }
        return effects
    }

    // MARK: Contracts

    mutating func resolve(_ symbol: SymbolID, _ contract: ResolvedContract?) {
        contracts[symbol] = contract.map(TradableContract.init)
        guard let contractID = contract?.contract.contractID, contractID != contractIDs[symbol] else {
            return
        }
        symbols[contractIDs[symbol]] = nil
        contractIDs[symbol] = contractID
        symbols[contractID] = symbol
        // What is held of it is not compared yet.
        comparison.compared.remove(symbol)
        if comparison.isComparing { want("the contract of \(symbol.name) is known now") }
    }

    /// What the broker holds of an instrument; `nil` where it has not said so.
    func position(_ symbol: SymbolID) -> Quantity? {
        let contractID = contractIDs[symbol]
        return contractID == 0 ? nil : comparison.position(ofContract: contractID)
    }

    /// What a unit of what the broker holds cost, without the multiplier; `nil` where it has not said so.
    func averagePrice(_ symbol: SymbolID) -> Price? {
        guard let contract = contracts[symbol],
            let cost = comparison.averageCost(ofContract: contractIDs[symbol])
        else { return nil }
        return contract.price(ofCost: cost)
    }

    // MARK: Orders

    /// Enters an order before its bytes can leave.
    mutating func insert(_ request: OrderRequest, orderID: Int32) {
        orders[orderID] = BrokerOrder(
            request, orderID: orderID, contractID: contracts[request.symbol]?.contract.contractID ?? 0,
            lossesBefore: comparison.losses, round: comparison.round)
        numbers[request.id] = orderID
        let place = open.lastIndex { $0 < orderID }.map { $0 + 1 } ?? 0
        open.insert(orderID, at: place)
    }

    /// The contract of an instrument as last known; 0 where none ever was.
    func contractID(of symbol: SymbolID) -> Int32 { contractIDs[symbol] }

    /// Enters an order of an earlier session; numbers of those that are entered descend.
    mutating func add(restored order: inout BrokerOrder, permanentID: Int64) {
        bind(&order, to: permanentID)
        orders[order.orderID] = order
        numbers[order.request.id] = order.orderID
        for name in order.fills.keys { executed[name] = order.orderID }
        if order.isDone { keep(finished: order.orderID) } else { open.insert(order.orderID, at: 0) }
    }

    /// Has an order stand under the number that the gateway knows it by.
    mutating func move(_ moved: BrokerOrder, to orderID: Int32) -> BrokerOrder {
        var order = moved
        orders[order.orderID] = nil
        if let place = finished.firstIndex(of: order.orderID) { finished[place] = orderID }
        if let place = open.firstIndex(of: order.orderID) {
            open.remove(at: place)
            open.insert(orderID, at: open.lastIndex { $0 < orderID }.map { $0 + 1 } ?? 0)
        }
        if let place = comparison.unexplained.firstIndex(of: order.orderID) {
            comparison.unexplained[place] = orderID
        }
        if let ending = comparison.answers?.endings.removeValue(forKey: order.orderID) {
            comparison.answers?.endings[orderID] = ending
        }
        order.orderID = orderID
        orders[orderID] = order
        for name in order.fills.keys { executed[name] = orderID }
        numbers[order.request.id] = orderID
        if order.permanentID != 0 { permanentNumbers[order.permanentID] = orderID }
        leftovers[orderID] = nil
        return order
    }

    /// Forgets an order that has not left.
    mutating func remove(_ orderID: Int32) {
        guard let order = orders.removeValue(forKey: orderID) else { return }
        numbers[order.request.id] = nil
        open.removeAll { $0 == orderID }
    }

    @inline(never)
    mutating func update(_ order: BrokerOrder) { orders[order.orderID] = order }

    func order(_ id: ClientOrderID) -> BrokerOrder? { numbers[id].flatMap { orders[$0] } }

    func order(permanentID: Int64) -> BrokerOrder? {
        permanentNumbers[permanentID].flatMap { orders[$0] }
    }

    /// Notes the order's number over time and clients.
    mutating func bind(_ order: inout BrokerOrder, to permanentID: Int64) {
        guard permanentID != 0, order.permanentID == 0 else { return }
        order.permanentID = permanentID
        permanentNumbers[permanentID] = order.orderID
    }

    // MARK: What becomes of an order

    /// Reports that the gateway has the order, once.
    mutating func acknowledge(_ order: inout BrokerOrder, raw: String, at time: Timestamp) {
        switch order.stage {
        case .leaving, .sent, .known: break
        case .working: guard order.isInDoubt else { return }
        case .done: return
        }
        order.stage = .working
        order.isInDoubt = false
        order.suspicion = nil
        let status: OrderStatus = order.filled > .zero ? .partiallyFilled : .accepted
        publish(order.report(.ack, status, raw: raw), of: order.request, at: time)
    }

    /// Reports, once, that the gateway holds an order without saying whether it is refused or waits.
    mutating func tellDoubt(_ order: inout BrokerOrder, _ why: String, at time: Timestamp) {
        guard !order.isInDoubt, !order.isDone else { return }
        order.isInDoubt = true
        publish(
            SystemNotice(
                .orderUnresolved, actor: "broker", reason: why, detail: order.request.id.description),
            at: time)
    }

    /// Reports the end of an order. One that has filled in part is cancelled, not rejected; one of which more is told to
    /// have filled than the executions say is not over before they have come, so that what they are for stays reserved.
    ///
    /// - Parameter isProven: whether a comparison has shown that they will not come.
    mutating func finish(
        _ order: inout BrokerOrder, _ status: OrderStatus, reason: String, raw: String, byWord: Bool = true,
        isProven: Bool = false, at time: Timestamp
    ) {
        guard !order.isDone else { return }
        if byWord && !isProven && status != .filled && order.isUnexplained {
            return holdEnd(&order, status, reason: reason, raw: raw)
        }
        order.ending = nil
        let status = status == .rejected && order.filled > .zero ? .cancelled : status
        let isOver = status == .cancelled && order.cancel == nil && order.isExpired(at: time)
        let end = isOver ? .expired : status
        order.stage = .done(end)
        order.isDoneByWord = byWord
        let report: OrderReport =
            switch end {
            case .rejected: .reject
            case .cancelled: .cancel
            case .expired: .expire
            case .accepted, .partiallyFilled, .filled: .ack
            }
        publish(
            order.report(report, end, reason: isOver ? "its time is over" : reason, raw: raw),
            of: order.request, at: time)
        retire(&order)
    }

    @inline(never)
    private mutating func holdEnd(
        _ order: inout BrokerOrder, _ status: OrderStatus, reason: String, raw: String
    ) {
        guard order.ending == nil else { return counts.repeated += 1 }
        order.ending = BrokerOrder.Ending(status: status, reason: reason, raw: raw)
        if order.stage == .leaving || order.stage == .sent { order.stage = .known }
    }

    /// Reports the end that was held back, now that the executions have come or are known not to.
    @inline(never)
    mutating func finishHeld(_ order: inout BrokerOrder, isProven: Bool = false, at time: Timestamp) {
        guard let ending = order.ending, !order.isDone, isProven || !order.isUnexplained else { return }
        finish(&order, ending.status, reason: ending.reason, raw: ending.raw, isProven: isProven, at: time)
    }

    /// Books one version of an execution; the same or an older one again changes nothing.
    mutating func execute(
        _ order: inout BrokerOrder, _ name: ExecutionName, quantity: Quantity, price: Price, raw: String,
        at time: Timestamp
    ) {
        let old = order.fill(name)
        if let old {
            guard name.revision > old.revision else {
                counts.repeated += 1
                return
            }
            reverse(&order, old, raw: raw, at: time)
        } else {
            lastExecution += 1
            counts.executions += 1
        }
        let early = old == nil ? earlyCommissions.take(name) : nil
        let fill = BrokerOrder.Fill(
            revision: name.revision, number: old?.number ?? lastExecution, price: price, quantity: quantity,
            commission: early ?? old?.commission)
        order.add(fill, name)
        executed[name.base] = order.orderID
        if old == nil && order.isRestored { introduce(order, at: time) }
        guard quantity > .zero else {
            if let early { publish(early, of: fill, order, raw: raw, at: time) }
            return
        }
        traded[order.request.symbol] += quantity.signed(order.request.side)
        reportFill(&order, fill, early, isCorrection: old != nil, raw: raw, at: time)
    }

    /// The broker replaces an execution: the old version is booked back, as a fill of a negative quantity.
    private mutating func reverse(
        _ order: inout BrokerOrder, _ fill: BrokerOrder.Fill, raw: String, at time: Timestamp
    ) {
        counts.corrections += 1
        order.reverse(fill)
        traded[order.request.symbol] -= fill.quantity.signed(order.request.side)
        guard fill.quantity > .zero else { return }
        var back = fill
        back.quantity = -fill.quantity
        publish(
            order.report(
                .fill, order.status, fill: back,
                reason: "execution corrected by the broker: old version taken back",
                raw: raw),
            of: order.request, at: time)
    }

    private mutating func reportFill(
        _ order: inout BrokerOrder, _ fill: BrokerOrder.Fill, _ commission: BrokerCommission?,
        isCorrection: Bool, raw: String, at time: Timestamp
    ) {
        var reason = isCorrection ? "execution corrected by the broker: new version" : ""
        let isWhole = order.filled >= order.quantity
        var status: OrderStatus = isWhole ? .filled : .partiallyFilled
        if case .done(let end) = order.stage {
            if !isCorrection {
                counts.lateFills += 1
                reason = "late fill: the order was \(end.name)"
                note(.warning, order, "a fill of an order that was \(end.name)")
            }
            if !isWhole { status = end }
            if isCorrection && end == .filled && !isWhole {
                note(.alarm, order, "corrected to less than it asked for after it was filled")
                want("an order that was filled is no longer")
            }
            order.stage = .done(status)
        } else {
            order.stage = isWhole ? .done(.filled) : .working
            order.suspicion = nil
            order.isInDoubt = false
            if isWhole {
                order.isDoneByWord = true
                publish(
                    order.report(
                        .fill, status, fill: fill, commission: commission, reason: reason, raw: raw),
                    of: order.request, at: time)
                if order.filled > order.quantity { note(.alarm, order, "filled more than it asked for") }
                return retire(&order)
            }
        }
        publish(
            order.report(.fill, status, fill: fill, commission: commission, reason: reason, raw: raw),
            of: order.request, at: time)
        if order.filled > order.quantity { note(.alarm, order, "filled more than it asked for") }
    }

    /// Moves an order among those that are over, of which the oldest is forgotten.
    private mutating func retire(_ order: inout BrokerOrder) {
        order.cancel = nil
        order.change = nil
        order.ending = nil
        let orderID = order.orderID
        open.removeAll { $0 == orderID }
        keep(finished: orderID)
    }

    private mutating func keep(finished orderID: Int32) {
        if finished.count < options.finishedKept {
            finished.append(orderID)
        } else if !finished.isEmpty {
            hasForgotten = true
            forget(finished[oldestFinished])
            finished[oldestFinished] = orderID
            oldestFinished = (oldestFinished + 1) % finished.count
        }
    }

    private mutating func forget(_ orderID: Int32) {
        guard let order = orders.removeValue(forKey: orderID) else { return }
        numbers[order.request.id] = nil
        untold[order.request.id] = nil
        if order.permanentID != 0 { permanentNumbers[order.permanentID] = nil }
        comparison.unexplained.removeAll { $0 == orderID }
        for name in order.fills.keys { executed[name] = nil }
    }
}

extension Quantity {
    /// This for a buy, the opposite for a sell.
    func signed(_ side: Side) -> Quantity { side == .buy ? self : -self }
}
