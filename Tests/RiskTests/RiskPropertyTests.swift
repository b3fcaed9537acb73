import Glibc
import TestSupport
import Testing
import TradingModel

@testable import Risk

/// Random orders, reports, kills and quotes against what must hold whatever happens. `TRADINGD_RISK_EVENTS` says how many.
@Suite("What holds after any sequence of events")
struct RiskPropertyTests {
    /// Events of each property.
    static let events = getenv("TRADINGD_RISK_EVENTS").flatMap { Int(String(cString: $0)) } ?? 25_000

    /// An order as the venue knows it: an own account of what is reserved, kept as simply as can be.
    private struct Known {
        let request: OrderRequest
        var filled: Int64 = 0
        var quantity: Int64
        var leaves: Int64 { max(quantity - filled, 0) }
    }

    /// An engine, the venue's view of its orders, and the dice.
    private struct World {
        var engine: RiskEngine
        var fixture: RiskFixture
        var random: TestRandom
        var working: [Known] = []
        var position: Int64 = 0
        var execution: UInt64 = 0
        var now: Int64 = 0
        var number: UInt32 = 0
        var verdicts: [RiskDecision] = []
        private static let unit: Int64 = 1_000_000_000

        init(seed: UInt64) throws {
            random = TestRandom(seed: seed)
            fixture = try RiskFixture()
            fixture.limits.throttleMax = 40
            fixture.limits.maxPosition = try Quantity("12")
            fixture.limits.maxExposure = Money(try Price("40010"))
            fixture.limits.maxOpenOrders = 20
            fixture.limits.ordersPerSecond = 50
            fixture.limits.duplicateWindow = 1_000
            engine = fixture.makeEngine()
        }

        var symbol: SymbolID { fixture.gold.symbol }

        mutating func below(_ bound: UInt64) -> Int64 { Int64(random.below(bound)) }

        mutating func order() -> OrderRequest {
            number += 1
            let side: Side = below(2) == 0 ? .buy : .sell
            let cents = below(400) - 200
            let limit = below(8) == 0 ? nil : Price(rawValue: 4_000_100_000_000 + cents * 10_000_000)
            return OrderRequest(
                id: ClientOrderID(session: 1, number: number), symbol: symbol, side: side,
                type: limit == nil ? .market : .limit,
                quantity: Quantity(rawValue: (1 + below(14)) * Self.unit),
                limitPrice: limit)
        }

        /// Asks for an order, and sends it where it is approved.
        mutating func ask() {
            let decision = engine.evaluate(
                order(), now: Timestamp(nanoseconds: now), quotes: fixture.quote)
            verdicts.append(decision)
            guard decision.approved else { return engine.note(decision.request) }
            engine.reserve(decision.request, now: Timestamp(nanoseconds: now))
            working.append(Known(request: decision.request, quantity: decision.request.quantity.rawValue))
        }

        /// The venue says something of an order.
        mutating func report() {
            guard !working.isEmpty else { return }
            let place = Int(below(UInt64(working.count)))
            switch below(10) {
            case 0: end(place, below(2) == 0 ? .cancelled : .rejected)
            case 1: tell(place, .ack, .accepted, 0)
            default: fill(place)
            }
        }

        mutating func fill(_ place: Int) {
            let lots = working[place].leaves / Self.unit
            guard lots > 0 else { return end(place, .cancelled) }
            let quantity = (1 + below(UInt64(lots))) * Self.unit
            execution += 1
            working[place].filled += quantity
            position += working[place].request.side.sign * quantity
            let isWhole = working[place].leaves == 0
            tell(place, .fill, isWhole ? .filled : .partiallyFilled, quantity)
            // Told twice now and then.
            if below(4) == 0 { tell(place, .fill, isWhole ? .filled : .partiallyFilled, quantity) }
            if isWhole { working.remove(at: place) }
        }

        mutating func end(_ place: Int, _ status: OrderStatus) {
            tell(place, status == .cancelled ? .cancel : .reject, status, 0)
            working.remove(at: place)
        }

        mutating func endAll() { while !working.isEmpty { end(working.count - 1, .cancelled) } }

        private mutating func tell(_ place: Int, _ report: OrderReport, _ status: OrderStatus, _ fill: Int64)
        {
            let known = working[place]
            engine.fold(
                OrderEvent(
                    id: known.request.id, report: report, status: status, side: known.request.side,
                    quantity: Quantity(rawValue: known.quantity),
                    lastPrice: Price(rawValue: 4_000_100_000_000),
                    lastQuantity: Quantity(rawValue: fill), executionID: fill == 0 ? 0 : execution,
                    leavesQuantity: Quantity(rawValue: known.leaves)), symbol)
        }

        /// Asks for more or less of an order, and the venue agrees, or does not.
        mutating func modify() {
            guard !working.isEmpty else { return }
            let place = Int(below(UInt64(working.count)))
            let known = working[place]
            let quantity = max(known.filled, (1 + below(14)) * Self.unit)
            guard quantity > 0 else { return }
            let change = ModifyRequest(
                id: known.request.id, quantity: Quantity(rawValue: quantity),
                limitPrice: known.request.limitPrice)
            let time = Timestamp(nanoseconds: now)
            let decision = engine.evaluate(
                change, of: known.request, now: time, quotes: Fixed(quote: fixture.quote(symbol), time: time))
            guard decision.approved else { return }
            engine.reserve(change, now: time)
            if below(3) > 0 {
                engine.confirmModify(change.id)
                working[place].quantity = quantity
            } else {
                engine.refuseModify(change.id)
            }
        }

        /// What must hold now, in words where it does not.
        var fault: String? {
            let exposure = engine.book.exposures[symbol]
            let buys = working.filter { $0.request.side == .buy }.reduce(0) { $0 + $1.leaves }
            let sells = working.filter { $0.request.side == .sell }.reduce(0) { $0 + $1.leaves }
            if exposure.position.rawValue != position {
                return "position \(exposure.position), not \(position)"
            }
            if exposure.openBuys.rawValue != buys { return "open buys \(exposure.openBuys), not \(buys)" }
            if exposure.openSells.rawValue != sells {
                return "open sells \(exposure.openSells), not \(sells)"
            }
            if engine.openOrders != working.count { return "\(engine.openOrders) open orders" }
            if Int(exposure.openOrders + exposure.openReducing) != working.count {
                return "orders miscounted"
            }
            // Whatever of what is approved fills: the worst case is within the limit.
            if exposure.worstCase > (engine.limits.maxPosition ?? .zero) {
                return "worst \(exposure.worstCase)"
            }
            return engine.drift == 0 ? nil : "drift \(engine.drift)"
        }
    }

    private struct Fixed: QuoteSource {
        let quote: Tick?
        let time: Timestamp
        func top(_ symbol: SymbolID) -> Tick? { quote }
        func reference(_ symbol: SymbolID) -> ReferenceQuote? {
            quote.map { ReferenceQuote($0, sequence: 1, receivedAt: time) }
        }
    }

    @Test("leaves are those of the orders that are not over, and no fill of what is approved passes a limit")
    func reservations() throws {
        let seed = TestSeed.value("TRADINGD_RISK_SEED")
        var world = try World(seed: seed)
        for step in 0..<Self.events {
            world.now += world.below(100) == 0 ? 60_000_000_000 : world.below(400_000_000)
            switch world.below(10) {
            case 0..<4: world.ask()
            case 4: world.modify()
            default: world.report()
            }
            if world.below(500) == 0 { world.endAll() }
            world.verdicts.removeAll(keepingCapacity: true)
            if let fault = world.fault {
                Issue.record("seed \(seed), step \(step): \(fault)")
                return
            }
        }
        world.endAll()
        let exposure = world.engine.book.exposures[world.symbol]
        #expect(exposure.openBuys == .zero && exposure.openSells == .zero && world.engine.openOrders == 0)
    }

    @Test("a reduce state never makes a position larger, however approvals and fills interleave")
    func reduceOnly() throws {
        let seed = TestSeed.value("TRADINGD_RISK_SEED")
        var world = try World(seed: seed)
        var step = 0
        while step < Self.events {
            // A position, then nothing working, then the kill.
            for _ in 0..<30 {
                world.now += 500_000_000
                if world.below(2) == 0 { world.ask() } else { world.report() }
            }
            world.endAll()
            world.engine.fold(SystemNotice(.killSwitchEngaged, actor: "test", level: .reduce))
            var largest = abs(world.position)
            let sign = world.position.signum()
            for _ in 0..<60 {
                world.now += 500_000_000
                if world.below(2) == 0 { world.ask() } else { world.report() }
                let hasTurned = world.position != 0 && world.position.signum() != sign
                if abs(world.position) > largest || hasTurned {
                    Issue.record("seed \(seed), step \(step): \(largest) became \(world.position)")
                    return
                }
                largest = abs(world.position)
            }
            world.endAll()
            world.engine.fold(SystemNotice(.killSwitchReleased, actor: "test"))
            world.engine.fold(SystemNotice(.armed, actor: "test"))
            world.verdicts.removeAll(keepingCapacity: true)
            step += 90
        }
    }

    @Test("the same events give the same verdicts, every check of them")
    func replay() throws {
        let seed = TestSeed.value("TRADINGD_RISK_SEED")
        func run() throws -> [RiskDecision] {
            var world = try World(seed: seed)
            for _ in 0..<(Self.events / 10) {
                world.now += world.below(600_000_000)
                if world.below(3) == 0 { world.report() } else { world.ask() }
            }
            return world.verdicts
        }
        let first = try run()
        #expect(try run() == first && first.contains { $0.approved } && first.contains { !$0.approved })
    }

    @Test("in which order reports of different orders come does not change where they lead")
    func interleaving() throws {
        let seed = TestSeed.value("TRADINGD_RISK_SEED")
        var random = TestRandom(seed: seed)
        let symbol = try #require(SymbolID("RISK.ORDER"))
        for _ in 0..<(Self.events / 100) {
            var lanes: [[OrderEvent]] = []
            var book = ExposureBook()
            for number in 1...UInt32(2 + random.below(4)) {
                let side: Side = random.below(2) == 0 ? .buy : .sell
                let request = OrderRequest(
                    id: ClientOrderID(session: 1, number: number), symbol: symbol, side: side, type: .limit,
                    quantity: try Quantity("9"), limitPrice: try Price("1"))
                book.reserve(request)
                lanes.append(Self.life(of: request, &random))
            }
            var other = book
            Self.deliver(lanes, to: &book, symbol, &random)
            Self.deliver(lanes, to: &other, symbol, &random)
            let (one, two) = (book.exposures[symbol], other.exposures[symbol])
            #expect(
                one.position == two.position && one.openBuys == two.openBuys
                    && one.openSells == two.openSells,
                "seed \(seed)")
        }
    }

    /// Some fills, and perhaps an end.
    private static func life(of request: OrderRequest, _ random: inout TestRandom) -> [OrderEvent] {
        var reports: [OrderEvent] = []
        for fill in 0..<random.below(4) {
            reports.append(
                OrderEvent(
                    id: request.id, report: .fill, status: .partiallyFilled, side: request.side,
                    quantity: request.quantity, lastQuantity: Quantity(rawValue: 2_000_000_000),
                    executionID: UInt64(request.id.number) * 10 + fill, leavesQuantity: .zero))
        }
        if random.below(2) == 0 {
            reports.append(
                OrderEvent(
                    id: request.id, report: .cancel, status: .cancelled, side: request.side,
                    quantity: request.quantity, leavesQuantity: .zero))
        }
        return reports
    }

    private static func deliver(
        _ lanes: [[OrderEvent]], to book: inout ExposureBook, _ symbol: SymbolID, _ random: inout TestRandom
    ) {
        var lanes = lanes.filter { !$0.isEmpty }
        while !lanes.isEmpty {
            let lane = Int(random.below(UInt64(lanes.count)))
            book.fold(lanes[lane].removeFirst(), symbol)
            if lanes[lane].isEmpty { lanes.remove(at: lane) }
        }
    }
}
