import Audit
import ExactJSON
import Platform
import Testing

/// One fault, and the states of the session that it must lead through.
private struct LiveFault: Sendable, CustomTestStringConvertible {
    /// From a live session to the next one after its socket was lost.
    static let reconnection = [
        "lost", "backoff", "connecting", "handshake", "starting", "ready", "reconciling", "live",
    ]
    /// The same when the gateway lost IBKR and has it again.
    static let relink = ["lost", "reconciling", "live"]

    var faults: [String]
    var states: [String]
    /// Attempts in vain may come between; how many depends on the time.
    var isRepeated = false
    /// Books may be compared meanwhile: the next order that comes does that, whenever it comes.
    var leadsToComparison = false

    var testDescription: String { faults.joined(separator: ", ") }

    init(_ faults: String..., states: [String] = reconnection, isRepeated: Bool = false) {
        self.faults = faults
        self.states = states
        self.isRepeated = isRepeated
    }
}

extension EndToEndTests {
    /// Every fault of the simulated gateway against the real daemon: the session is live again by itself, quotes flow, the
    /// books agree, and no execution is booked twice.
    @Suite("Live faults")
    struct LiveFaultTests {
        private static let connection = [
            LiveFault("drop"), LiveFault("reset"), LiveFault("silence 9s", isRepeated: true),
            LiveFault("oversize"),
            LiveFault("garbage"), LiveFault("unterminated"), LiveFault("error 1300"),
            LiveFault("busy 1", "drop", isRepeated: true), LiveFault("restart 1s", isRepeated: true),
            LiveFault("close-port 1s", "drop", isRepeated: true),
            LiveFault("accept-mute 1s", "drop", isRepeated: true),
        ]

        private static let harmless = [
            LiveFault("trickle 1s", states: []), LiveFault("hold 200", states: []),
            LiveFault("silence 300ms", states: []), LiveFault("unknown", states: []),
            LiveFault("empty", states: []), LiveFault("truncated", states: []),
            LiveFault("pacing 1", states: []), LiveFault("firehose bidask 20000", states: []),
        ]

        private static let link = [
            LiveFault("error 1100", "error 1102", states: LiveFault.relink),
            LiveFault("error 1100", "error 1101", states: LiveFault.relink),
            LiveFault("error 2110", "error 1102", states: LiveFault.relink),
            LiveFault("error 1100", "error 1100", "error 1102", states: LiveFault.relink),
            LiveFault("error 2103", "error 2104", states: []),
            LiveFault("error 2105", "error 2106", states: []),
            LiveFault("error 2157", "error 2158", states: []),
            LiveFault("error 2107", states: []), LiveFault("error 2119", states: []),
        ]

        private static let streams =
            [
                "error 317 XAUUSD", "error 316 XAUUSD", "error 354 XAUUSD", "error 10089 XAUUSD",
                "error 10168 XAUUSD",
                "error 10182 XAUUSD", "error 10186 XAUUSD", "error 309 XAUUSD", "error 10189 XAUUSD",
                "error 10190 XAUUSD", "error 10090 XAUUSD", "error 10091 XAUUSD", "error 2152 XAUUSD",
                "error 165 XAUUSD",
            ].map { LiveFault($0, states: []) } + [
                LiveFault("error 10197", "error 10197 end", states: []),
                LiveFault("pause", "resume", states: []),
            ]

        private static let orders = [
            "error 103", "error 201", "error 202", "order duplicate-status", "order missing-status",
            "order execution-first", "order correction", "order reject", "order cancel", "order duplicate-id",
        ].map {
            var fault = LiveFault($0, states: [])
            fault.leadsToComparison = true
            return fault
        }

        @Test("what ends the connection leads to a new one")
        func connections() throws { try run(Self.connection) }

        @Test("what does not end the connection is lived through")
        func harmlessFaults() throws { try run(Self.harmless) }

        @Test("a lost link and broken farms keep the socket, and books are compared")
        func links() throws { try run(Self.link) }

        @Test("streams that end, are reset or refused come again")
        func streamFaults() throws { try run(Self.streams) }

        @Test("what goes wrong with orders leaves the books equal to the broker's")
        func orderFaults() throws {
            try run(Self.orders) { rig in
                try rig.daemon.eventually("orders fill") { try executions(rig) > 5 }
            }
        }

        @Test("fills during an outage of the link are found")
        func fillsInTheDark() throws {
            let rig = try LiveRig()
            try rig.becomesLive()
            try rig.daemon.eventually("orders fill") { try executions(rig) > 2 }
            // It drops the connection as soon as an order works.
            try check(LiveFault("order fill-while-disconnected"), rig)
            try check(LiveFault("error 1100", "error 1102", states: LiveFault.relink), rig)
            try rig.gateway.perform("order id-rollback 5")
            try check(LiveFault("restart 1s", isRepeated: true), rig)
            let before = try executions(rig)
            try rig.daemon.eventually("orders fill again") { try executions(rig) > before + 2 }
            try finish(rig)
        }

        private func run(_ faults: [LiveFault], then: (LiveRig) throws -> Void = { _ in }) throws {
            let rig = try LiveRig()
            try rig.becomesLive()
            for fault in faults { try check(fault, rig) }
            try then(rig)
            try finish(rig)
        }

        private func check(_ fault: LiveFault, _ rig: LiveRig) throws {
            let before = try rig.states().count
            let sessions = try liveSessions(rig)
            for step in fault.faults {
                try rig.gateway.perform(step)
                if step == "error 1100" || step == "error 2110" {
                    try rig.daemon.eventually("the loss of the link is noticed") {
                        try rig.session()["state"] == "lost"
                    }
                }
            }
            if fault.states == LiveFault.reconnection {
                try rig.daemon.eventually("a new session after \(fault.testDescription)") {
                    try liveSessions(rig) > sessions
                }
            }
            try rig.becomesLive("live again after \(fault.testDescription)")
            var states = Array(try rig.states().dropFirst(before))
            if fault.leadsToComparison { states.removeAll { $0 == "reconciling" || $0 == "live" } }
            #expect(
                (fault.isRepeated ? Self.withoutVainAttempts(states) : states) == fault.states,
                "\(fault.testDescription)")
        }

        /// The books agree, no execution is booked twice, and the daemon ends in order with nothing at work.
        private func finish(_ rig: LiveRig) throws {
            try rig.daemon.eventually("the books are ready") { try rig.session()["books"]?["ready"] == true }
            #expect(try rig.session()["books"]?["drift"]?.arrayValue?.isEmpty == true)
            #expect(try rig.daemon.stop() == 0)
            let trail = try AuditTrail(rig.daemon.state + "/audit")
            // A corrected execution is taken back, by its own number, before it is booked anew.
            let executions = trail.indices(.orderFill).map { trail.lines[$0].data }
                .filter { $0["last_qty"]?.stringValue?.hasPrefix("-") == false }
                .compactMap { $0["raw"]?.stringValue }
            #expect(Set(executions).count == executions.count, "no execution is booked twice")
        }

        private func liveSessions(_ rig: LiveRig) throws -> Int {
            try rig.session()["messages"]?["live_sessions"]?.integerValue ?? 0
        }

        private func executions(_ rig: LiveRig) throws -> Int {
            try rig.session()["books"]?["executions"]?.integerValue ?? 0
        }

        /// Attempts that led back to `backoff` are taken out.
        private static func withoutVainAttempts(_ states: [String]) -> [String] {
            var kept: [String] = []
            for state in states {
                if state == "backoff", let first = kept.firstIndex(of: "backoff") {
                    kept.removeSubrange((first + 1)...)
                } else {
                    kept.append(state)
                }
            }
            return kept
        }
    }
}
