import ExactJSON
import Testing
import TradingModel

@Suite("What operators ask for")
struct WishTests {
    private func ticket() throws -> OrderTicket {
        OrderTicket(
            symbol: try #require(SymbolID("WISH.GOLD")), side: .sell, type: .stopLimit,
            quantity: try Quantity("2.5"), limitPrice: try Price("3999.5"), stopPrice: try Price("4000"),
            timeInForce: .goodTillDate, expiry: Timestamp(rfc3339: "2026-11-30T21:00:00Z"),
            flags: [.reduceOnly, .outsideRegularHours], strategy: StrategyID("wishes"),
            takeProfit: try Price("3990"), stopLoss: try Price("4010"), token: "a:1")
    }

    @Test("an order reads back as it was written, with every term and with none")
    func order() throws {
        var ticket = try ticket()
        #expect(OrderTicket(text: ticket.text) == ticket)
        #expect(
            ticket.text.hasPrefix("symbol=WISH.GOLD side=sell type=stop_limit qty=2.5 limit=3999.5 stop=4000")
        )
        ticket = OrderTicket(
            symbol: ticket.symbol, side: .buy, type: .market, quantity: try Quantity("1"), token: "#7")
        #expect(ticket.text == "symbol=WISH.GOLD side=buy type=market qty=1 tif=DAY token=#7")
        #expect(OrderTicket(text: ticket.text) == ticket)
    }

    @Test(
        "what is no order is none",
        arguments: [
            "", "symbol=X", "symbol=X side=buy type=market qty=1 tif=DAY",
            "symbol=X side=up type=market qty=1 tif=DAY token=a",
            "symbol=X side=buy type=market qty=one tif=DAY token=a",
            "symbol=X side=buy type=market qty=1 tif=DAY token=a colour=red",
            "symbol=X side=buy type=market qty=1 qty=2 tif=DAY token=a",
            "symbol=X side=buy type=limit limit=dear qty=1 tif=DAY token=a",
            "symbol=X side=buy type=market qty=1 tif=GTD until=noon token=a",
            "symbol=X side=buy type=market qty=1 tif=DAY flags=brave token=a",
        ])
    func noOrder(_ text: String) { #expect(OrderTicket(text: text) == nil) }

    @Test("a cancel and a change read back as they were written, and other texts do not")
    func cancelAndChange() throws {
        let id = ClientOrderID(session: 3, number: 7)
        let gold = try #require(SymbolID("WISH.GOLD"))
        let wishes: [CancelWish] = [
            .order(id), .all(symbol: nil, strategy: nil), .all(symbol: gold, strategy: .manual),
            .all(symbol: nil, strategy: StrategyID("wishes")),
        ]
        for wish in wishes { #expect(CancelWish(text: wish.text) == wish) }
        #expect(wishes.map(\.text)[2] == "all=yes symbol=WISH.GOLD strategy=manual")
        for text in ["", "all=no", "order=7", "order=c-1-1 all=yes", "all"] {
            #expect(CancelWish(text: text) == nil)
        }
        let change = ChangeWish(id: id, limitPrice: try Price("4001.5"), token: "t")
        #expect(change.text == "order=c-3-7 limit=4001.5 token=t")
        #expect(ChangeWish(text: change.text) == change)
        for text in ["", "order=c-3-7", "order=c-3-7 qty=much token=t"] {
            #expect(ChangeWish(text: text) == nil)
        }
    }

    @Test("an order with the newer terms reads back from the JSON of events")
    func json() throws {
        let request = try ticket().request(ClientOrderID(session: 1, number: 2), trace: .none)
        var bracketed = request
        bracketed.bracket = ClientOrderID(session: 1, number: 1)
        bracketed.flags.insert(.postOnly)
        for request in [request, bracketed] {
            let decision = RiskDecision(request: request, approved: true, reasons: [], limits: RiskChecks())
            #expect(try readBack(.riskDecision(decision), request.symbol) == .riskDecision(decision))
        }
        let report = OrderEvent(
            id: request.id, report: .replace, status: .accepted, side: .buy, quantity: try Quantity("3"),
            leavesQuantity: try Quantity("3"), limitPrice: try Price("4001"), reason: "changed")
        #expect(try readBack(.orderEvent(report), request.symbol) == .orderEvent(report))
    }

    private func readBack(
        _ payload: MarketEvent.Payload, _ symbol: SymbolID
    ) throws -> MarketEvent.Payload {
        let event = MarketEvent(
            timestamp: .zero, receivedAt: .zero, symbol: symbol, source: .risk, payload: payload)
        return try MarketEvent(json: try JSONParser.parse(event.json), source: .risk).payload
    }
}
