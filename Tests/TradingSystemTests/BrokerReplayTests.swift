import Execution
import Messaging
import Platform
import Positions
import Recorder
import TWSClient
import TestSupport
import Testing
import TradingModel

@testable import TradingSystem

@Suite("A session of the broker run again")
struct BrokerReplayTests {
    @Test("decides the same from its journal alone: fills, corrections, refusals, losses of the connection")
    func reproduced() throws {
        var random = TestRandom(seed: TestSeed.value("BROKER_REPLAY_SEED"))
        let session = try BrokerSession()
        session.notify(.sessionStart)
        session.notify(.armed)
        session.session(.idle, .connecting)
        try session.reconcile()
        var bid: Int64 = 4_000_000_000_000
        for step in 0..<1_500 {
            bid += (Int64(random.below(41)) - 20) * 10_000_000
            session.lane.state.withLock { $0.outcome = random.below(10) == 0 ? .refused(.tooMany) : .sent }
            session.quote(bid)
            if random.below(3) > 0 { session.answer(&random) }
            if step % 400 == 399 {
                session.session(.live, .lost)
                try session.reconcile()
            }
            if step == 1_000 { session.notify(.killSwitchEngaged) }
            if step == 1_100 {
                session.notify(.killSwitchReleased)
                session.notify(.armed)
            }
        }
        let fills = session.bus.query { $0.execution.reports[Int(OrderReport.fill.rawValue)] }
        let rejects = session.bus.query { $0.execution.reports[Int(OrderReport.reject.rawValue)] }
        #expect(fills > 10 && rejects > 1)
        try session.end(&random)
        let outcome = try session.replay()
        #expect(outcome.isReproduced, "\(outcome.text)")
        #expect(outcome.compared > 100)
        // Nothing more: the journal tells the end, and every decision of the log was derived.
        #expect(outcome.text == "REPRODUCED \(outcome.compared)/\(outcome.compared) decisions")
    }
}
