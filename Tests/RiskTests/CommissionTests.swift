import Testing
import TradingModel

@testable import Risk

@Suite("Commissions in the limits of a loss")
struct CommissionTests {
    private var fixture: RiskFixture
    private var execution: UInt64 = 0

    init() throws { fixture = try RiskFixture() }

    private func money(_ text: String) throws -> Money { Money(try Price(text)) }

    private mutating func report(
        _ kind: OrderReport, _ request: OrderRequest, fill: String = "0", commission: String,
        _ currency: String = "USD", number: UInt64? = nil
    ) throws -> OrderEvent {
        execution += 1
        return OrderEvent(
            id: request.id, venueOrderID: 1, report: kind, status: .filled, side: request.side,
            quantity: request.quantity, lastPrice: try Price("4000.10"), lastQuantity: try Quantity(fill),
            executionID: number ?? execution, commission: try money(commission),
            commissionCurrency: CurrencyCode(currency) ?? .none, leavesQuantity: .zero)
    }

    @Test("one that comes with a fill, and one that comes behind it, make the loss and the drawdown larger")
    mutating func counted() throws {
        fixture.limits.maxDayLoss = try money("5")
        var engine = fixture.makeEngine()
        let request = try fixture.order()
        engine.advance(to: Timestamp(nanoseconds: 1))
        let filled = try report(.fill, request, fill: "1", commission: "2")
        engine.fold(filled, fixture.gold.symbol)
        #expect(try engine.profit.dayLoss == money("2") && engine.profit.drawdown == money("2"))
        // Told again it is paid once.
        engine.fold(filled, fixture.gold.symbol)
        #expect(try engine.profit.dayLoss == money("2"))
        #expect(fixture.reasons(engine, try fixture.order()) == [])
        engine.fold(try report(.commission, request, commission: "3"), fixture.gold.symbol)
        #expect(try engine.profit.dayLoss == money("5"))
        #expect(fixture.reasons(engine, try fixture.order()) == [.lossLimit])
        // What was charged too much comes back.
        engine.fold(try report(.commission, request, commission: "-1"), fixture.gold.symbol)
        #expect(fixture.reasons(engine, try fixture.order()) == [])
        #expect(try engine.profit.lasting == money("-4"))
    }

    @Test(
        "another currency counts at its rate; without one the result is unknown and nothing more is approved")
    mutating func currencies() throws {
        fixture.limits.exchangeRates["EUR"] = try Price("1.1")
        var engine = fixture.makeEngine()
        let request = try fixture.order()
        engine.fold(try report(.commission, request, commission: "10", "EUR"), fixture.gold.symbol)
        #expect(try engine.profit.dayLoss == money("11") && !engine.profit.isMissing)
        engine.fold(try report(.commission, request, commission: "0", "CHF"), fixture.gold.symbol)
        #expect(!engine.profit.isMissing)
        engine.fold(try report(.commission, request, commission: "1", "CHF"), fixture.gold.symbol)
        #expect(engine.profit.isMissing)
        #expect(!fixture.reasons(engine, try fixture.order()).isEmpty)
    }
}
