import Testing
import TradingModel

@Suite("An order of an earlier session, as a notice tells it")
struct RestoredOrderTests {
    @Test("reads what it writes")
    func roundTrip() throws {
        var order = RestoredOrder(
            OrderRequest(
                id: ClientOrderID(session: 4, number: 17), symbol: try #require(SymbolID("RESTORED.GOLD")),
                side: .sell, type: .stopLimit, quantity: try Quantity("5"), limitPrice: try Price("3999.5"),
                stopPrice: try Price("4000"), timeInForce: .goodTillCancel, flags: [.reduceOnly],
                strategy: StrategyID("momentum"), signalSequence: 12,
                trace: TraceContext(traceID: TraceID(session: 4, sequence: 9), spanID: SpanID(sequence: 9))),
            decisionSequence: 13, sentAt: Timestamp(nanoseconds: 1_767_614_400_123_456_789))
        #expect(RestoredOrder(text: order.text) == order && order.isUnresolved)
        order.referencePrice = try Price("4000.25")
        order.quantity = try Quantity("4")
        order.executions = [
            .init(name: "0000e0d5.01.01", quantity: try Quantity("1.5"), price: try Price("3999.75")),
            .init(name: "0000e0d6.01.02", quantity: .zero, price: try Price("4000")),
        ]
        order.isSent = true
        order.isAcknowledged = true
        order.venueOrderID = 4_300_000_001
        order.cancelReason = "session \"end\""
        #expect(RestoredOrder(order.notice(actor: "startup", reason: "audit trail")) == order)
        #expect(try order.filled == Quantity("1.5") && order.leaves == Quantity("2.5"))
        order.end = .cancelled
        #expect(RestoredOrder(text: order.text) == order && order.leaves == .zero)
    }

    @Test("takes nothing else", arguments: ["", "{}", "[]", "null", "{\"order\":1}", "c-1-2"])
    func others(text: String) {
        #expect(RestoredOrder(text: text) == nil)
        #expect(RestoredOrder(SystemNotice(.orderRestored, actor: "", detail: text)) == nil)
    }
}
