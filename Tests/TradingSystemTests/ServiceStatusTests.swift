import Configuration
import Risk
import Testing
import TradingModel

@testable import TradingSystem

@Suite("Service status")
struct ServiceStatusTests {
    @Test("names mode and state")
    func work() {
        #expect(ServiceStatus.text(mode: .sim, state: .running, KillLatches()) == "mode sim, running")
        #expect(ServiceStatus.text(mode: .ibkr, state: nil, KillLatches()) == "mode ibkr, no session")
    }

    @Test("begins with every kill that holds, by whom")
    func kills() throws {
        let gold = try #require(SymbolID("XAUUSD"))
        var latches = KillLatches()
        latches.engage(KillLatch(.reduce, .symbol(gold), actor: "trip:velocity", since: .zero))
        latches.engage(KillLatch(.halt, actor: "uid:1000", since: .zero))
        #expect(
            ServiceStatus.text(mode: .replay, state: .halted, latches)
                == "KILL SWITCH ENGAGED: halt all by uid:1000; reduce symbol:XAUUSD by trip:velocity; "
                + "mode replay, halted")
    }

    @Test("is news once")
    func news() {
        let status = ServiceStatus()
        status.began("a")
        #expect(!status.isNews("a"))
        #expect(status.isNews("b"))
        #expect(!status.isNews("b"))
        #expect(status.isNews("a"))
    }
}
