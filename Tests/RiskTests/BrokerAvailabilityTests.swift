import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Broker availability")
struct BrokerAvailabilityTests {
    @Test("nothing is approved until the broker is ready; venues that say nothing of it are always there")
    func lostAndReady() throws {
        var fixture = try RiskFixture()
        var engine = fixture.makeEngine()
        #expect(fixture.reasons(engine, try fixture.order()) == [])
        engine.fold(SystemNotice(.brokerLost, actor: "broker"))
        #expect(fixture.reasons(engine, try fixture.order()) == [.brokerDown])
        engine.fold(SystemNotice(.disarmed, actor: "test"))
        #expect(fixture.reasons(engine, try fixture.order()) == [.mode], "the mode is looked at before")
        let dry = engine.evaluate(
            try fixture.order(.buy, "11"), now: .zero, isDryRun: true, quotes: fixture.quote)
        #expect(dry.reasons == [.mode, .brokerDown, .sizeLimit])
        engine.fold(SystemNotice(.armed, actor: "test"))
        engine.fold(SystemNotice(.brokerUnreconciled, actor: "broker"))
        #expect(
            fixture.reasons(engine, try fixture.order()) == [.notReconciled],
            "it is there, the books are not equal")
        engine.fold(SystemNotice(.brokerReady, actor: "broker"))
        #expect(fixture.reasons(engine, try fixture.order()) == [])
    }
}
