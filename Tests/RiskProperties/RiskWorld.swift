import Risk
import TradingModel

/// An engine, and a twin that knows what the venue knows: whatever happens is told to both, and compared.
struct RiskWorld {
    private(set) var engine: RiskEngine
    var markets = RiskMarket.all
    var limits: TwinLimits
    var book = TwinBook()
    var now = RiskProfile.start
    var counts = RiskCounts()
    private var log = RiskLog()
    /// Kills that hold, by number of the scope.
    private var kills: [Int: KillLevel] = [:]
    private var isArmed = true
    private var orders: UInt32 = 0
    var lastExecution: UInt64 = 0
    /// The instruments that this step concerns: those of which anything may have changed.
    private var touched: Set<Int> = []
    /// The worst |position| that could come before this step, with what has been approved or come unforeseen in it.
    private var allowed: [Int64] = [0, 0, 0]

    init(_ profile: RiskProfile) {
        engine = profile.engine
        limits = profile.limits
        engine.keepValues(by: quotes)
    }

    private static let scopes: [KillScope] =
        [.all, .strategy(RiskProfile.strategies[0]), .strategy(RiskProfile.strategies[1])]
        + RiskMarket.all.map { .symbol($0.instrument.symbol) }

    var quotes: RiskQuotes { RiskQuotes(markets, at: now) }

    /// Lets one thing happen.
    ///
    /// - Returns: what does not hold after it, in words.
    mutating func apply(_ step: RiskStep) -> String? {
        switch step {
        case .order(let symbol, let isBuy, let lots, let ticks, let strategy):
            return order(symbol, isBuy, lots, ticks, strategy)
        case .close(let symbol, let beyond, let ticks, let strategy):
            let isBuy = book.positions[symbol] < 0
            let working = isBuy ? book.openBuys(symbol) : book.openSells(symbol)
            let lots = Int(abs(book.positions[symbol]) - working) + beyond
            return order(symbol, isBuy, max(lots, 1), ticks, strategy)
        case .modify(let order, let lots, let ticks): return modify(order, lots, ticks)
        case .kill(let level, let scope): kill(level, scope % Self.scopes.count)
        case .release(let scope, let isToReduce): release(scope % Self.scopes.count, isToReduce)
        case .quote(let symbol, let ticks):
            markets[symbol].moved = Int64(ticks)
            engine.value(markets[symbol].instrument.symbol, by: quotes)
            touched.insert(symbol)
        case .limit(let name, let symbol, let lots, let seconds): limit(name, symbol, lots, seconds)
        case .wait(let milliseconds): now = now.advanced(by: Int64(milliseconds) * 1_000_000)
        default: return report(step) ?? fault()
        }
        return fault()
    }

    // MARK: Asking

    private mutating func order(_ symbol: Int, _ isBuy: Bool, _ lots: Int, _ ticks: Int?, _ strategy: Int)
        -> String?
    {
        orders += 1
        touched.insert(symbol)
        let market = markets[symbol]
        let limit = ticks.map { market.limit($0, isBuy: isBuy) }
        let request = OrderRequest(
            id: ClientOrderID(session: 1, number: orders), symbol: market.instrument.symbol,
            side: isBuy ? .buy : .sell, type: limit == nil ? .market : .limit,
            quantity: Quantity(rawValue: Int64(lots) * RiskMarket.one), limitPrice: limit,
            strategy: RiskProfile.strategies[strategy])
        let before = book.worstOfAllFills(symbol)
        let decision = engine.decide(request, now: now, quotes: quotes)
        log.add(decision, request, quotes)
        counts.count(decision)
        guard decision.approved else { return overStrict(decision, symbol, Int64(lots), before) ?? fault() }
        if isDoubled(request, symbol, Int64(lots)) { return "approved beside an order in doubt" }
        var order = TwinOrder(decision.request, symbol: symbol, middle: market.price)
        order.mayOnlyReduce = isReduceOnly(order)
        if order.mayOnlyReduce { counts.reducing += 1 }
        book.working.append(order)
        return unsafe(book.working.count - 1, lots: Int64(lots), before) ?? fault()
    }

    /// Whether an order may be one more of what another may have done already: nobody knows of one on its side, and it does
    /// not only reduce.
    private func isDoubled(_ request: OrderRequest, _ symbol: Int, _ lots: Int64) -> Bool {
        let sign = request.side.sign, held = book.positions[symbol]
        guard book.working.contains(where: { $0.isInDoubt && $0.symbol == symbol && $0.sign == sign }) else {
            return false
        }
        let open = sign > 0 ? book.openBuys(symbol) : book.openSells(symbol)
        return held * sign >= 0 || lots + open > abs(held)
    }

    /// Nobody knows any more what has become of an order.
    mutating func lose(_ place: Int) {
        book.working[place].isLost = true
        book.working[place].isInDoubt = true
        touched.insert(book.working[place].symbol)
        tell(SystemNotice(.orderUnresolved, actor: "test", detail: "\(book.working[place].request.id)"))
    }

    private mutating func modify(_ number: Int, _ lots: Int, _ ticks: Int?) -> String? {
        guard let place = place(number), book.working[place].changes.count < 3 else { return nil }
        let order = book.working[place]
        touched.insert(order.symbol)
        let isBuy = order.sign > 0
        let limit =
            ticks.map { markets[order.symbol].limit($0, isBuy: isBuy) } ?? order.request.limitPrice
        let change = ModifyRequest(
            id: order.request.id, quantity: Quantity(rawValue: Int64(lots) * RiskMarket.one),
            limitPrice: limit)
        let before = book.worstOfAllFills(order.symbol)
        let decision = engine.decide(change, of: order.request, now: now, quotes: quotes)
        log.add(decision, change, of: order.request, quotes)
        guard decision.approved else { return fault() }
        counts.changes += 1
        let isJudged = !decision.limits.allSatisfy { $0.reason == .brokerDown }
        book.working[place].begin(change, middle: isJudged ? markets[order.symbol].price : nil)
        let added = book.working[place].most - order.most
        // One that asks for no more is no new risk, whatever the limits are by now.
        guard added > 0 else { return fault() }
        return unsafe(place, lots: added, before) ?? fault()
    }

    /// The order that a number means; those that nobody knows of are left alone.
    func place(_ number: Int, isLost: Bool = false) -> Int? {
        let places = book.working.indices.filter { book.working[$0].isLost == isLost }
        return places.isEmpty ? nil : places[number % places.count]
    }

    // MARK: Telling

    mutating func tell(_ report: OrderEvent, _ symbol: Int) {
        let name = markets[symbol].instrument.symbol
        touched.insert(symbol)
        engine.fold(report, name)
        log.add(report, name)
        for place in book.working.indices where book.working[place].request.id == report.id {
            book.working[place].isInDoubt = false
        }
    }

    mutating func tell(answer change: ModifyRequest, isAgreed: Bool, _ symbol: Int) {
        touched.insert(symbol)
        if isAgreed { engine.confirm(change) } else { engine.refuseModify(change.id) }
        log.add(answer: change, isAgreed: isAgreed)
    }

    private mutating func tell(_ notice: SystemNotice) {
        engine.fold(notice, at: now)
        log.add(notice, now)
    }

    private mutating func kill(_ level: KillLevel, _ scope: Int) {
        kills[scope] = max(kills[scope] ?? .reduce, level)
        tell(SystemNotice(.killSwitchEngaged, actor: "test", level: level, scope: Self.scopes[scope]))
    }

    private mutating func release(_ scope: Int, _ isToReduce: Bool) {
        kills[scope] = isToReduce && kills[scope] != nil ? .reduce : nil
        tell(
            SystemNotice(
                .killSwitchReleased, actor: "test", level: isToReduce ? .reduce : nil,
                scope: Self.scopes[scope]))
        tell(SystemNotice(.armed, actor: "test"))
        isArmed = (kills[0] ?? .reduce) < .halt
    }

    private mutating func limit(
        _ name: RiskStep.LimitName, _ symbol: Int?, _ lots: Int, _ seconds: Int?
    ) {
        let value = name == .exposure ? lots * 12_000 : name == .gross ? lots * 30_000 : lots
        // The gross limit is of all instruments.
        let symbol = name == .gross ? nil : symbol
        let until = seconds.map { now.advanced(by: Int64($0) * RiskMarket.one) }
        let assignment = LimitAssignment(
            name.key, TwinLimits.Place(name: name, symbol: symbol).scope, value: name.value(Int64(value)),
            until: until)
        tell(SystemNotice(.limitsChanged, actor: "test", detail: assignment.text))
        limits.set(name, symbol, Int64(value), until: until)
    }

    /// The strictest kill that an order meets.
    private func level(_ request: OrderRequest) -> KillLevel? {
        kills.filter { Self.scopes[$0.key].contains(request.strategy, request.symbol) }.values.max()
    }

    /// Approved under a kill that lets no other order in for its instrument.
    private func isReduceOnly(_ order: TwinOrder) -> Bool { level(order.request) == .reduce }

    // MARK: What must hold

    /// Something that no reservation was there for has moved a position: nothing that was approved before it can know of it.
    mutating func noteUnforeseen(_ symbol: Int, lots: Int64) {
        counts.unforeseen += 1
        allowed[symbol] += abs(lots)
        for place in book.working.indices where book.working[place].symbol == symbol {
            book.working[place].mayOnlyReduce = false
        }
    }

    /// Why an approval was wrong: it is in the book of the twin already.
    ///
    /// - Parameters:
    ///   - lots: what has been added.
    ///   - before: the worst |position| without it.
    private mutating func unsafe(_ place: Int, lots: Int64, _ before: Int64) -> String? {
        let order = book.working[place]
        let symbol = order.symbol
        let level = level(order.request)
        if !isArmed { return "approved while not armed" }
        if let level, level >= .halt { return "approved under a kill of level \(level)" }
        let worst = book.worstOfAllFills(symbol)
        let isReducing = book.onlyReduces(order, leaves: order.leaves)
        guard isReducing else {
            if level != nil { return "approved under a kill to reduce, and may not reduce" }
            for other in book.working.indices where book.working[other].symbol == symbol {
                book.working[other].mayOnlyReduce = false
            }
            return unlimited(symbol, worst, lots)
        }
        // Then what was approved before it is still all that can come.
        return worst > before ? "the worst position grew from \(before) to \(worst) by a reducing order" : nil
    }

    /// Which limit fills of what is approved can pass: of all sets of fills the worst.
    private mutating func unlimited(_ symbol: Int, _ worst: Int64, _ lots: Int64) -> String? {
        let most = limits.value(.position, symbol, at: now)
        if worst > most { return "fills lead to \(worst) of at most \(most)" }
        if lots > limits.value(.size, symbol, at: now) { return "\(lots) lots in an order" }
        allowed[symbol] = worst
        let own = exposure(symbol, book)
        let ownMost = money(limits.value(.exposure, symbol, at: now))
        if own > ownMost { return "fills lead to an exposure of \(own) of at most \(ownMost)" }
        let gross = gross(besides: symbol) + own
        let grossMost = money(limits.value(.gross, symbol, at: now))
        return gross > grossMost ? "fills lead to a gross exposure of \(gross) of at most \(grossMost)" : nil
    }

    /// Why a refusal for a position or an exposure was wrong: no set of fills passes the limit.
    private func overStrict(_ decision: RiskDecision, _ symbol: Int, _ lots: Int64, _ before: Int64)
        -> String?
    {
        var trial = book
        trial.working.append(TwinOrder(decision.request, symbol: symbol, middle: markets[symbol].price))
        let worst = trial.worstOfAllFills(symbol)
        let own = exposure(symbol, trial)
        switch decision.reasons.first {
        case .positionLimit where worst <= limits.value(.position, symbol, at: now):
            return "refused for a position of at most \(worst)"
        case .exposureLimit
        where own <= money(limits.value(.exposure, symbol, at: now))
            && own + gross(besides: symbol) <= money(limits.value(.gross, symbol, at: now)):
            return "refused for an exposure of at most \(own)"
        case .killSwitch where level(decision.request) == nil: return "refused without a kill"
        case .orderUnresolved where !isDoubled(decision.request, symbol, lots):
            return "refused beside no order in doubt"
        default: return nil
        }
    }

    private func money(_ units: Int64) -> Int128 { Int128(units) * 1_000_000_000_000_000_000 }

    private func exposure(_ symbol: Int, _ book: TwinBook) -> Int128 {
        book.worstValueOfAllFills(symbol, markets[symbol])
    }

    private func gross(besides symbol: Int) -> Int128 {
        markets.indices.reduce(0) { sum, other in
            other == symbol ? sum : sum + exposure(other, book)
        }
    }

    /// What does not hold now, in words.
    private mutating func fault() -> String? {
        if engine.openOrders != book.working.count {
            return "\(engine.openOrders) open orders, not \(book.working.count)"
        }
        if engine.drift != book.drift { return "drift \(engine.drift), not \(book.drift)" }
        defer { touched.removeAll(keepingCapacity: true) }
        for symbol in touched.sorted() {
            if let fault = fault(of: symbol) { return "\(markets[symbol].instrument.symbol.name): \(fault)" }
        }
        return nil
    }

    /// Σ reserved = Σ leaves × price over orders that are not over, and what may still fill is within what was approved.
    private mutating func fault(of symbol: Int) -> String? {
        let top = markets[symbol].quote
        let view = engine.view(markets[symbol].instrument.symbol, now: now) { _ in top }
        let (position, buys, sells) = (book.positions[symbol], book.openBuys(symbol), book.openSells(symbol))
        if view.position.rawValue != position * RiskMarket.one {
            return "position \(view.position), not \(position)"
        }
        if view.openBuys.rawValue != buys * RiskMarket.one {
            return "open buys \(view.openBuys), not \(buys)"
        }
        if view.openSells.rawValue != sells * RiskMarket.one {
            return "open sells \(view.openSells), not \(sells)"
        }
        if view.openOrders != book.openOrders(symbol) { return "\(view.openOrders) open orders" }
        let worst = max(abs(position + buys), abs(position - sells))
        if view.exposure?.rawValue != exposure(symbol, book) {
            return "exposure \(view.exposure.map { "\($0)" } ?? "unknown") of \(worst)"
        }
        if worst > allowed[symbol] { return "the worst grew from \(allowed[symbol]) to \(worst) by itself" }
        allowed[symbol] = worst
        for order in book.working where order.symbol == symbol && order.mayOnlyReduce {
            guard book.onlyReduces(order, leaves: order.leaves) else {
                return "\(order.request.id) was approved to reduce \(position), and may not"
            }
        }
        return nil
    }

    // MARK: The end

    /// Tells the log to another engine: every verdict must be the same, with the same limits and actual values. That one keeps
    /// no values, and makes the gross exposure anew for each.
    func replayFault(_ profile: RiskProfile) -> String? {
        var other = profile.engine
        if let fault = log.replay(to: &other) { return fault }
        return (difference(engine, other) ?? difference(engine, other, of: .buy, 0)).map { "replayed: \($0)" }
    }

    /// Where two engines do not stand the same, in words: what they hold and what they allow.
    func difference(_ one: RiskEngine, _ other: RiskEngine) -> String? {
        if one.openOrders != other.openOrders || one.drift != other.drift { return "other orders" }
        if one.limits != other.limits || one.kills != other.kills { return "other limits or kills" }
        for market in markets {
            let symbol = market.instrument.symbol
            let views = [one, other].map { $0.view(symbol, now: now) { _ in market.quote } }
            if views[0] != views[1] { return "\(views[0]) is not \(views[1])" }
        }
        return nil
    }

    /// What two engines say of one order by all their controls, where that is not the same.
    func difference(_ one: RiskEngine, _ other: RiskEngine, of side: Side, _ symbol: Int) -> String? {
        let market = markets[symbol]
        let probe = OrderRequest(
            id: ClientOrderID(session: 2, number: 1), symbol: market.instrument.symbol, side: side,
            type: .limit, quantity: Quantity(rawValue: 2 * RiskMarket.one),
            limitPrice: market.limit(0, isBuy: true))
        let verdict = one.evaluate(probe, now: now, isDryRun: true, quotes: quotes)
        let otherVerdict = other.evaluate(probe, now: now, isDryRun: true, quotes: quotes)
        return verdict == otherVerdict ? nil : "\(verdict) is not \(otherVerdict)"
    }

    /// Ends all orders: then nothing may be reserved.
    mutating func endFault() -> String? {
        while let order = book.working.last {
            book.working.removeLast()
            tell(ended(order), order.symbol)
        }
        touched.formUnion(markets.indices)
        return fault()
    }
}
