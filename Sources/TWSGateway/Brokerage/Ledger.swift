import TWSProtocol
import TradingModel

/// A fact that does not follow from those before it.
struct LedgerFault: Error, Equatable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }
}

/// Orders, executions, positions, cash and order ids: what the facts so far come to, and nothing else.
///
/// The same facts give the same ledger, whether they happen or are read from a log.
struct Ledger: Sendable {
    /// All orders, by number from 1.
    private(set) var orders: [BookedOrder] = []
    /// All executions, by number from 1.
    private(set) var executions: [BookedExecution] = []
    private(set) var positions = PositionKeeper()
    private(set) var contracts: [Int32: TradedContract] = [:]
    /// What every account opened with; `nil` before the first fact.
    private(set) var openingCash: Money?
    /// Numbers of orders that are not done, ascending.
    var open: [Int] { listed.filter { !orders[$0 - 1].stage.isDone } }
    /// Orders of a parent, by the parent's number; only those that wait for it.
    private(set) var children: [Int: [Int]] = [:]
    /// Open orders, and some that are done, ascending; and how many those are.
    private var listed: [Int] = []
    private var closed = 0
    /// What open orders could trade yet, in units of 1e-9.
    private var promised: [Promise: Int128] = [:]
    private var byKey: [OrderKey: Int] = [:]
    private var highest: [Int32: Int32] = [:]
    private var arrivals: UInt64 = 0

    /// Whose orders in which direction.
    private struct Promise: Hashable, Sendable {
        let account: String
        let contract: Int32
        let side: Side

        init(_ terms: OrderTerms) {
            account = terms.account
            contract = terms.contract
            side = terms.side
        }
    }

    /// The order of that number.
    func order(_ number: Int) -> BookedOrder? {
        orders.indices.contains(number - 1) ? orders[number - 1] : nil
    }

    /// The order of a client.
    func order(_ key: OrderKey) -> BookedOrder? { byKey[key].flatMap { order($0) } }

    /// Orders that are not done, in the order of their acceptance.
    var openOrders: [BookedOrder] { open.compactMap { order($0) } }

    /// The id that a client should use next: higher than all it has used.
    func nextID(of client: Int32) -> Int32 {
        let highest = highest[client] ?? 0
        return highest < .max ? highest + 1 : highest
    }

    /// Highest id that a client has used; 0 for none.
    func highestID(of client: Int32) -> Int32 { highest[client] ?? 0 }

    /// Whether orders are held back in the gateway alone.
    var holdsOrders: Bool { open.contains { orders[$0 - 1].stage == .held } }

    /// Takes a fact in.
    mutating func apply(_ fact: BrokerageFact, at time: Timestamp) throws(LedgerFault) {
        switch fact {
        case .opened(let cash): openingCash = cash
        case .restarted: restart()
        case .listed(let contract): contracts[contract.contract.contractID] = contract
        case .numberUsed(let key): use(key)
        case .placed(let number, let key, let terms, let stage):
            try place(BookedOrder(number: number, key: key, terms: terms, stage: stage, placed: time))
        case .modified(let number, let terms): try modify(number, terms)
        case .staged(let number, let stage, let reason): try move(number, to: stage, reason, time)
        case .executed(let execution): try take(execution)
        case .corrected(let execution): try correct(execution)
        }
    }

    /// The gateway was restarted: orders it held back are gone.
    private mutating func restart() {
        for number in open where orders[number - 1].stage == .held {
            promise(orders[number - 1], -Int128(orders[number - 1].remaining.rawValue))
            orders[number - 1].stage = .cancelled
            orders[number - 1].reason = "not transmitted before the gateway restarted"
            orders[number - 1].ended = orders[number - 1].placed
        }
        tidy()
    }

    /// Matching engines are about to be given the open orders anew: they know only what is left of them.
    mutating func continueMatching() {
        for number in open { orders[number - 1].filledBefore = orders[number - 1].filled }
    }

    private mutating func use(_ key: OrderKey) {
        highest[key.client] = max(highest[key.client] ?? 0, key.order)
    }

    private mutating func place(_ placed: BookedOrder) throws(LedgerFault) {
        guard placed.number == orders.count + 1 else {
            throw LedgerFault("order \(placed.number) is out of order")
        }
        guard byKey[placed.key] == nil else {
            throw LedgerFault("order \(placed.key.order) of client \(placed.key.client) is there twice")
        }
        guard contracts[placed.terms.contract] != nil else {
            throw LedgerFault("contract \(placed.terms.contract) is not known")
        }
        guard placed.terms.quantity > .zero, !placed.stage.isDone else {
            throw LedgerFault("order without quantity")
        }
        var order = placed
        order.rank = nextArrival()
        orders.append(order)
        byKey[order.key] = order.number
        listed.append(order.number)
        promise(order, Int128(order.remaining.rawValue))
        use(order.key)
        if let parent = byKey[OrderKey(client: order.key.client, order: order.terms.parent)] {
            children[parent, default: []].append(order.number)
        }
    }

    private mutating func modify(_ number: Int, _ terms: OrderTerms) throws(LedgerFault) {
        let index = try openIndex(number)
        let before = orders[index].terms
        guard terms.quantity > orders[index].filled, contracts[terms.contract] != nil else {
            throw LedgerFault("order \(number) is left nothing by its change")
        }
        orders[index].terms = terms
        promise(orders[index], Int128(terms.quantity.rawValue) - Int128(before.quantity.rawValue))
        let keepsPlace =
            terms.quantity <= before.quantity && terms.limit == before.limit && terms.stop == before.stop
        if !keepsPlace { orders[index].rank = nextArrival() }
    }

    private mutating func move(
        _ number: Int, to stage: OrderStage, _ reason: String, _ time: Timestamp
    ) throws(LedgerFault) {
        let index = try openIndex(number)
        guard stage != .filled else { throw LedgerFault("order \(number) is filled without executions") }
        if orders[index].stage == .pending, stage == .working { orders[index].isTriggered = true }
        if !stage.isDone { orders[index].rank = nextArrival() }
        orders[index].stage = stage
        orders[index].reason = reason
        if stage.isDone { finish(index, time) }
    }

    private mutating func take(_ told: BookedExecution) throws(LedgerFault) {
        let index = try openIndex(told.order)
        guard told.number == executions.count + 1 else {
            throw LedgerFault("execution \(told.number) is out of order")
        }
        guard told.quantity > .zero, told.quantity <= orders[index].remaining,
            let contract = contracts[orders[index].terms.contract]
        else { throw LedgerFault("execution \(told.number) is more than its order") }
        var execution = told
        execution.realized = try positions.take(execution, orders[index].terms, contract)
        promise(orders[index], -Int128(execution.quantity.rawValue))
        add(&execution, to: index)
        executions.append(execution)
        orders[index].lastPrice = execution.price
        guard orders[index].remaining <= .zero else { return }
        orders[index].stage = .filled
        finish(index, execution.time)
    }

    private mutating func add(_ execution: inout BookedExecution, to index: Int) {
        orders[index].filled += execution.quantity
        orders[index].value += Money(execution.price, times: execution.quantity)
        orders[index].commission += execution.commission
        execution.cumulative = orders[index].filled
        execution.average = orders[index].averagePrice ?? .zero
    }

    /// Puts the right price in the place of the wrong one; everything that came of executions is summed up anew.
    private mutating func correct(_ told: BookedExecution) throws(LedgerFault) {
        guard executions.indices.contains(told.number - 1) else {
            throw LedgerFault("execution \(told.number) is not there to be corrected")
        }
        let before = executions[told.number - 1]
        guard told.revision == before.revision + 1, told.order == before.order,
            told.quantity == before.quantity
        else { throw LedgerFault("correction of execution \(told.number) does not follow it") }
        executions[told.number - 1] = told
        positions = PositionKeeper()
        for index in orders.indices where orders[index].filled > .zero {
            orders[index].filled = .zero
            orders[index].value = .zero
            orders[index].commission = .zero
        }
        for place in executions.indices {
            let index = executions[place].order - 1
            guard let contract = contracts[orders[index].terms.contract] else { continue }
            var execution = executions[place]
            execution.realized = try positions.take(execution, orders[index].terms, contract)
            add(&execution, to: index)
            executions[place] = execution
        }
    }

    private mutating func finish(_ index: Int, _ time: Timestamp) {
        orders[index].ended = time
        promise(orders[index], -Int128(orders[index].remaining.rawValue))
        closed += 1
        // Now and then: one at a time would go through all of them each time.
        if closed > 32, closed > listed.count / 2 { tidy() }
    }

    private mutating func tidy() {
        listed.removeAll { orders[$0 - 1].stage.isDone }
        closed = 0
    }

    /// Open orders could trade so much more.
    private mutating func promise(_ order: BookedOrder, _ quantity: Int128) {
        let key = Self.Promise(order.terms)
        let sum = (promised[key] ?? 0) + quantity
        promised[key] = sum == 0 ? nil : sum
    }

    /// The largest position that could come of one order more, without its sign, in units of 1e-9.
    ///
    /// - Parameter order: an open order that the terms are to replace.
    func largestPosition(_ terms: OrderTerms, replacing order: BookedOrder? = nil) -> Int128 {
        let held = Int128(
            positions[PositionKey(account: terms.account, contract: terms.contract)].quantity.rawValue)
        let others = (promised[Promise(terms)] ?? 0) - Int128(order?.remaining.rawValue ?? 0)
        let added = others + Int128(terms.quantity.rawValue) - Int128(order?.filled.rawValue ?? 0)
        return terms.side == .buy ? max(held + added, -held) : max(added - held, held)
    }

    private func openIndex(_ number: Int) throws(LedgerFault) -> Int {
        guard orders.indices.contains(number - 1), !orders[number - 1].stage.isDone else {
            throw LedgerFault("order \(number) is not open")
        }
        return number - 1
    }

    private mutating func nextArrival() -> UInt64 {
        arrivals += 1
        return arrivals
    }
}
