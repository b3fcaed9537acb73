import Audit
import ControlPlane
import Dispatch
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

extension EndToEndTests {
    /// `TRADINGD_ENGAGE_CYCLES` says how often it is killed, `TRADINGD_TEST_SEED` repeats a run's choices.
    @Suite("Kill -9 around an engage")
    struct EngageCycleTests {
        private static let cycles =
            getenv("TRADINGD_ENGAGE_CYCLES").flatMap { Int(String(cString: $0)) } ?? 20

        @Test(
            "after an acknowledged engage no order leaves, ever, until release, whenever the process is killed",
            .timeLimit(.minutes(60)))
        func cycles() throws {
            let sandbox = try Sandbox()
            var drill = EngageDrill(sandbox, seed: TestSeed.value("TRADINGD_TEST_SEED"))
            for cycle in 1...Self.cycles { try drill.cycle(disk: cycle % 2 == 0) }
            try drill.finish()
            print("killed \(Self.cycles) times around an engage: \(drill.summary)")
        }

        @Test(
            "at a broker, too: its gateway gets no order after an acknowledged engage",
            .timeLimit(.minutes(60)))
        func atBroker() throws {
            var random = TestRandom(seed: TestSeed.value("TRADINGD_TEST_SEED"))
            for _ in 1...max(2, Self.cycles / 10) {
                let rig = try LiveRig(limitPrice: "join")
                try rig.becomesLive()
                try rig.daemon.eventually("orders work") { try rig.daemon.workingOrders() >= 1 }
                _ = poll(nil, 0, Int32(random.below(200)))
                let engagement = EngageDrill.engage(rig.daemon.socket, reason: "at the broker")
                #expect(engagement.isAcknowledged && engagement.unconfirmed == 0)
                let received = try rig.ordersAtGateway()
                #expect(received > 0)
                _ = poll(nil, 0, Int32(random.below(300)))
                try rig.daemon.crash()
                #expect(try rig.ordersAtGateway() == received)
                let next = try RunningDaemon(
                    rig.sandbox, configuration: rig.sandbox.path("config"), "--mode", "ibkr", "--profile",
                    "paper")
                #expect(try next.lifeCycle == "halted")
                try next.eventually("quotes come") {
                    try next.json("status")["events"]?["tick"]?.integerValue ?? 0 > 50
                }
                #expect(try rig.ordersAtGateway() == received && next.sentOrders() == 0)
                #expect(try next.stop() == 0)
                var ledger = EngageLedger()
                try ledger.read(next.state + "/audit", acknowledged: ["at the broker"])
                #expect(ledger.breaches == [] && ledger.engaged.contains("at the broker"))
            }
        }
    }
}

extension LiveRig {
    /// Orders that the gateway has been sent, by its own count.
    fileprivate func ordersAtGateway() throws -> Int {
        try gateway.status()["received"]?["3"]?.integerValue ?? 0
    }
}

/// A simulation that is killed around the moment somebody engages, again and again.
struct EngageDrill {
    /// What became of a call.
    struct Engagement: Sendable {
        /// Whether the daemon confirmed it as persisted.
        var isAcknowledged = false
        /// Whether it said at least that it had latched.
        var isLatched = false
        var unconfirmed = -1
    }

    private let sandbox: Sandbox
    private var random: TestRandom
    private var number = 0
    private var acknowledged: [String] = []
    private var latched = 0
    private var foundEngaged = 0
    private var ledger = EngageLedger()

    init(_ sandbox: Sandbox, seed: UInt64) {
        self.sandbox = sandbox
        random = TestRandom(seed: seed)
    }

    var summary: String {
        "\(acknowledged.count) acknowledged, \(latched) latched without an answer, \(foundEngaged) found engaged, "
            + "\(ledger.orders) orders sent, \(ledger.lines) lines"
    }

    /// One life: trade, engage, die around that moment; then whatever was acknowledged must hold.
    mutating func cycle(disk: Bool) throws {
        let daemon = try start(disk: disk)
        try trade(daemon)
        number += 1
        let reason = "engage number \(number)"
        let isOne = random.below(4) == 0
        let killer = DelayedKiller(
            daemon.process.identifier, after: UInt64(random.below(isOne ? 2_000_000 : 60_000_000)))
        let engagement = Self.engage(daemon.socket, reason: reason)
        if engagement.isAcknowledged {
            acknowledged.append(reason)
        } else if engagement.isLatched {
            latched += 1
        }
        killer.wait()
        #expect(try daemon.process.exitCode() == -SIGKILL)
        // What was acknowledged stands on the disk at once, whatever becomes of the next start.
        let file = try DurableFile.read(sandbox.path("daemon/killswitch.json")) ?? []
        if engagement.isAcknowledged { #expect(String(decoding: file, as: UTF8.self).contains(reason)) }
        try look(engaged: engagement.isAcknowledged ? reason : nil)
    }

    /// The judgement of every line of all lives.
    mutating func finish() throws {
        let daemon = try start(disk: false)
        #expect(try daemon.stop() == 0)
        try ledger.read(daemon.state + "/audit", acknowledged: acknowledged)
        #expect(ledger.breaches == [])
        for reason in acknowledged { #expect(ledger.engaged.contains(reason), "not in the log: \(reason)") }
        #expect(ledger.orders > 0 && !acknowledged.isEmpty)
    }

    /// Engages, and says what came back.
    static func engage(_ socket: String, reason: String) -> Engagement {
        let result = Locked(Engagement())
        var client = ControlClient(path: socket)
        client.onNotification = { method, _ in
            if method == "killswitch.latched" { result.withLock { $0.isLatched = true } }
        }
        do throws(ControlClientError) {
            let answer = try client.call(
                method: "killswitch.engage", params: ["reason": .string(reason)], timeout: .seconds(60))
            result.withLock {
                $0.isAcknowledged = answer["persisted"] == true
                $0.unconfirmed = answer["unconfirmed"]?.integerValue ?? -1
            }
        } catch {}
        return result.withLock { $0 }
    }

    // MARK: Steps

    private func start(disk: Bool) throws -> RunningDaemon {
        let configuration = try sandbox.configuration(
            ("settings.yaml", "  speed: 1 #", "  speed: 10 #"),
            ("settings.yaml", "events_per_second: 200", "events_per_second: 1000"),
            ("settings.yaml", "fill_probability: 1 ", "fill_probability: 0.2 "),
            (
                "settings.yaml", "  segment_bytes: 67108864",
                "  segment_bytes: 67108864\n  durability: \(disk ? "disk" : "process")"
            ),
            ("profiles/dev.yaml", "throttle_max: 60", "throttle_max: 1000000"))
        return try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim", "--seed", "11")
    }

    /// Sees to it that orders are sent, after a release where that is needed.
    private func trade(_ daemon: RunningDaemon) throws {
        if try daemon.lifeCycle == "halted" {
            let released = try daemon.tradectl("killswitch", "release", "--reason", "next cycle of it")
            #expect(released.exitCode == 0, "\(released.errors)")
        }
        let sent = try daemon.sentOrders()
        try daemon.eventually("orders are sent") {
            // Also after a machine that stood still: a feed that outran the bus disarms.
            if try daemon.lifeCycle == "disarmed" {
                _ = try daemon.tradectl("mode", "arm", "--reason", "next")
            }
            return try daemon.sentOrders() > sent + 2
        }
    }

    /// A life that only looks: engaged as acknowledged, nothing sent though the market goes on.
    private mutating func look(engaged reason: String?) throws {
        let daemon = try start(disk: random.below(2) == 0)
        let state = try daemon.json("killswitch", "status")
        if let reason { #expect(state["engaged"] == true && state["reason"]?.stringValue == reason) }
        if state["engaged"] == true {
            foundEngaged += 1
            #expect(try daemon.lifeCycle == "halted")
            try daemon.eventually("orders are denied") {
                let denied = try daemon.answer("status")?["decisions"]?["denied_by_code"]
                return denied?["kill_switch"]?.integerValue ?? 0 > 0
            }
            #expect(try daemon.sentOrders() == 0)
        }
        if random.below(2) == 0 { try daemon.crash() } else { #expect(try daemon.stop() == 0) }
    }
}

/// What the audit log says of engages and orders.
struct EngageLedger {
    private(set) var lines = 0
    private(set) var orders = 0
    private(set) var engaged: Set<String> = []
    /// Orders that were meant or sent while everything was halted.
    private(set) var breaches: [String] = []

    /// - Parameter acknowledged: reasons of the engages that must hold over the death of their process; one that died with it
    ///   before it was on the disk holds no longer, as nobody was told otherwise.
    mutating func read(_ directory: String, acknowledged: [String]) throws {
        let trail = try AuditTrail(directory)
        var isEngaged = false
        var reason = ""
        for line in trail.lines {
            lines += 1
            switch line.type {
            case "killswitch.engage":
                isEngaged = true
                reason = line.data["reason"]?.stringValue ?? ""
                engaged.insert(reason)
            case "killswitch.release": isEngaged = false
            // Whoever finds the state on the disk engages again, in the next lines.
            case "session.start": isEngaged = isEngaged && acknowledged.contains(reason)
            case "order.intent", "order.send":
                orders += 1
                if isEngaged { breaches.append("\(line.type) \(line.orderID)") }
            default: break
            }
        }
    }
}

/// Kills a process after so many nanoseconds.
final class DelayedKiller: Sendable {
    private let isDone = Locked(false)

    init(_ process: pid_t, after delay: UInt64) {
        let deadline = MonotonicClock.now() + delay
        DispatchQueue(label: "delayed-killer").async { [isDone] in
            let never = Locked(false)
            _ = never.wait(until: deadline) { $0 ? true : nil }
            kill(process, SIGKILL)
            isDone.withLockNotifying { $0 = true }
        }
    }

    func wait() { _ = isDone.wait { $0 ? true : nil } }
}
