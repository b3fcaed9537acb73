import Platform
import TWSGateway
import TWSProtocol
import Testing
import TradingModel

@testable import TWSClient

@Suite("pace of a session", .timeLimit(.minutes(2)))
struct ClientPaceTests {
    private func order(_ fixture: ClientFixture) -> PlaceOrder {
        var order = PlaceOrder()
        order.orderID = fixture.client.orders.takeOrderID() ?? 0
        order.contract = ClientFixture.gold
        order.order.action = "BUY"
        order.order.orderType = "LMT"
        order.order.totalQuantity = Quantity(rawValue: 1_000_000_000)
        order.order.limitPrice = Price(rawValue: 1_000_000_000_000)
        order.order.timeInForce = "DAY"
        return order
    }

    /// Places orders until the outcome is `wanted`.
    private func place(_ fixture: ClientFixture, until wanted: SendOutcome) throws -> Int32 {
        let deadline = MonotonicClock.now() + 30_000_000_000
        while MonotonicClock.now() < deadline {
            let order = order(fixture)
            let outcome = fixture.client.orders.place(order)
            if outcome == wanted { return order.orderID }
            try #require(outcome == .sent || outcome == .queued)
        }
        throw SystemError("place", "until \(wanted)")
    }

    @Test("after 100 orders are still taken; they wait until it is over, and leave or are told")
    func tooManyMessages() throws {
        let fixture = try ClientFixture(contracts: [ClientFixture.gold]) { $0.requestsPerSecond = 10_000 }
        try fixture.live()
        try fixture.gateway.perform("error 100")
        let waiting = try place(fixture, until: .queued)
        try fixture.listener.wait("the order that waited") { heard in
            heard.unsent.contains(waiting)
                || heard.orderMessages.contains {
                    if case .orderStatusReport(let report) = $0 { report.orderID == waiting } else { false }
                }
        }
        _ = try place(fixture, until: .sent)
        #expect(fixture.client.status.state == .live)
    }
}
