import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Changes of working orders")
struct RiskModifyTests {
    private var fixture: RiskFixture
    private var engine: RiskEngine
    private let order: OrderRequest
    private let now = Timestamp(nanoseconds: 100_000_000_000)

    init() throws {
        fixture = try RiskFixture()
        fixture.limits.maxPosition = try Quantity("8")
        engine = fixture.makeEngine()
        order = try fixture.order(.buy, "5", limit: "4000")
        engine.reserve(order, now: now)
    }

    private struct Quotes: QuoteSource {
        func top(_ symbol: SymbolID) -> Tick? {
            Tick(bid: Price(rawValue: 4_000_000_000_000), ask: Price(rawValue: 4_000_200_000_000))
        }
        func reference(_ symbol: SymbolID) -> ReferenceQuote? {
            top(symbol).map { ReferenceQuote($0, receivedAt: Timestamp(nanoseconds: 100_000_000_000)) }
        }
    }

    private func judge(_ quantity: String, _ limit: String) throws -> RiskDecision {
        engine.evaluate(
            ModifyRequest(id: order.id, quantity: try Quantity(quantity), limitPrice: try Price(limit)),
            of: order, now: now, quotes: Quotes())
    }

    @Test("more is judged by the difference: at the limit it passes, above it does not")
    func raising() throws {
        #expect(try judge("8", "4000").approved)
        #expect(try judge("9", "4000").reasons == [.positionLimit])
    }

    @Test("a worse price is judged as new, for what may still fill")
    func price() throws {
        #expect(try judge("5", "4020.10").approved)
        #expect(try judge("5", "4020.11").reasons == [.priceCollar])
    }

    @Test("less, or a better price, is refused only while the broker is down")
    mutating func lowering() throws {
        engine.fold(SystemNotice(.killSwitchEngaged, actor: "test"))
        engine.fold(SystemNotice(.brokerUnreconciled, actor: "test"))
        engine.isAuditAvailable = false
        #expect(try judge("4", "4000").approved && judge("5", "3990").approved)
        #expect(try judge("6", "4000").reasons == [.auditUnavailable])
        engine.fold(SystemNotice(.brokerLost, actor: "test"))
        #expect(try judge("4", "4000").reasons == [.brokerDown])
    }

    @Test("what is approved is reserved before it leaves, and counts for the next one")
    mutating func reserving() throws {
        let change = ModifyRequest(id: order.id, quantity: try Quantity("8"), limitPrice: order.limitPrice)
        engine.reserve(change, now: now)
        #expect(fixture.reasons(engine, try fixture.order()) == [.positionLimit])
        engine.refuseModify(order.id)
        #expect(fixture.reasons(engine, try fixture.order()) == [])
    }

    @Test("an order that is over cannot be changed")
    mutating func over() throws {
        engine.fold(
            OrderEvent(
                id: order.id, report: .cancel, status: .cancelled, side: .buy, quantity: order.quantity,
                leavesQuantity: .zero), order.symbol)
        #expect(try judge("4", "4000").reasons == [.duplicateID])
    }

    @Test("a worse limit counts for crossing from its approval on, until it is refused")
    mutating func crossing() throws {
        fixture.limits.refusesSelfCross = true
        engine = fixture.makeEngine()
        engine.reserve(order, now: now)
        let sell = try fixture.order(.sell, "1", limit: "4010")
        #expect(fixture.reasons(engine, sell) == [])
        let change = ModifyRequest(id: order.id, quantity: order.quantity, limitPrice: try Price("4010"))
        #expect(engine.decide(change, of: order, now: now, quotes: Quotes()).approved)
        #expect(fixture.reasons(engine, sell) == [.selfCross], "it may work there already")
        engine.refuseModify(order.id)
        #expect(fixture.reasons(engine, sell) == [])
        engine.reserve(change, now: now)
        engine.confirm(change)
        #expect(fixture.reasons(engine, sell) == [.selfCross])
    }
}
