import TestSupport
import Testing
import TradingModel

@testable import Risk

/// A gold market at 4000.00/4000.20 with limits that each test may tighten.
struct RiskFixture {
    let gold: Instrument
    let euro: Instrument
    var limits: RiskLimits
    var number: UInt32 = 0

    init() throws {
        gold = Instrument(
            symbol: try #require(SymbolID("RISK.GOLD")), tickSize: try Price("0.01"),
            lotSize: try Quantity("1"))
        euro = Instrument(
            symbol: try #require(SymbolID("RISK.EURO")), tickSize: try Price("0.01"),
            lotSize: try Quantity("1"),
            multiplier: try Quantity("2"), currency: "EUR")
        limits = RiskLimits(
            whitelist: [gold.symbol, euro.symbol], instruments: [gold, euro], maxSize: try Quantity("10"),
            maxExposure: Money(try Price("100000")), maxGrossExposure: Money(try Price("100000")),
            throttleMax: 3, priceCollarBps: 50, exchangeRates: ["USD": try Price("1")])
    }

    func makeEngine(armed: Bool = true) -> RiskEngine {
        var engine = RiskEngine(limits: limits)
        if armed { engine.fold(SystemNotice(.armed, actor: "test")) }
        return engine
    }

    func quote(_ symbol: SymbolID) -> Tick? {
        Tick(bid: Price(rawValue: 4_000_000_000_000), ask: Price(rawValue: 4_000_200_000_000))
    }

    mutating func order(
        _ side: Side = .buy, _ quantity: String = "1", limit: String? = "4000.20",
        of instrument: Instrument? = nil
    ) throws -> OrderRequest {
        number += 1
        return OrderRequest(
            id: ClientOrderID(session: 1, number: number), symbol: (instrument ?? gold).symbol, side: side,
            type: limit == nil ? .market : .limit, quantity: try Quantity(quantity),
            limitPrice: try limit.map { try Price($0) })
    }

    func reasons(_ engine: RiskEngine, _ request: OrderRequest, at seconds: Int64 = 100) -> [RiskReason] {
        engine.evaluate(request, now: Timestamp(nanoseconds: seconds * 1_000_000_000), quotes: quote).reasons
    }
}

@Suite("Risk controls")
struct RiskEngineTests {
    private var fixture: RiskFixture

    init() throws { fixture = try RiskFixture() }

    private func seconds(_ seconds: Double) -> Timestamp { Timestamp(nanoseconds: Int64(seconds * 1e9)) }

    @Test("approves what breaks no limit and records every check with limit and actual")
    mutating func approves() throws {
        let decision = fixture.makeEngine().evaluate(
            try fixture.order(), now: seconds(100), quotes: fixture.quote)
        #expect(decision.approved && decision.reasons.isEmpty)
        #expect(decision.limits.allSatisfy { $0.passed })
        let codes = decision.limits.map { $0.reason.code.description }
        #expect(
            codes == [
                "audit_unavailable", "kill_switch", "mode", "not_reconciled", "broker_down",
                "order_unresolved", "symbol", "symbol_halted", "order_type", "duplicate_id",
                "invalid_quantity", "invalid_price",
                "no_reference", "size_limit", "price_collar", "exposure_limit", "exposure_limit",
                "throttle_exceeded", "internal",
            ])
        let exposure = decision.limits.filter { $0.reason == .exposureLimit }
        let expected = RiskCheck.Value.money(Money(try Price("4000.2")))
        #expect(exposure.map(\.actual) == [expected, expected])
    }

    @Test("judges by every control there is, in their order")
    mutating func everyControl() throws {
        var limits = fixture.limits
        limits.maxReferenceAge = 2_000_000_000
        limits.maxClockError = 1_000_000
        limits.needsClockReading = true
        limits.maxOrderNotional = limits.maxExposure
        limits.maxPosition = limits.maxSize
        limits.maxOpenOrders = 1
        limits.accountEquity = limits.maxExposure
        limits.maxDayLoss = limits.maxExposure
        limits.duplicateWindow = 1
        limits.refusesSelfCross = true
        limits.ordersPerSecond = 1
        limits.maxRepeats = 1
        limits.maxDailyOrders = 1
        let engine = RiskEngine(limits: limits) { _, _ in true }
        var request = try fixture.order()
        request.strategy = StrategyID("every-control")
        let dry = engine.evaluate(
            request, now: seconds(100), isDryRun: true, asked: request.quantity, quotes: fixture.quote)
        var judged = dry.limits.map(\.reason)
        for place in judged.indices.dropFirst().reversed() where judged[place] == judged[place - 1] {
            judged.remove(at: place)
        }
        #expect(judged == RiskReason.allCases)
    }

    @Test("the first failing control is the reason; a dry run names all of them")
    mutating func order() throws {
        fixture.limits.whitelist = []
        var engine = fixture.makeEngine()
        engine.fold(SystemNotice(.killSwitchEngaged, actor: "test"))
        let request = try fixture.order(.buy, "11", limit: "9000")
        #expect(fixture.reasons(engine, request) == [.killSwitch])
        let dry = engine.evaluate(request, now: seconds(100), isDryRun: true, quotes: fixture.quote)
        #expect(dry.reasons == [.killSwitch, .symbol, .sizeLimit, .priceCollar])
        engine.fold(SystemNotice(.killSwitchReleased, actor: "test"))
        #expect(fixture.reasons(engine, request) == [.mode])
        engine.fold(SystemNotice(.armed, actor: "test"))
        #expect(fixture.reasons(engine, request) == [.symbol])
    }

    @Test("arming does not undo an engaged kill switch, and a release disarms")
    mutating func killAndArm() throws {
        var engine = fixture.makeEngine()
        engine.fold(SystemNotice(.killSwitchEngaged, actor: "test"))
        engine.fold(SystemNotice(.armed, actor: "test"))
        #expect(fixture.reasons(engine, try fixture.order()) == [.killSwitch])
        engine.fold(SystemNotice(.killSwitchReleased, actor: "test"))
        #expect(fixture.reasons(engine, try fixture.order()) == [.mode])
    }

    @Test(
        "size: below, at and above the limit", arguments: [("9", true), ("10", true), ("11", false)])
    mutating func size(_ quantity: String, _ passes: Bool) throws {
        fixture.limits.maxExposure = Money(try Price("1000000"))
        fixture.limits.maxGrossExposure = fixture.limits.maxExposure
        let reasons = fixture.reasons(fixture.makeEngine(), try fixture.order(.buy, quantity))
        #expect(reasons == (passes ? [] : [.sizeLimit]))
    }

    @Test(
        "quantities must be positive lots, prices positive ticks and those the type needs",
        arguments: [
            ("0", "4000", RiskReason.invalidQuantity), ("-1", "4000", .invalidQuantity),
            ("1.5", "4000", .invalidQuantity), ("1", "4000.005", .invalidPrice),
            ("1", "-4000", .invalidPrice),
            ("1", "0", .invalidPrice),
        ])
    mutating func shapes(_ quantity: String, _ limit: String, _ reason: RiskReason) throws {
        #expect(
            fixture.reasons(fixture.makeEngine(), try fixture.order(.buy, quantity, limit: limit)) == [reason]
        )
    }

    @Test("a limit order without a limit, and a market order with one, are refused")
    mutating func incompleteOrders() throws {
        var request = try fixture.order()
        request.limitPrice = nil
        #expect(fixture.reasons(fixture.makeEngine(), request) == [.invalidPrice])
        request = try fixture.order(limit: nil)
        #expect(fixture.reasons(fixture.makeEngine(), request) == [])
        request.limitPrice = try Price("4000")
        #expect(fixture.reasons(fixture.makeEngine(), request) == [.invalidPrice])
    }

    @Test("refuses without a usable quote: none, crossed or locked")
    mutating func reference() throws {
        let engine = fixture.makeEngine()
        let request = try fixture.order()
        let price = try Price("4000")
        for quote in [nil, Tick(bid: price, ask: price), Tick(bid: price.moved(by: 1), ask: price)] {
            let decision = engine.evaluate(request, now: seconds(1), quotes: { _ in quote })
            #expect(decision.reasons == [.noReference])
        }
    }

    @Test(
        "collar: half a per cent beyond the mid of 4000.10, ten per cent behind it, on the grid, inclusive",
        arguments: [
            (Side.buy, "4020.10", true), (.buy, "4020.11", false), (.buy, "3600.09", true),
            (.buy, "3600.08", false),
            (.sell, "3980.10", true), (.sell, "3980.09", false), (.sell, "4400.11", true),
            (.sell, "4400.12", false),
        ])
    mutating func collar(_ side: Side, _ limit: String, _ passes: Bool) throws {
        let reasons = fixture.reasons(fixture.makeEngine(), try fixture.order(side, limit: limit))
        #expect(reasons == (passes ? [] : [.priceCollar]))
        let collared = withinPriceCollar(
            side: side, price: try Price(limit), reference: try Price("4000.10"), tick: try Price("0.01"),
            collarBps: 50)
        #expect(collared == passes)
    }

    @Test("exposure is the worst case of position and working orders, at the worse price, inclusive")
    mutating func exposure() throws {
        fixture.limits.maxExposure = Money(try Price("8000.40"))
        var engine = fixture.makeEngine()
        let first = try fixture.order()
        engine.reserve(first, now: seconds(0))
        #expect(fixture.reasons(engine, try fixture.order()) == [])
        #expect(fixture.reasons(engine, try fixture.order(limit: "4000.21")) == [.exposureLimit])
        #expect(fixture.reasons(engine, try fixture.order(.buy, "2")) == [.exposureLimit])
        // A working buy does not make room for sells, and the other way round.
        #expect(fixture.reasons(engine, try fixture.order(.sell, "2", limit: "4000")) == [])
        #expect(fixture.reasons(engine, try fixture.order(.sell, "3", limit: "4000")) == [.exposureLimit])
    }

    @Test("a fill moves leaves to the position without a dip; a cancel gives back what did not fill")
    mutating func reservation() throws {
        fixture.limits.maxExposure = Money(try Price("8000.40"))
        var engine = fixture.makeEngine()
        let request = try fixture.order(.buy, "2")
        engine.reserve(request, now: seconds(0))
        func report(_ report: OrderReport, _ status: OrderStatus, fill: String, leaves: String) throws
            -> OrderEvent
        {
            OrderEvent(
                id: request.id, report: report, status: status, side: .buy, quantity: request.quantity,
                lastQuantity: try Quantity(fill), leavesQuantity: try Quantity(leaves))
        }
        engine.fold(try report(.fill, .partiallyFilled, fill: "1", leaves: "1"), fixture.gold.symbol)
        #expect(fixture.reasons(engine, try fixture.order()) == [.exposureLimit])
        engine.fold(try report(.cancel, .cancelled, fill: "0", leaves: "0"), fixture.gold.symbol)
        #expect(fixture.reasons(engine, try fixture.order()) == [])
        #expect(engine.openOrders == 0)
        let view = engine.view(fixture.gold.symbol, now: seconds(0), quotes: fixture.quote)
        #expect(view.position.description == "1" && view.openBuys == .zero)
        #expect(view.exposure?.description == "4000.1")
    }

    @Test("gross exposure adds up instruments; a currency without a rate is refused")
    mutating func gross() throws {
        var order = try fixture.order(of: fixture.euro)
        order.id = ClientOrderID(session: 1, number: 1_000)
        #expect(fixture.reasons(fixture.makeEngine(), order) == [.exposureLimit])
        fixture.limits.exchangeRates["EUR"] = try Price("1.5")
        // 4000.20 × 2 × 1.5 = 12000.60, and one ounce of gold at its limit: 4000.20.
        fixture.limits.maxGrossExposure = Money(try Price("16000.80"))
        var engine = fixture.makeEngine()
        engine.reserve(try fixture.order(), now: seconds(0))
        #expect(fixture.reasons(engine, order) == [])
        fixture.limits.maxGrossExposure = Money(try Price("16000.79"))
        engine = fixture.makeEngine()
        engine.reserve(try fixture.order(), now: seconds(0))
        #expect(fixture.reasons(engine, order) == [.exposureLimit])
    }

    @Test("what is held elsewhere and cannot be valued refuses")
    mutating func unknownExposure() throws {
        fixture.limits.exchangeRates["EUR"] = try Price("1")
        var engine = fixture.makeEngine()
        engine.reserve(try fixture.order(of: fixture.euro), now: seconds(0))
        let order = try fixture.order()
        let euro = fixture.euro.symbol
        let price = try Price("4000")
        for quote in [nil, Tick(bid: price, ask: price)] {
            let decision = engine.evaluate(order, now: seconds(1)) { [fixture] symbol in
                symbol == euro ? quote : fixture.quote(symbol)
            }
            #expect(decision.reasons == [.exposureLimit])
            #expect(decision.limits.last?.actual == .missing)
        }
    }

    @Test("a fill of an order that is not known counts in the position and reserves nothing")
    mutating func unknownFill() throws {
        var engine = fixture.makeEngine()
        let stray = OrderEvent(
            id: ClientOrderID(session: 9, number: 9), report: .fill, status: .partiallyFilled, side: .sell,
            quantity: try Quantity("5"), lastQuantity: try Quantity("2"), leavesQuantity: try Quantity("3"))
        engine.fold(stray, fixture.gold.symbol)
        let view = engine.view(fixture.gold.symbol, now: .zero, quotes: fixture.quote)
        #expect(view.position.description == "-2" && view.openSells == .zero && engine.openOrders == 0)
    }

    @Test("throttle: at most throttle_max acceptances in (now − 60 s, now]; refusals do not count")
    mutating func throttle() throws {
        var engine = fixture.makeEngine()
        for second in [0.0, 10, 20] {
            let request = try fixture.order(.sell, "1", limit: "4000")
            #expect(engine.evaluate(request, now: seconds(second), quotes: fixture.quote).approved)
            engine.reserve(request, now: seconds(second))
        }
        func reasons(at second: Double) throws -> [RiskReason] {
            engine.evaluate(
                try fixture.order(.sell, "1", limit: "4000"), now: seconds(second), quotes: fixture.quote
            )
            .reasons
        }
        #expect(try reasons(at: 20) == [.throttleExceeded])
        #expect(try reasons(at: 59.999999999) == [.throttleExceeded])
        #expect(try reasons(at: 60) == [])
        engine.reserve(try fixture.order(.sell, "1", limit: "4000"), now: seconds(60))
        #expect(try reasons(at: 69.9) == [.throttleExceeded])
        #expect(try reasons(at: 70) == [])
        #expect(fixture.reasons(engine, try fixture.order(of: fixture.euro)) == [.exposureLimit])
    }

    @Test("survives the largest values an order can carry")
    mutating func extremes() throws {
        var request = try fixture.order()
        request.quantity = Quantity(rawValue: .max)
        request.limitPrice = Price(rawValue: .max)
        let decision = fixture.makeEngine().evaluate(
            request, now: Timestamp(nanoseconds: .max), isDryRun: true,
            quotes: { _ in Tick(bid: Price(rawValue: .max - 2), ask: Price(rawValue: .max)) })
        #expect(!decision.approved)
    }

    @Test("no sequence of fills of approved orders passes the exposure limit")
    mutating func neverExceeds() throws {
        let seed = TestSeed.value("TRADINGD_RISK_SEED")
        var random = TestRandom(seed: seed)
        fixture.limits.throttleMax = 1_000_000
        fixture.limits.maxExposure = Money(try Price("40002"))
        for _ in 0..<200 {
            var engine = fixture.makeEngine()
            var working: [OrderRequest] = []
            for step in 0..<40 {
                let side: Side = random.below(2) == 0 ? .buy : .sell
                let request = try fixture.order(
                    side, "\(1 + random.below(6))", limit: side == .buy ? "4000.20" : "4000")
                if engine.evaluate(request, now: seconds(Double(step)), quotes: fixture.quote).approved {
                    engine.reserve(request, now: seconds(Double(step)))
                    working.append(request)
                }
                if !working.isEmpty, random.below(2) == 0 {
                    let done = working.remove(at: Int(random.below(UInt64(working.count))))
                    let fills = random.below(3) > 0
                    engine.fold(
                        OrderEvent(
                            id: done.id, report: fills ? .fill : .cancel,
                            status: fills ? .filled : .cancelled,
                            side: done.side, quantity: done.quantity,
                            lastQuantity: fills ? done.quantity : .zero,
                            leavesQuantity: .zero), done.symbol)
                }
                let position = engine.view(fixture.gold.symbol, now: .zero, quotes: fixture.quote).position
                #expect(position.magnitude.rawValue <= 10_000_000_000, "seed \(seed)")
            }
        }
    }
}
