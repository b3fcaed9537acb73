import ArgumentParser
import ControlPlane
import ExactJSON
import Glibc
import Platform

/// `tradectl killswitch drill`
struct DrillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Engages for practice, measures, releases and arms again; never under prod.",
        discussion: """
            Waits until orders of the strategy are at work, so that there is something to cancel. What was measured is kept in \
            the audit log as the reason of the release.
            """)

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "Seconds to wait for an order at work; without one the latch alone is measured.")
    var wait: Double = 30

    func run() throws {
        try check(try connection.call("status"))
        let working = try waitForOrders()
        let drill = try engage()
        let report = DrillReport(drill.result, working: working, sentAt: drill.sentAt, heardAt: drill.heardAt)
        guard drill.result["changed"]?.boolValue == true, let own = drill.result["generation"]?.integerValue
        else { throw Self.overtaken("somebody engaged at the same moment") }
        var members: [JSONValue.Member] = []
        members.add("reason", "drill over: \(report.line)")
        // Nobody else's kill ends with the drill.
        members.add("generation", own)
        do {
            _ = try connection.call("killswitch.release", members, seconds: 10)
        } catch let failure as Failure {
            throw Self.overtaken(failure.message)
        }
        _ = try connection.call("mode.arm", [.init("reason", .string("drill over"))], seconds: 10)
        connection.show(report.json) { _ in report.text }
        guard report.isWhole else { throw Failure.partial("the drill left something unconfirmed") }
    }

    /// The drill cannot be ended: what holds is to be looked at.
    private static func overtaken(_ why: String) -> Failure {
        .partial("\(why): not released, not armed; look with: tradectl killswitch status")
    }

    /// A drill is for a daemon that trades, with money that is none.
    private func check(_ status: JSONValue) throws(Failure) {
        guard status["profile"]?.stringValue != "prod" else {
            throw Failure("no drill under prod", exitCode: 6)
        }
        guard status["killswitch"]?["engaged"]?.boolValue == false, status["state"]?.stringValue == "running"
        else {
            throw Failure("a drill begins with a daemon that trades and is not killed", exitCode: 6)
        }
    }

    /// - Returns: orders at work.
    private func waitForOrders() throws -> Int {
        let deadline = MonotonicClock.now() + UInt64(max(0, min(wait, 3_600)) * 1e9)
        while true {
            let working = try connection.call("status")["orders"]?["working"]?.integerValue ?? 0
            if working > 0 || MonotonicClock.now() >= deadline { return working }
            _ = poll(nil, 0, 50)
        }
    }

    private func engage() throws -> (result: JSONValue, sentAt: UInt64, heardAt: UInt64) {
        let heardAt = Locked<UInt64>(0)
        var client = ControlClient(path: try connection.path())
        client.onNotification = { _, _ in heardAt.withLock { $0 = MonotonicClock.now() } }
        do throws(ControlClientError) {
            let sentAt = MonotonicClock.now()
            let result = try client.call(
                method: "killswitch.engage", params: ["reason": "drill"],
                timeout: .milliseconds(Int64(max(connection.timeout, Engagement.patience) * 1_000)))
            return (result, sentAt, heardAt.withLock { $0 })
        } catch {
            throw Failure(error)
        }
    }
}

/// What a drill has measured, from the moment before the request was sent.
private struct DrillReport {
    private let working: Int
    private let cancelled: Int
    private let unconfirmed: Int
    /// Nanoseconds, by name, in their order.
    private let times: [(name: String, nanoseconds: UInt64)]

    init(_ result: JSONValue, working: Int, sentAt: UInt64, heardAt: UInt64) {
        self.working = working
        cancelled = result["cancelled"]?.integerValue ?? 0
        unconfirmed = result["unconfirmed"]?.integerValue ?? 0
        func since(_ moment: Int?) -> UInt64 {
            let moment = UInt64(moment ?? 0)
            return moment > sentAt ? moment - sentAt : 0
        }
        let moments = result["monotonic_ns"]
        times = [
            ("latched", since(moments?["latched"]?.integerValue)),
            ("seen", since(moments?["seen"]?.integerValue)),
            ("cancels_sent", since(moments?["cancels_sent"]?.integerValue)),
            ("heard", since(Int(heardAt))), ("zero", since(moments?["zero"]?.integerValue)),
        ]
    }

    var isWhole: Bool { unconfirmed == 0 }

    /// In one line, for the audit log.
    var line: String {
        times.map { "\($0.name) \(Self.milliseconds($0.nanoseconds)) ms" }.joined(separator: ", ")
            + "; \(working) at work, \(cancelled) cancelled, \(unconfirmed) unconfirmed"
    }

    var text: String {
        var fields = Fields()
        for time in times { fields.add(time.name, "\(Self.milliseconds(time.nanoseconds)) ms") }
        fields.add("orders", "\(working) at work   \(cancelled) cancelled   \(unconfirmed) unconfirmed")
        return "DRILL — engaged, released, armed again\n" + fields.text
    }

    var json: JSONValue {
        var members = times.map { JSONValue.Member($0.name + "_ns", .number(String($0.nanoseconds))) }
        for (name, number) in [("working", working), ("cancelled", cancelled), ("unconfirmed", unconfirmed)] {
            members.append(.init(name, .number(String(number))))
        }
        return .object(members)
    }

    /// To the microsecond.
    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        let rest = String(nanoseconds / 1_000 % 1_000 + 1_000).dropFirst()
        return "\(nanoseconds / 1_000_000).\(rest)"
    }
}
