import TestSupport
import Testing
import TradingModel

@testable import Risk

@Suite("Broker availability")
struct BrokerAvailabilityTests {
    @Test("nothing is approved from brokerLost to brokerReady; venues that say neither are always there")
    func lostAndReady() throws {
        var fixture = try RiskFixture()
        var engine = fixture.makeEngine()
        #expect(fixture.reasons(engine, try fixture.order()) == [])
        engine.fold(SystemNotice(.brokerLost, actor: "broker"))
        #expect(fixture.reasons(engine, try fixture.order()) == [.brokerUnavailable])
        engine.fold(SystemNotice(.disarmed, actor: "test"))
        #expect(fixture.reasons(engine, try fixture.order()) == [.mode], "the mode is looked at before")
        let dry = engine.evaluate(
            try fixture.order(.buy, "11"), now: .zero, isDryRun: true, quotes: fixture.quote)
        #expect(dry.reasons == [.mode, .brokerUnavailable, .sizeLimit])
        engine.fold(SystemNotice(.armed, actor: "test"))
        engine.fold(SystemNotice(.brokerReady, actor: "broker"))
        #expect(fixture.reasons(engine, try fixture.order()) == [])
    }
}
