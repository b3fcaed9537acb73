import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing
import TradingModel

extension EndToEndTests {
    /// `TRADINGD_RECOVERY_CYCLES` says how often, `TRADINGD_TEST_SEED` repeats a run's choices.
    @Suite("Recovery at a broker")
    struct RecoveryCycleTests {
        private static let cycles =
            getenv("TRADINGD_RECOVERY_CYCLES").flatMap { Int(String(cString: $0)) } ?? 20

        @Test(
            "killed at random moments under load: every order and every execution of the broker is in the audit trail once, none is lost, none is doubled",
            .timeLimit(.minutes(60)))
        func kills() throws {
            var drill = try RecoveryDrill(limitPrice: "join")
            for _ in 1...Self.cycles { try drill.kill() }
            try drill.judge("killed \(Self.cycles) times")
        }

        @Test(
            "the connection cut at random bytes and requests: the same, and it trades again by itself within seconds",
            .timeLimit(.minutes(60)))
        func cuts() throws {
            var drill = try RecoveryDrill(limitPrice: "join")
            for _ in 1...Self.cycles { try drill.cut() }
            try drill.judge("cut \(Self.cycles) times")
        }
    }
}

/// A daemon that trades at a gateway which keeps its books on disk, and what is done to both.
struct RecoveryDrill {
    private let rig: LiveRig
    private var daemon: RunningDaemon
    private var random: TestRandom

    init(limitPrice: String) throws {
        random = TestRandom(seed: TestSeed.value("TRADINGD_TEST_SEED"))
        rig = try LiveRig(
            gateway: ["--symbol", "XAUUSD", "--rate", "400"], keepsBooks: true, isRestless: true,
            followsLadder: true, limitPrice: limitPrice)
        daemon = rig.daemon
        try trades()
    }

    /// The daemon is armed, and orders leave: so many of them.
    private func trades(_ count: Int = 1) throws {
        let before = try daemon.sentOrders() + count - 1
        do {
            try daemon.eventually("it trades") {
                let status = try daemon.answer("status")
                return status?["state"] == "running"
                    && status?["orders"]?["sent"]?.integerValue ?? 0 > before
            }
        } catch {
            Issue.record("\(try daemon.answer("status")?.text ?? "no answer")")
            throw error
        }
    }

    /// It dies somewhere in the next second of trading, and its successor goes on by itself.
    mutating func kill() throws {
        _ = poll(nil, 0, Int32(random.below(600)))
        try daemon.crash()
        daemon = try RunningDaemon(
            rig.sandbox, configuration: rig.sandbox.path("config"), "--mode", "ibkr", "--profile", "paper")
        try trades()
    }

    /// The connection goes around a random order, or in the middle of whatever is said; or it goes, and the next one at a
    /// random byte, be that of a comparison.
    mutating func cut() throws {
        try trades(1 + Int(random.below(20)))
        let lives = try live()
        switch random.below(5) {
        case 0: try rig.gateway.perform("on placeOrder drop")
        case 1: try rig.gateway.perform("after placeOrder drop")
        case 2: try rig.gateway.perform("after placeOrder reset")
        case 3: try rig.gateway.perform("after \(random.below(20_000)) more bytes drop")
        default:
            try rig.gateway.perform("drop")
            try rig.gateway.perform("after \(200 + random.below(60_000)) bytes drop")
        }
        // Two seconds are waited for each connection that ends, whatever was under way.
        try daemon.eventually("another session", seconds: 30) { try live() > lives }
        try trades()
    }

    private func live() throws -> Int {
        try daemon.answer("status")?["gateway"]?["messages"]?["live_sessions"]?.integerValue ?? 0
    }

    /// Ends both, and compares what they have written; a last session finds the books equal.
    mutating func judge(_ what: String) throws {
        #expect(try daemon.stop() == 0)
        let last = try RunningDaemon(
            rig.sandbox, configuration: rig.sandbox.path("config"), "--mode", "ibkr", "--profile", "paper")
        try last.eventually("it only looks") {
            try last.tradectl("mode", "disarm", "--reason", "only looks").exitCode == 0
        }
        try last.eventually("the books are equal") {
            try last.json("status")["gateway"]?["books"]?["ready"] == true
        }
        #expect(try last.stop() == 0)
        rig.gateway.process.end()
        let ledger = try RecoveryLedger(
            brokerage: rig.sandbox.path("gateway/brokerage.log"), audit: last.state + "/audit")
        print(
            "\(what): \(ledger.placed) orders, \(ledger.executions) executions, \(ledger.recovered) booked by a "
                + "later session, \(ledger.doubted) in doubt for a while, position \(ledger.position)")
        #expect(ledger.breaches == [])
        #expect(ledger.placed > 0 && ledger.executions > 0)
    }
}
