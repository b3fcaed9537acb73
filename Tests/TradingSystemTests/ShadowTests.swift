import ExactJSON
import Execution
import Messaging
import Platform
import Positions
import Risk
import TWSClient
import TestSupport
import Testing
import TradingModel

@testable import TradingSystem

/// `execution.on_error: shadow`, with the real pipeline: the broker goes, the market does not.
@Suite("Orders that are simulated while the broker takes none")
struct ShadowTests {
    /// What is real.
    private struct Books: Equatable {
        let positions: [String]
        let sent: Int
        let decisions: Int
        let reports: [Int]
        let open: Int

        init(_ session: BrokerSession) {
            self = session.bus.query { core in
                Books(
                    positions: core.execution.positions.traded.map {
                        "\($0.symbol.name) \($0.position.quantity) \($0.position.realized)"
                    },
                    sent: core.execution.sent,
                    decisions: core.risk.tally.approved + core.risk.tally.deniedTotal,
                    reports: core.execution.reports, open: core.risk.engine.openOrders)
            }
        }

        private init(positions: [String], sent: Int, decisions: Int, reports: [Int], open: Int) {
            self.positions = positions
            self.sent = sent
            self.decisions = decisions
            self.reports = reports
            self.open = open
        }
    }

    private final class Market {
        private var random = TestRandom(seed: TestSeed.value("SHADOW_SEED"))
        private var bid: Int64 = 4_000_000_000_000

        func move(_ session: BrokerSession, steps: Int, isAnswered: Bool) {
            for _ in 0..<steps {
                bid += (Int64(random.below(41)) - 20) * 10_000_000
                session.quote(bid)
                if isAnswered { session.answer(&random) }
            }
        }

        func end(_ session: BrokerSession) throws { try session.end(&random) }
    }

    private func begin() throws -> BrokerSession {
        let session = try BrokerSession(
            ("execution.on_error", "shadow"), ("execution.limit_price", "join"),
            ("risk.max_open_orders", "1000"), ("risk.max_open_orders_total", "1000"),
            ("risk.max_position", "1000"),
            // Real orders that stay at work must not stand in the way of what is wanted here.
            ("risk.refuse_self_cross", "false"))
        session.notify(.sessionStart)
        session.notify(.armed)
        session.session(.idle, .connecting)
        return session
    }

    private func shadow(_ session: BrokerSession) -> ShadowStage { session.bus.query { $0.shadow } }

    @Test(
        "nothing real changes meanwhile; afterwards it is over, reported, and derived again from the journal")
    func standIn() throws {
        let session = try begin(), market = Market()
        market.move(session, steps: 100, isAnswered: true)
        #expect(!shadow(session).isActive, "before the broker was ready once")
        try session.reconcile()
        market.move(session, steps: 100, isAnswered: true)
        #expect(!shadow(session).isActive && shadow(session).tally.sent == 0)
        session.session(.live, .lost)
        let before = Books(session), placed = session.lane.state.withLock { $0.lastID }
        #expect(before.sent > 0)
        market.move(session, steps: 500, isAnswered: false)
        let stage = shadow(session)
        #expect(stage.isActive && stage.tally.sent > 5 && stage.tally[.fill] > 0, "\(stage.tally)")
        #expect(Books(session) == before)
        #expect(session.lane.state.withLock { $0.lastID } == placed)
        // Cancels that the loss has led to apart, the broker has heard nothing.
        session.lane.state.withLock { $0.placed = [] }
        try session.reconcile()
        let over = shadow(session)
        #expect(!over.isActive && over.working.isEmpty && over.tally.times == 1)
        market.move(session, steps: 200, isAnswered: true)
        #expect(Books(session).sent > before.sent && shadow(session).tally == over.tally)
        try market.end(session)
        try check(session, over)
    }

    private func check(_ session: BrokerSession, _ stage: ShadowStage) throws {
        let all = try session.auditLines()
        func lines(_ type: String) -> [JSONValue] {
            all.filter { $0["type"]?.stringValue == type }.compactMap { $0["data"] }
        }
        #expect(lines("shadow.begin").count == 1 && lines("shadow.end").count == 1)
        #expect(lines("shadow.end").first?["book"]?.stringValue == stage.text)
        let orders = lines("shadow.order")
        #expect(orders.allSatisfy { $0["simulated"] == true })
        let simulated = Set(orders.compactMap { $0["cid"]?.stringValue })
        #expect(simulated.count == stage.tally.sent + stage.tally.denied)
        for type in [
            "order.intent", "order.deny", "order.send", "order.fill", "order.cancel", "order.reject",
        ] {
            #expect(lines(type).allSatisfy { !simulated.contains($0["cid"]?.stringValue ?? "") }, "\(type)")
        }
        let outcome = try session.replay()
        #expect(outcome.isReproduced, "\(outcome.text)")
    }

    @Test("a kill holds for it: what works is cancelled, and nothing new begins")
    func kill() throws {
        let session = try begin(), market = Market()
        try session.reconcile()
        market.move(session, steps: 100, isAnswered: true)
        session.session(.live, .lost)
        market.move(session, steps: 300, isAnswered: false)
        let sent = shadow(session).tally.sent
        #expect(sent > 0)
        session.notify(.killSwitchEngaged)
        #expect(shadow(session).working.isEmpty && shadow(session).isActive)
        market.move(session, steps: 300, isAnswered: false)
        #expect(shadow(session).tally.sent == sent)
        try market.end(session)
        let outcome = try session.replay()
        #expect(outcome.isReproduced, "\(outcome.text)")
    }

    @Test("without the setting intents are denied")
    func halt() throws {
        let session = try BrokerSession(), market = Market()
        session.notify(.sessionStart)
        session.notify(.armed)
        session.session(.idle, .connecting)
        try session.reconcile()
        market.move(session, steps: 100, isAnswered: true)
        session.session(.live, .lost)
        let sent = Books(session).sent
        let denied = session.bus.query { $0.risk.tally.denied[Int(RiskReason.brokerDown.rawValue)] }
        market.move(session, steps: 300, isAnswered: false)
        #expect(Books(session).sent == sent && shadow(session).tally == ShadowTally())
        #expect(
            session.bus.query { $0.risk.tally.denied[Int(RiskReason.brokerDown.rawValue)] } > denied)
        try market.end(session)
    }

    @Test("a report that is simulated says so in JSON, and only that")
    func json() throws {
        var report = OrderEvent(
            id: ClientOrderID(session: 1, number: 2), report: .ack, status: .accepted, side: .buy,
            quantity: Money.one, leavesQuantity: Money.one)
        func text(_ report: OrderEvent) throws -> JSONValue {
            var json = JSONWriter()
            report.write(to: &json)
            return try JSONParser.parse(json.bytes)
        }
        #expect(try text(report)["simulated"] == nil)
        report.isSimulated = true
        #expect(try text(report)["simulated"] == true)
    }
}
