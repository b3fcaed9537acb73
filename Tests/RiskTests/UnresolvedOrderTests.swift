import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Orders of which nobody knows what has become")
struct UnresolvedOrderTests {
    private var fixture: RiskFixture

    init() throws { fixture = try RiskFixture() }

    private func report(
        _ request: OrderRequest, _ report: OrderReport, _ status: OrderStatus, fill: String = "0"
    ) throws -> OrderEvent {
        OrderEvent(
            id: request.id, report: report, status: status, side: request.side, quantity: request.quantity,
            lastPrice: try Price("4000"), lastQuantity: try Quantity(fill), leavesQuantity: .zero)
    }

    /// The connection is lost and back.
    private func lose(_ engine: inout RiskEngine) {
        engine.fold(SystemNotice(.brokerLost, actor: "broker"))
        engine.fold(SystemNotice(.brokerReady, actor: "broker"))
    }

    @Test("an order that was never answered before the connection was lost keeps back its side, and no other")
    mutating func lost() throws {
        var engine = fixture.makeEngine()
        let first = try fixture.order(.buy, "1")
        engine.reserve(first, now: .zero)
        #expect(fixture.reasons(engine, try fixture.order(.buy, "1")) == [])
        lose(&engine)
        #expect(fixture.reasons(engine, try fixture.order(.buy, "1")) == [.orderUnresolved])
        #expect(fixture.reasons(engine, try fixture.order(.sell, "1", limit: "4000")) == [])
        lose(&engine)
        engine.fold(try report(first, .ack, .accepted), first.symbol)
        #expect(fixture.reasons(engine, try fixture.order(.buy, "1")) == [], "evidence ends it")
        lose(&engine)
        #expect(fixture.reasons(engine, try fixture.order(.buy, "1")) == [], "it was answered")
    }

    @Test(
        "a fill, a cancel and a refusal are evidence, too",
        arguments: [
            (OrderReport.fill, OrderStatus.partiallyFilled), (.cancel, .cancelled), (.reject, .rejected),
        ])
    mutating func evidence(_ kind: OrderReport, _ status: OrderStatus) throws {
        var engine = fixture.makeEngine()
        let first = try fixture.order(.buy, "2")
        engine.reserve(first, now: .zero)
        lose(&engine)
        engine.fold(try report(first, kind, status, fill: kind == .fill ? "1" : "0"), first.symbol)
        #expect(fixture.reasons(engine, try fixture.order(.buy, "1")) == [])
    }

    @Test("what only reduces passes: what the order in doubt may fill is reserved")
    mutating func reducing() throws {
        var engine = fixture.makeEngine()
        engine.fold(SystemNotice(.positionAdopted, actor: "uid:1", detail: "RISK.GOLD=-5@4000"))
        let first = try fixture.order(.buy, "2")
        engine.reserve(first, now: .zero)
        lose(&engine)
        #expect(fixture.reasons(engine, try fixture.order(.buy, "3")) == [])
        #expect(fixture.reasons(engine, try fixture.order(.buy, "4")) == [.orderUnresolved])
    }

    @Test("an order that the broker holds without a word keeps back its side until it is told to work")
    mutating func held() throws {
        var engine = fixture.makeEngine()
        let first = try fixture.order(.buy, "1")
        engine.reserve(first, now: .zero)
        engine.fold(try report(first, .ack, .accepted), first.symbol)
        let notice = SystemNotice(.orderUnresolved, actor: "broker", detail: first.id.description)
        engine.fold(notice)
        engine.fold(notice)
        #expect(fixture.reasons(engine, try fixture.order(.buy, "1")) == [.orderUnresolved])
        engine.fold(try report(first, .ack, .accepted), first.symbol)
        #expect(fixture.reasons(engine, try fixture.order(.buy, "1")) == [])
    }

    @Test("an order of an earlier session is reserved for what it may still fill, and uses up no rate again")
    mutating func restored() throws {
        fixture.limits.maxPosition = try Quantity("9")
        fixture.limits.throttleMax = 1
        var engine = fixture.makeEngine()
        var request = try fixture.order(.buy, "8")
        request.id = ClientOrderID(session: 0, number: 7)
        var order = RestoredOrder(request, decisionSequence: 1, sentAt: .zero)
        order.executions = [.init(name: "a.01", quantity: try Quantity("2"), price: try Price("4000"))]
        order.isAcknowledged = true
        engine.fold(SystemNotice(.positionAdopted, actor: "startup", detail: "RISK.GOLD=2@4000 mark=4000"))
        engine.fold(order.notice(actor: "startup", reason: ""))
        engine.fold(order.notice(actor: "startup", reason: ""))
        let view = engine.view(fixture.gold.symbol, now: .zero, quotes: fixture.quote)
        #expect(view.openBuys.description == "6" && view.openOrders == 1 && view.acceptedInWindow == 0)
        #expect(fixture.reasons(engine, try fixture.order(.buy, "2")) == [.positionLimit])
        #expect(fixture.reasons(engine, try fixture.order(.buy, "1")) == [])
        engine.fold(try report(request, .cancel, .cancelled), request.symbol)
        #expect(engine.openOrders == 0)
    }

    @Test("one of an earlier session that was never answered keeps back its side")
    mutating func restoredInDoubt() throws {
        var engine = fixture.makeEngine()
        var request = try fixture.order(.sell, "1", limit: "4000")
        request.id = ClientOrderID(session: 0, number: 7)
        let order = RestoredOrder(request, decisionSequence: 1, sentAt: .zero)
        engine.fold(order.notice(actor: "startup", reason: ""))
        #expect(fixture.reasons(engine, try fixture.order(.sell, "1", limit: "4000")) == [.orderUnresolved])
        #expect(fixture.reasons(engine, try fixture.order(.buy, "1")) == [])
        engine.fold(try report(request, .reject, .rejected), request.symbol)
        #expect(fixture.reasons(engine, try fixture.order(.sell, "1", limit: "4000")) == [])
    }
}
