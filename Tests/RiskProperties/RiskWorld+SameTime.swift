import Risk
import TradingModel

/// Events of one time: in which order those of different orders and commands come must not matter.
extension RiskWorld {
    /// What happens to one order or limit, in its own order.
    private enum Told {
        case report(OrderEvent, SymbolID)
        case notice(SystemNotice)
    }

    /// Tells two engines the same, each in an order of its own.
    ///
    /// Positions, what is reserved, kills, limits and what follows from them for the next order are the same. The result of
    /// the session is not among them: its peak is one of the way, and the way is the order.
    /// - Returns: where the two differ, in words.
    func sameTimeFault(_ random: inout RiskDice) -> String? {
        let lanes = lanes(&random)
        var engines = [engine, engine]
        for place in engines.indices {
            var left = lanes
            while !left.isEmpty {
                let lane = random.below(left.count)
                switch left[lane].removeFirst() {
                case .report(let report, let symbol): engines[place].fold(report, symbol)
                case .notice(let notice): engines[place].fold(notice, at: now)
                }
                if left[lane].isEmpty { left.remove(at: lane) }
            }
        }
        let fault =
            difference(engines[0], engines[1])
            ?? difference(
                engines[0], engines[1], of: random.isOne(in: 2) ? .buy : .sell, random.below(markets.count))
        return fault.map { "in another order: \($0)" }
    }

    private func lanes(_ random: inout RiskDice) -> [[Told]] {
        var execution = lastExecution
        var lanes = book.working.map { order in life(of: order, &execution, &random) }
        lanes += [
            [.notice(SystemNotice(.killSwitchEngaged, actor: "test", level: .reduce))],
            [
                .notice(
                    SystemNotice(
                        .killSwitchEngaged, actor: "test", level: .halt,
                        scope: .symbol(markets[0].instrument.symbol)))
            ],
            [change(.maxSize, .quantity(Quantity(rawValue: 2 * RiskMarket.one)))],
            [change(.maxPosition, .quantity(Quantity(rawValue: 3 * RiskMarket.one)))],
        ]
        return lanes.filter { !$0.isEmpty }
    }

    private func change(_ key: LimitKey, _ value: RiskCheck.Value) -> Told {
        .notice(
            SystemNotice(.limitsChanged, actor: "test", detail: LimitAssignment(key, value: value).text))
    }

    /// Some fills, one of them told twice, perhaps an end, perhaps a fill after it.
    private func life(
        of order: TwinOrder, _ execution: inout UInt64, _ random: inout RiskDice
    ) -> [Told] {
        let symbol = order.request.symbol
        var told: [Told] = []
        for _ in 0..<random.below(4) {
            execution += 1
            let fill = event(
                order, .fill, .partiallyFilled, lots: 1 + Int64(random.below(3)), execution: execution)
            told.append(.report(fill, symbol))
            if random.isOne(in: 3) { told.append(.report(fill, symbol)) }
        }
        guard random.isOne(in: 2) else { return told }
        told.insert(.report(ended(order), symbol), at: random.below(told.count + 1))
        return told
    }
}
