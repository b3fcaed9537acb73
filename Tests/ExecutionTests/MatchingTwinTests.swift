import TestSupport
import Testing
import TradingModel

@testable import Execution

@Suite("Matching: random orders and markets")
struct MatchingTwinTests {
    /// Rounds, their markets and orders drawn from one seed.
    private struct Draw {
        var random: TestRandom
        private var lastID: MatchingOrderID = 0
        /// Prices of orders are this and the ten above; markets stand about the middle of them.
        private let lowest: Int64

        init(seed: UInt64, lowest: Int64 = 95) {
            random = TestRandom(seed: seed)
            self.lowest = lowest
        }

        mutating func number(_ bound: UInt64) -> Int64 { Int64(random.below(bound)) }

        mutating func side() -> Side { number(2) == 0 ? .buy : .sell }

        mutating func timeInForce() -> TimeInForce {
            [.day, .day, .day, .goodTillCancel, .immediateOrCancel, .fillOrKill][Int(number(6))]
        }

        mutating func price() -> Price { Price(rawValue: lowest + number(11)) }

        mutating func newOrder() -> MatchingOrder {
            lastID += number(20) == 0 ? 0 : 1
            let type: OrderType = [.limit, .limit, .limit, .market, .stop, .stopLimit][Int(number(6))]
            return MatchingOrder(
                id: lastID, side: side(), type: type, quantity: Quantity(rawValue: 1 + number(9)),
                limitPrice: price(), stopPrice: price(), timeInForce: timeInForce())
        }

        mutating func oldID() -> MatchingOrderID { lastID - min(lastID, UInt64(number(25))) }

        mutating func change() -> MatchingOrder {
            MatchingOrder(
                id: oldID(), side: .buy, type: .limit, quantity: Quantity(rawValue: number(11)),
                limitPrice: number(12) == 0 ? nil : price(), stopPrice: number(12) == 0 ? nil : price(),
                timeInForce: timeInForce())
        }

        mutating func market() -> MarketEvent.Payload {
            switch number(32) {
            case 0: return .feedStatus(FeedStatus(quality: .reset, reason: ""))
            case 1...3: return .domSnapshot(snapshot())
            case 4...8: return .trade(Trade(price: price(), size: size(), aggressor: .unknown))
            case 9...14: return .tick(quote())
            default: return .domDelta(delta())
            }
        }

        private mutating func size() -> Quantity { Quantity(rawValue: number(8)) }

        private mutating func quote() -> Tick {
            let bid = price()
            let sizes: [Quantity?] = [nil, .zero, Quantity(rawValue: -1), size(), size(), size()]
            return Tick(
                bid: bid, ask: Price(rawValue: bid.rawValue + number(5) - 1),
                bidSize: sizes[Int(number(6))], askSize: sizes[Int(number(6))])
        }

        private mutating func snapshot() -> DomSnapshot {
            let middle = lowest + 2 + number(7)
            return DomSnapshot(
                bids: (0..<number(5)).map { Level(price: Price(rawValue: middle - $0), size: size()) },
                asks: (0..<number(5)).map { Level(price: Price(rawValue: middle + 1 + $0), size: size()) },
                endsBatch: number(4) > 0)
        }

        private mutating func delta() -> DomDelta {
            let side: BookSide = number(2) == 0 ? .bid : .ask
            let offset = number(5)
            return DomDelta(
                side: side, operation: [.insert, .update, .update, .delete][Int(number(4))],
                position: UInt16(number(6)),
                price: Price(rawValue: lowest + (side == .bid ? 4 - offset : 6 + offset - number(4))),
                size: size(), endsBatch: number(3) > 0)
        }
    }

    /// Follows every order by its reports alone.
    private struct Ledger {
        private var orders: [MatchingOrderID: (terms: MatchingOrder, filled: Int64)] = [:]

        mutating func took(_ order: MatchingOrder) { orders[order.id] = (order, 0) }

        mutating func follow(_ report: MatchingReport, change: MatchingOrder?) {
            guard let order = orders[report.id] else {
                if case .rejected = report { return }
                Issue.record("a report on no order: \(report)")
                return
            }
            switch report {
            case .fill(let fill):
                orders[fill.id]?.filled += fill.quantity.rawValue
                let filled = order.filled + fill.quantity.rawValue
                #expect(fill.quantity > .zero && filled <= order.terms.quantity.rawValue)
                #expect(fill.leaves.rawValue == order.terms.quantity.rawValue - filled)
                let entry = MatchingEntry(order.terms)
                #expect(entry.allows(fill.price), "\(report) of \(order.terms)")
                if fill.leaves == .zero { orders[fill.id] = nil }
            case .cancelled(let id, let leaves, _):
                #expect(leaves.rawValue == order.terms.quantity.rawValue - order.filled && leaves > .zero)
                orders[id] = nil
            case .replaced(let id, let leaves):
                guard let change else { return }
                #expect(leaves.rawValue == max(0, change.quantity.rawValue - order.filled))
                orders[id]?.terms.quantity = change.quantity
                orders[id]?.terms.limitPrice = change.limitPrice ?? order.terms.limitPrice
                if leaves == .zero { orders[id] = nil }
            case .accepted, .triggered, .rejected: break
            }
        }

        var alive: Set<MatchingOrderID> { Set(orders.keys) }
    }

    @Test(
        "the engine tells the same as a plain twin, never fills beyond quantity or limit, leaves nobody unmet",
        arguments: [
            (0, MatchingOptions.always, 95), (2, MatchingOptions.always, 95),
            (1, MatchingOptions.always / 2, 95), (3, MatchingOptions.always, -5),
        ])
    func twin(slippage: Int, chance: UInt64, lowest: Int64) {
        let seed = TestSeed.value("MATCHING_SEED")
        var draw = Draw(seed: seed, lowest: lowest)
        for _ in 0..<30 {
            let options = MatchingOptions(
                slippageTicks: slippage, fillChance: chance, seed: draw.random.below(.max))
            var engine = MatchingEngine(tickSize: Price(rawValue: 1), options: options)
            var twin = MatchingTwin(options)
            var ledger = Ledger()
            for step in 0..<300 {
                var reports: ContiguousArray<MatchingReport> = []
                var change: MatchingOrder?
                twin.reports = []
                switch draw.number(10) {
                case 0...3:
                    let order = draw.newOrder()
                    if !twin.orders.contains(where: { $0.terms.id == order.id }) { ledger.took(order) }
                    engine.submit(order, into: &reports)
                    twin.submit(order)
                case 4:
                    let id = draw.oldID()
                    #expect(engine.cancel(id, into: &reports) == twin.cancel(id))
                case 5:
                    let terms = draw.change()
                    change = terms
                    engine.replace(
                        terms.id, quantity: terms.quantity, limitPrice: terms.limitPrice,
                        stopPrice: terms.stopPrice, timeInForce: terms.timeInForce, into: &reports)
                    twin.replace(terms)
                default:
                    let payload = draw.market()
                    twin.apply(payload)
                    engine.apply(
                        MarketEvent(
                            timestamp: .zero, receivedAt: .zero, symbol: .none, source: .replay,
                            payload: payload), into: &reports)
                }
                #expect(Array(reports) == twin.reports, "step \(step)")
                for report in reports { ledger.follow(report, change: change) }
                #expect(engine.openOrders.map(\.order.id) == twin.openIDs)
                #expect(Set(twin.openIDs) == ledger.alive)
                #expect(engine.openOrders.allSatisfy { engine.openOrder($0.order.id) == $0 })
                let id = draw.oldID()
                #expect((engine.openOrder(id) != nil) == ledger.alive.contains(id))
                if chance == MatchingOptions.always { #expect(!twin.hasUnmetOrder, "step \(step)") }
                guard Array(reports) == twin.reports else { return }
            }
        }
    }

    @Test("against a book that does not change, all orders together take no more from a price than it shows")
    func shownOnce() {
        var draw = Draw(seed: TestSeed.value("MATCHING_SEED"))
        for _ in 0..<200 {
            var engine = MatchingEngine(tickSize: Price(rawValue: 1))
            var reports: ContiguousArray<MatchingReport> = []
            let asks = (0..<6).map { Level(101 + $0, 1 + draw.number(30)) }
            engine.apply(
                MarketEvent(
                    timestamp: .zero, receivedAt: .zero, symbol: .none, source: .replay,
                    payload: .domSnapshot(DomSnapshot(bids: [], asks: asks))), into: &reports)
            for id in 1...40 {
                var order = draw.newOrder()
                (order.id, order.side) = (UInt64(id), .buy)
                engine.submit(order, into: &reports)
            }
            var taken: [Price: Int64] = [:]
            for case .fill(let fill) in reports { taken[fill.price, default: 0] += fill.quantity.rawValue }
            for (price, quantity) in taken {
                #expect(quantity <= asks.first { $0.price == price }?.size.rawValue ?? 0)
            }
        }
    }

    @Test("prices, sizes and quantities at the ends of their range stop nothing")
    func extremes() {
        var random = TestRandom(seed: TestSeed.value("MATCHING_SEED"))
        let numbers: [Int64] = [.min, .min + 1, -1, 0, 1, 2, .max - 1, .max]
        func number() -> Int64 { numbers[Int(random.below(8))] }
        func price() -> Price { Price(rawValue: number()) }
        func size() -> Quantity { Quantity(rawValue: number()) }
        for round in 0..<60 {
            var engine = MatchingEngine(
                tickSize: price(), options: MatchingOptions(slippageTicks: round % 2 == 0 ? .max : .min))
            var reports: ContiguousArray<MatchingReport> = []
            for id in 0..<UInt64(200) {
                let payload: MarketEvent.Payload
                switch random.below(4) {
                case 0: payload = .tick(Tick(bid: price(), ask: price(), bidSize: size(), askSize: size()))
                case 1: payload = .trade(Trade(price: price(), size: size(), aggressor: .buy))
                case 2:
                    payload = .domDelta(
                        DomDelta(
                            side: random.below(2) == 0 ? .bid : .ask, operation: .insert,
                            position: UInt16(random.below(70)), price: price(), size: size()))
                default: payload = .feedStatus(FeedStatus(quality: .reset, reason: ""))
                }
                engine.apply(
                    MarketEvent(
                        timestamp: .zero, receivedAt: .zero, symbol: .none, source: .replay, payload: payload),
                    into: &reports)
                engine.submit(
                    MatchingOrder(
                        id: id, side: random.below(2) == 0 ? .buy : .sell,
                        type: OrderType.allCases[Int(random.below(4))], quantity: size(), limitPrice: price(),
                        stopPrice: price(), timeInForce: TimeInForce.allCases[Int(random.below(4))]),
                    into: &reports)
                engine.replace(
                    random.below(id + 1), quantity: size(), limitPrice: price(), stopPrice: price(),
                    timeInForce: .day, into: &reports)
            }
            for case .fill(let fill) in reports { #expect(fill.quantity > .zero && fill.leaves >= .zero) }
            #expect(engine.openOrders.allSatisfy { $0.leaves > .zero })
        }
    }
}
