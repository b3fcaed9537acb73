import ExactJSON
import TestSupport
import Testing
import TradingModel

@testable import Risk

/// Each control at its limit, one step below and one above.
@Suite("Each control at its limit")
struct RiskControlTests {
    private var fixture: RiskFixture

    init() throws {
        fixture = try RiskFixture()
        fixture.limits.throttleMax = 1_000
    }

    private func seconds(_ seconds: Double) -> Timestamp { Timestamp(nanoseconds: Int64(seconds * 1e9)) }

    /// An engine that holds so much gold.
    private func holding(_ position: String) throws -> RiskEngine {
        var engine = fixture.makeEngine()
        let quantity = try Quantity(position)
        engine.fold(
            OrderEvent(
                id: ClientOrderID(session: 0, number: 9), report: .fill, status: .filled,
                side: quantity > .zero ? .buy : .sell, quantity: quantity.magnitude,
                lastPrice: try Price("4000.10"), lastQuantity: quantity.magnitude, leavesQuantity: .zero),
            fixture.gold.symbol)
        return engine
    }

    private struct Quotes: QuoteSource {
        var quote: ReferenceQuote?
        var isWell = true
        func top(_ symbol: SymbolID) -> Tick? { quote?.quote }
        func reference(_ symbol: SymbolID) -> ReferenceQuote? { quote }
        func isTradable(_ symbol: SymbolID) -> Bool { isWell }
    }

    private func quotes(age: Int64 = 0, bid: String = "4000", ask: String = "4000.20", isWell: Bool = true)
        throws -> Quotes
    {
        Quotes(
            quote: ReferenceQuote(
                Tick(bid: try Price(bid), ask: try Price(ask)), sequence: 1,
                receivedAt: Timestamp(nanoseconds: 100_000_000_000 - age)), isWell: isWell)
    }

    private func verdict(
        _ engine: RiskEngine, _ request: OrderRequest, _ quotes: Quotes, asked: Quantity? = nil
    ) -> [RiskReason] {
        engine.evaluate(request, now: seconds(100), asked: asked, quotes: quotes).reasons
    }

    @Test("audit: what cannot be made durable is refused, reducing or not")
    mutating func audit() throws {
        var engine = try holding("2")
        engine.isAuditAvailable = false
        #expect(fixture.reasons(engine, try fixture.order(.sell, limit: "4000")) == [.auditUnavailable])
    }

    @Test("clock: an error below and at the limit passes, above it and unsynchronised it does not")
    mutating func clock() throws {
        fixture.limits.maxClockError = 1_000_000
        let order = try fixture.order()
        var engine = fixture.makeEngine()
        #expect(fixture.reasons(engine, order) == [], "nobody has measured")
        for (error, isGood, passes) in [
            (999_999, true, true), (1_000_000, true, true), (1_000_001, true, false), (0, false, false),
        ] as [(Int64, Bool, Bool)] {
            engine.fold(ClockReading(isSynchronised: isGood, error: error))
            #expect(fixture.reasons(engine, order) == (passes ? [] : [.clock]))
        }
        // Where somebody watches, silence is no good clock.
        fixture.limits.needsClockReading = true
        engine = fixture.makeEngine()
        #expect(fixture.reasons(engine, order) == [.clock])
        engine.fold(ClockReading(isSynchronised: true, error: 0))
        #expect(fixture.reasons(engine, order) == [])
        var long = try holding("2")
        #expect(fixture.reasons(long, try fixture.order(.sell, limit: "4000")) == [])
        long.fold(ClockReading(isSynchronised: false, error: 0))
        #expect(fixture.reasons(long, try fixture.order(.sell, limit: "4000")) == [])
    }

    @Test("symbol: what is no longer on the whitelist may be closed, not opened")
    mutating func symbol() throws {
        fixture.limits.whitelist = []
        let long = try holding("2")
        #expect(fixture.reasons(long, try fixture.order(.sell, "2", limit: "4000")) == [])
        #expect(fixture.reasons(long, try fixture.order(.sell, "3", limit: "4000")) == [.symbol])
        #expect(fixture.reasons(long, try fixture.order()) == [.symbol])
    }

    @Test("symbol_halted: a feed that may not be traded on stops everything but reducing orders")
    mutating func halted() throws {
        let long = try holding("2")
        let quotes = try quotes(isWell: false)
        #expect(verdict(long, try fixture.order(), quotes) == [.symbolHalted])
        #expect(verdict(long, try fixture.order(.sell, limit: "4000"), quotes) == [])
    }

    @Test("session: closed hours stop everything but, where that is configured, reducing orders")
    mutating func session() throws {
        for mayReduce in [true, false] {
            fixture.limits.reducesOutsideSessions = mayReduce
            var engine = RiskEngine(limits: fixture.limits) { _, time in time.nanoseconds >= 100_000_000_000 }
            engine.fold(SystemNotice(.armed, actor: "test"))
            #expect(fixture.reasons(engine, try fixture.order(), at: 100) == [])
            #expect(fixture.reasons(engine, try fixture.order(), at: 99) == [.session])
            engine.fold(
                OrderEvent(
                    id: ClientOrderID(session: 0, number: 9), report: .fill, status: .filled, side: .buy,
                    quantity: try Quantity("2"), lastQuantity: try Quantity("2"), leavesQuantity: .zero),
                fixture.gold.symbol)
            let closing = try fixture.order(.sell, limit: "4000")
            #expect(fixture.reasons(engine, closing, at: 99) == (mayReduce ? [] : [.session]))
        }
    }

    @Test("order_type: kinds that are not allowed, market orders under deny, and flags that are not true")
    mutating func orderType() throws {
        fixture.limits.allowedTypes = [.limit]
        #expect(fixture.reasons(fixture.makeEngine(), try fixture.order(limit: nil)) == [.orderType])
        fixture.limits.allowedTypes = Set(OrderType.allCases)
        fixture.limits.marketOrders = .deny
        #expect(fixture.reasons(fixture.makeEngine(), try fixture.order(limit: nil)) == [.orderType])
        var order = try fixture.order(.sell, "2", limit: "4000")
        order.flags = .reduceOnly
        #expect(fixture.reasons(fixture.makeEngine(), order) == [.orderType])
        #expect(fixture.reasons(try holding("1"), order) == [.orderType])
        #expect(fixture.reasons(try holding("2"), order) == [])
    }

    @Test("duplicate_id: an id that is not above the last one, approved or denied")
    mutating func duplicateID() throws {
        var engine = fixture.makeEngine()
        let (first, second) = (try fixture.order(), try fixture.order())
        engine.note(second)
        #expect(fixture.reasons(engine, first) == [.duplicateID])
        #expect(fixture.reasons(engine, second) == [.duplicateID])
        #expect(fixture.reasons(engine, try fixture.order()) == [])
        var other = first
        other.strategy = StrategyID("risk.other")
        #expect(fixture.reasons(engine, other) == [], "each strategy counts for itself")
    }

    @Test("stale_reference: age and spread below, at and above the limit; a young trade stands in")
    mutating func stale() throws {
        fixture.limits.maxReferenceAge = 2_000_000_000
        let engine = fixture.makeEngine()
        for (age, passes) in [(1_999_999_999, true), (2_000_000_000, true), (2_000_000_001, false)]
            as [(
                Int64, Bool
            )]
        {
            let found = verdict(engine, try fixture.order(), try quotes(age: age))
            #expect(found == (passes ? [] : [.staleReference]))
        }
        var traded = engine
        let trade = Trade(price: try Price("4000"), size: try Quantity("1"), aggressor: .buy)
        traded.fold(trade, fixture.gold.symbol, at: seconds(98))
        #expect(verdict(traded, try fixture.order(), try quotes(age: 9_000_000_000)) == [])
        traded.fold(trade, fixture.gold.symbol, at: seconds(97.9))
        #expect(verdict(traded, try fixture.order(), try quotes(age: 9_000_000_000)) == [.staleReference])
        let long = try holding("2")
        let old = try quotes(age: 9_000_000_000)
        #expect(verdict(long, try fixture.order(.sell, limit: "4000"), old) == [])
        #expect(verdict(long, try fixture.order(.sell, limit: "3000"), old) == [.priceCollar])
        #expect(verdict(long, try fixture.order(), old) == [.staleReference])
    }

    @Test("a quote as wide as allowed is a reference, a wider one is none")
    mutating func spread() throws {
        fixture.limits.maxReferenceSpreadBps = 10
        let engine = fixture.makeEngine()
        // 10 basis points of 4000.10 are 4.0001.
        for (ask, passes) in [("4002.10", true), ("4002.1002", false)] {
            let found = verdict(engine, try fixture.order(), try quotes(bid: "3998.10", ask: ask))
            #expect(found == (passes ? [] : [.staleReference]))
        }
    }

    @Test("size: a position may be closed in one order that is larger than the limit, not reversed")
    mutating func size() throws {
        fixture.limits.maxExposure = Money(try Price("1000000"))
        fixture.limits.maxGrossExposure = fixture.limits.maxExposure
        let long = try holding("12")
        #expect(fixture.reasons(long, try fixture.order(.sell, "12", limit: "4000")) == [])
        #expect(fixture.reasons(long, try fixture.order(.sell, "13", limit: "4000")) == [.sizeLimit])
        #expect(fixture.reasons(long, try fixture.order(.buy, "11")) == [.sizeLimit])
    }

    @Test("limits of a symbol and of a strategy: the tighter applies")
    mutating func scopes() throws {
        fixture.limits.symbols[fixture.gold.symbol, default: ScopedLimits()].maxSize = try Quantity("5")
        let strategy = StrategyID("risk.scoped")
        fixture.limits.strategies[strategy, default: ScopedLimits()].maxSize = try Quantity("2")
        let engine = fixture.makeEngine()
        for (quantity, own, passes) in [
            ("5", false, true), ("6", false, false), ("2", true, true), ("3", true, false),
        ] {
            var order = try fixture.order(.buy, quantity)
            if own { order.strategy = strategy }
            #expect(fixture.reasons(engine, order) == (passes ? [] : [.sizeLimit]))
        }
    }

    @Test("notional: below, at and above the limit; exempt when reducing")
    mutating func notional() throws {
        let order = try fixture.order()
        for (limit, passes) in [("4000.21", true), ("4000.20", true), ("4000.19", false)] {
            fixture.limits.maxOrderNotional = Money(try Price(limit))
            #expect(fixture.reasons(fixture.makeEngine(), order) == (passes ? [] : [.notionalLimit]))
        }
        fixture.limits.maxOrderNotional = Money(try Price("1"))
        #expect(fixture.reasons(try holding("2"), try fixture.order(.sell, limit: "4000")) == [])
    }

    @Test("position: the worst case below, at and above the limit; a flip is judged in full")
    mutating func position() throws {
        fixture.limits.maxPosition = try Quantity("3")
        let long = try holding("2")
        #expect(fixture.reasons(fixture.makeEngine(), try fixture.order(.buy, "2")) == [])
        #expect(fixture.reasons(long, try fixture.order(.buy, "1")) == [])
        #expect(fixture.reasons(long, try fixture.order(.buy, "2")) == [.positionLimit])
        #expect(fixture.reasons(long, try fixture.order(.sell, "5", limit: "4000")) == [])
        #expect(fixture.reasons(long, try fixture.order(.sell, "6", limit: "4000")) == [.positionLimit])
        let far = try holding("9")
        #expect(fixture.reasons(far, try fixture.order(.sell, "9", limit: "4000")) == [])
        #expect(fixture.reasons(far, try fixture.order(.sell, "10", limit: "4000")) == [.positionLimit])
    }

    @Test("open orders: of the symbol and of all; reducing ones have a budget of their own")
    mutating func openOrders() throws {
        for isTotal in [false, true] {
            fixture.limits.maxOpenOrders = isTotal ? nil : 2
            fixture.limits.maxOpenOrdersTotal = isTotal ? 2 : nil
            var engine = try holding("3")
            for expected in [[], [], [RiskReason.openOrdersLimit]] {
                let order = try fixture.order()
                #expect(fixture.reasons(engine, order) == expected)
                if expected.isEmpty { engine.reserve(order, now: seconds(0)) }
            }
            for expected in [[], [], [RiskReason.openOrdersLimit]] {
                let order = try fixture.order(.sell, limit: "4000")
                #expect(fixture.reasons(engine, order) == expected)
                if expected.isEmpty { engine.reserve(order, now: seconds(0)) }
            }
        }
    }

    @Test("buying power: the gross exposure against the funds, which a loss takes from")
    mutating func funds() throws {
        for (equity, passes) in [("4000.21", true), ("4000.20", true), ("4000.19", false)] {
            fixture.limits.accountEquity = Money(try Price(equity))
            let found = fixture.reasons(fixture.makeEngine(), try fixture.order())
            #expect(found == (passes ? [] : [.buyingPower]))
        }
        // One at the mid, one at its limit.
        fixture.limits.accountEquity = Money(try Price("8000.30"))
        var engine = try holding("1")
        #expect(fixture.reasons(engine, try fixture.order()) == [])
        engine.mark(fixture.gold.symbol, Tick(bid: try Price("4000"), ask: try Price("4000.1")))
        #expect(fixture.reasons(engine, try fixture.order()) == [.buyingPower])
    }

    @Test("loss: a loss below the limit passes, one that has reached it does not; reducing orders pass")
    mutating func loss() throws {
        for (limit, passes) in [("1.01", true), ("1", false), ("0.99", false)] {
            for isDay in [true, false] {
                fixture.limits.maxDayLoss = isDay ? Money(try Price(limit)) : nil
                fixture.limits.maxDrawdown = isDay ? nil : Money(try Price(limit))
                var engine = try holding("2")
                engine.mark(fixture.gold.symbol, Tick(bid: try Price("3999"), ask: try Price("4000.2")))
                #expect(fixture.reasons(engine, try fixture.order()) == (passes ? [] : [.lossLimit]))
                #expect(fixture.reasons(engine, try fixture.order(.sell, limit: "4000")) == [])
            }
        }
    }

    @Test("duplicates: the same order again within the window, not one nanosecond later")
    mutating func duplicates() throws {
        fixture.limits.duplicateWindow = 1_000_000_000
        var engine = fixture.makeEngine()
        engine.reserve(try fixture.order(), now: seconds(10))
        func reasons(_ order: OrderRequest, _ time: Double) -> [RiskReason] {
            engine.evaluate(order, now: seconds(time), quotes: fixture.quote).reasons
        }
        #expect(reasons(try fixture.order(), 10.999999999) == [.duplicateOrder])
        #expect(reasons(try fixture.order(), 11) == [])
        #expect(reasons(try fixture.order(limit: "4000.19"), 10) == [])
        #expect(reasons(try fixture.order(.buy, "2"), 10) == [])
        #expect(reasons(try fixture.order(.sell, limit: "4000.20"), 10) == [])
    }

    @Test(
        "self cross: at the price of an own order on the other side it would trade, a tick away it would not")
    mutating func selfCross() throws {
        fixture.limits.refusesSelfCross = true
        var engine = fixture.makeEngine()
        engine.reserve(try fixture.order(.sell, limit: "4000.20"), now: seconds(0))
        #expect(fixture.reasons(engine, try fixture.order(limit: "4000.19")) == [])
        #expect(fixture.reasons(engine, try fixture.order(limit: "4000.20")) == [.selfCross])
        #expect(fixture.reasons(engine, try fixture.order(.sell, limit: "4000.20")) == [])
        engine.reserve(try fixture.order(limit: "4000.00"), now: seconds(0))
        #expect(fixture.reasons(engine, try fixture.order(.sell, limit: "4000.01")) == [])
        #expect(fixture.reasons(engine, try fixture.order(.sell, limit: "4000.00")) == [.selfCross])
    }

    @Test("throttle: reducing orders pass it and do not count")
    mutating func throttle() throws {
        fixture.limits.throttleMax = 1
        var engine = try holding("5")
        for _ in 0..<3 {
            let order = try fixture.order(.sell, limit: "4000")
            #expect(fixture.reasons(engine, order) == [])
            engine.reserve(order, now: seconds(100))
        }
        let order = try fixture.order()
        #expect(fixture.reasons(engine, order) == [])
        engine.reserve(order, now: seconds(100))
        #expect(fixture.reasons(engine, try fixture.order(limit: "4000.01")) == [.throttleExceeded])
        #expect(fixture.reasons(engine, try fixture.order(.sell, limit: "4000")) == [])
    }

    @Test("rates: a second's tokens, less what is kept for reducing orders; they come back with time")
    mutating func rates() throws {
        for isMessages in [false, true] {
            fixture.limits.ordersPerSecond = isMessages ? nil : 10
            fixture.limits.messagesPerSecond = isMessages ? 10 : nil
            var engine = try holding("9")
            for number in 0..<9 {
                let order = try fixture.order(.buy, "1")
                #expect(fixture.reasons(engine, order) == (number < 8 ? [] : [.rateLimit]))
                if number < 8 { engine.reserve(order, now: seconds(100)) }
            }
            for number in 0..<3 {
                let order = try fixture.order(.sell, limit: "4000")
                #expect(fixture.reasons(engine, order) == (number < 2 ? [] : [.rateLimit]))
                if number < 2 { engine.reserve(order, now: seconds(100)) }
            }
            let early = engine.evaluate(try fixture.order(), now: seconds(100.299), quotes: fixture.quote)
            #expect(early.reasons == [.rateLimit])
            let late = engine.evaluate(try fixture.order(), now: seconds(100.3), quotes: fixture.quote)
            #expect(late.reasons == [])
        }
    }

    @Test("repeats: a strategy's orders until the trip is cleared; orders by hand are not counted")
    mutating func repeats() throws {
        fixture.limits.maxRepeats = 2
        var engine = fixture.makeEngine()
        let strategy = StrategyID("risk.repeating")
        func order() throws -> OrderRequest {
            var order = try fixture.order()
            order.strategy = strategy
            return order
        }
        for _ in 0..<2 {
            let order = try order()
            #expect(fixture.reasons(engine, order) == [])
            engine.reserve(order, now: seconds(0))
        }
        #expect(fixture.reasons(engine, try order()) == [.repeatLimit])
        #expect(fixture.reasons(engine, try fixture.order()) == [])
        engine.fold(SystemNotice(.tripCleared, actor: "test", detail: "TRIP_OTHER"))
        #expect(fixture.reasons(engine, try order()) == [.repeatLimit])
        engine.fold(
            SystemNotice(
                .tripCleared, actor: "test", scope: .strategy(strategy),
                detail: Trip.repetition.name.description))
        #expect(fixture.reasons(engine, try order()) == [])
    }

    @Test("daily orders: as many as may be, and again on the next day (UTC)")
    mutating func daily() throws {
        fixture.limits.maxDailyOrders = 2
        var engine = fixture.makeEngine()
        let lastSecond = seconds(86_399)
        for _ in 0..<2 { engine.reserve(try fixture.order(), now: lastSecond) }
        #expect(fixture.reasons(engine, try fixture.order(), at: 86_399) == [.dailyOrdersLimit])
        #expect(fixture.reasons(engine, try fixture.order(), at: 86_400) == [])
        engine.reserve(try fixture.order(), now: seconds(86_400))
        #expect(fixture.reasons(engine, try fixture.order(), at: 86_401) == [])
    }

    @Test("children of one signal are never more than it asked for")
    mutating func children() throws {
        var engine = fixture.makeEngine()
        let asked = try Quantity("3")
        func child(_ quantity: String, _ signal: UInt64) throws -> OrderRequest {
            var order = try fixture.order(.buy, quantity)
            order.signalSequence = signal
            return order
        }
        let quotes = try quotes()
        #expect(verdict(engine, try child("3", 7), quotes, asked: asked) == [])
        #expect(verdict(engine, try child("4", 7), quotes, asked: asked) == [.childExceedsParent])
        engine.reserve(try child("2", 7), now: seconds(0), asked: asked)
        #expect(verdict(engine, try child("1", 7), quotes, asked: asked) == [])
        #expect(verdict(engine, try child("2", 7), quotes, asked: asked) == [.childExceedsParent])
        #expect(verdict(engine, try child("1", 6), quotes, asked: asked) == [.childExceedsParent])
        #expect(verdict(engine, try child("3", 8), quotes, asked: asked) == [])
    }

    @Test("a sum that no longer fits refuses even what would reduce")
    mutating func overflow() throws {
        var engine = fixture.makeEngine()
        for _ in 0..<2 {
            engine.fold(
                OrderEvent(
                    id: ClientOrderID(session: 0, number: 9), report: .fill, status: .filled, side: .buy,
                    quantity: Quantity(rawValue: .max), lastQuantity: Quantity(rawValue: .max),
                    leavesQuantity: .zero), fixture.gold.symbol)
        }
        #expect(fixture.reasons(engine, try fixture.order(.sell, limit: "4000")) == [.internalFault])
    }

    @Test(
        "stops: the trigger on the far side and within the wide band, the limit within the collar around it")
    mutating func stops() throws {
        fixture.limits.maxExposure = Money(try Price("1000000"))
        fixture.limits.maxGrossExposure = fixture.limits.maxExposure
        let engine = fixture.makeEngine()
        for (side, stop, limit, passes) in [
            (Side.buy, "4000.10", nil, false), (.buy, "4000.11", nil, true), (.buy, "4400.11", nil, true),
            (.buy, "4400.12", nil, false), (.sell, "4000.10", nil, false), (.sell, "4000.09", nil, true),
            (.sell, "3600.09", nil, true), (.sell, "3600.08", nil, false),
            (.buy, "4100", "4120.50", true), (.buy, "4100", "4120.51", false),
            (.sell, "3900", "3880.50", true), (.sell, "3900", "3880.49", false),
        ] as [(Side, String, String?, Bool)] {
            var order = try fixture.order(side, limit: nil)
            order.type = limit == nil ? .stop : .stopLimit
            order.stopPrice = try Price(stop)
            order.limitPrice = try limit.map { try Price($0) }
            #expect(fixture.reasons(engine, order) == (passes ? [] : [.priceCollar]), "\(side) \(stop)")
        }
    }

    @Test("a market order is judged and sent as a limit at the edge of the collar")
    mutating func protection() throws {
        let engine = fixture.makeEngine()
        let buy = engine.evaluate(try fixture.order(limit: nil), now: seconds(1), quotes: fixture.quote)
        #expect(buy.approved && buy.request.type == .limit && buy.request.flags.contains(.protected))
        #expect(buy.request.limitPrice == (try Price("4020.10")))
        let value = buy.limits.first { $0.reason == .exposureLimit }
        #expect(value?.actual == .money(Money(try Price("4020.10"))))
        let sell = engine.evaluate(
            try fixture.order(.sell, limit: nil), now: seconds(1), quotes: fixture.quote)
        #expect(sell.request.limitPrice == (try Price("3980.10")))
    }

    @Test("the record tells the flags, the kind that was asked for, and a trade that stood in for the quote")
    mutating func record() throws {
        fixture.limits.maxReferenceAge = 2_000_000_000
        var engine = fixture.makeEngine()
        let trade = Trade(price: try Price("4001"), size: try Quantity("1"), aggressor: .buy)
        engine.fold(trade, fixture.gold.symbol, at: seconds(99))
        var quotes = Quotes()
        quotes.quote = ReferenceQuote(
            try #require(fixture.quote(fixture.gold.symbol)), sequence: 7, receivedAt: seconds(90))
        let decision = engine.evaluate(
            try fixture.order(.buy, limit: nil), now: seconds(100), quotes: quotes)
        var json = JSONWriter()
        decision.writeRecord(sequence: 8, at: seconds(100), configHash: "c", to: &json)
        let text = String(decoding: json.bytes, as: UTF8.self)
        for words in [
            #""type":"limit","asked_type":"market""#, #""flags":["protected"]"#, #""bid":"4000""#,
            #""ref":"4001","ref_source":"trade","ref_age_ns":1000000000"#,
        ] { #expect(text.contains(words), "\(words) in \(text)") }
        #expect(!text.contains("ref_seq"))
    }

    @Test(
        "order_type: what is good for longer than is allowed is refused, but what becomes of a market order")
    mutating func timeInForce() throws {
        fixture.limits.timesInForce = [.goodTillCancel]
        let engine = fixture.makeEngine()
        var order = try fixture.order()
        #expect(fixture.reasons(engine, order) == [.orderType])
        order.timeInForce = .goodTillCancel
        #expect(fixture.reasons(engine, order) == [])
        let market = engine.evaluate(
            try fixture.order(.buy, limit: nil), now: seconds(100), quotes: fixture.quote)
        #expect(market.approved && market.request.timeInForce == .immediateOrCancel)
    }

    @Test("self_cross: a stop that waits is compared from its trigger, and keeps nobody from leaving")
    mutating func stopsCross() throws {
        fixture.limits.refusesSelfCross = true
        func stop(_ trigger: String, limit: String? = nil) throws -> OrderRequest {
            var order = try fixture.order(.sell, limit: limit)
            order.type = limit == nil ? .stop : .stopLimit
            order.stopPrice = try Price(trigger)
            return order
        }
        var engine = fixture.makeEngine()
        engine.reserve(try stop("3990"), now: seconds(0))
        // At the market it trades with others; only what still waits at the trigger may meet the stop.
        #expect(fixture.reasons(engine, try fixture.order(limit: "4000.20")) == [])
        #expect(fixture.reasons(engine, try fixture.order(limit: nil)) == [])
        #expect(fixture.reasons(engine, try fixture.order(limit: "3990.01")) == [])
        #expect(fixture.reasons(engine, try fixture.order(limit: "3990")) == [.selfCross])
        #expect(fixture.reasons(engine, try fixture.order(limit: "3980")) == [.selfCross])
        // Down to its limit alone.
        engine = fixture.makeEngine()
        engine.reserve(try stop("3990", limit: "3985"), now: seconds(0))
        #expect(fixture.reasons(engine, try fixture.order(limit: "3985")) == [.selfCross])
        #expect(fixture.reasons(engine, try fixture.order(limit: "3984.99")) == [])
        // The market has come to it: it sells at any price.
        engine = fixture.makeEngine()
        engine.reserve(try stop("4001"), now: seconds(0))
        #expect(fixture.reasons(engine, try fixture.order(limit: "3999")) == [.selfCross])
        // Somebody who is short leaves, whatever stops there are.
        var short = try holding("-2")
        short.reserve(try stop("4001"), now: seconds(0))
        short.reserve(try stop("3990"), now: seconds(0))
        #expect(fixture.reasons(short, try fixture.order(.buy, "2", limit: "3990")) == [])
    }

    @Test("rate_limit: the cancels of a kill count among the messages, of what works in its scope alone")
    mutating func cancels() throws {
        fixture.limits.messagesPerSecond = 10
        fixture.limits.reserveForReducing = 0
        fixture.limits.maxExposure = Money(try Price("1000000"))
        fixture.limits.maxGrossExposure = Money(try Price("1000000"))
        fixture.limits.throttleMax = 100
        let idea = StrategyID("cancelled_idea")
        var engine = fixture.makeEngine()
        for number in 0..<5 {
            var order = try fixture.order()
            if number < 3 { order.strategy = idea }
            engine.reserve(order, now: seconds(99))
        }
        func used() throws -> RiskCheck.Value? {
            var order = try fixture.order()
            order.strategy = .manual
            return engine.evaluate(order, now: seconds(100), isDryRun: true, quotes: fixture.quote)
                .limits.first { $0.reason == .rateLimit }?.actual
        }
        #expect(try used() == .count(0))
        engine.fold(
            SystemNotice(.killSwitchEngaged, actor: "uid:1", level: .reduce), at: seconds(100))
        #expect(try used() == .count(0), "nothing is cancelled at reduce")
        engine.fold(
            SystemNotice(.killSwitchEngaged, actor: "uid:1", level: .halt, scope: .strategy(idea)),
            at: seconds(100))
        #expect(try used() == .count(3))
        engine.fold(SystemNotice(.killSwitchEngaged, actor: "uid:1", level: .halt), at: seconds(100))
        #expect(try used() == .count(8))
    }

    @Test("exposure_limit: each working order counts at its own price, of the instrument and of all")
    mutating func ownPrices() throws {
        for isGross in [false, true] {
            fixture.limits.maxExposure = Money(try Price(isGross ? "100000" : "8010"))
            fixture.limits.maxGrossExposure = Money(try Price(isGross ? "8010" : "100000"))
            var engine = fixture.makeEngine()
            let first = try fixture.order(.buy, limit: "4020")
            let decision = engine.evaluate(first, now: seconds(100), quotes: fixture.quote)
            engine.reserve(decision, now: seconds(100))
            // Two at 4000.10 would be 8000.20; what may be bought is 4020 and 4000.10.
            #expect(fixture.reasons(engine, try fixture.order(.buy, limit: "4000")) == [.exposureLimit])
            engine.book.releaseUnsent(first.id)
            #expect(fixture.reasons(engine, try fixture.order(.buy, "2", limit: "4000")) == [])
            let value = engine.book.exposures[fixture.gold.symbol]
            #expect(value.buyValue == 0 && value.sellValue == 0)
        }
    }
}
