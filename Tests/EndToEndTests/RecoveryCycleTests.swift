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
            "the connection cut at random bytes and requests: the same",
            .enabled(
                if: getenv("TRADINGD_RECOVERY_CYCLES") != nil,
                "TRADINGD_RECOVERY_CYCLES is not set: each cut waits for another connection"),
            .timeLimit(.minutes(60)))
        func cuts() throws {
            var drill = try RecoveryDrill(limitPrice: "touch")
            // Each of them waits for another connection.
            let cuts = max(1, Self.cycles / 2)
            for _ in 1...cuts { try drill.cut() }
            try drill.judge("cut \(cuts) times")
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
            limitPrice: limitPrice)
        daemon = rig.daemon
        try trades()
    }

    /// The daemon is armed, and orders leave.
    private func trades() throws {
        let before = try daemon.sentOrders()
        do {
            try daemon.eventually("it trades") {
                try daemon.lifeCycle == "running" && daemon.sentOrders() > before
            }
        } catch {
            Issue.record("\(try daemon.json("status").text)")
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

    /// The connection goes around a random order; or it goes, and the next one at a random byte, be that of a comparison.
    mutating func cut() throws {
        let lives = try live()
        let faults = ["on placeOrder drop", "after placeOrder drop", "after placeOrder reset"]
        let place = Int(random.below(4))
        if place < faults.count {
            try rig.gateway.perform(faults[place])
        } else {
            try rig.gateway.perform("drop")
            try rig.gateway.perform("after \(200 + random.below(60_000)) bytes drop")
        }
        try daemon.eventually("another session") { try live() > lives }
        try trades()
    }

    private func live() throws -> Int {
        try daemon.json("status")["gateway"]?["messages"]?["live_sessions"]?.integerValue ?? 0
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
                + "later session, position \(ledger.position)")
        #expect(ledger.breaches == [])
        #expect(ledger.placed > 0 && ledger.executions > 0)
    }
}
