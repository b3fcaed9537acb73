import ExactJSON
import Glibc
import Platform
import Testing

/// A simulated gateway as a process, with a socket for faults.
final class RunningGateway {
    let process: ChildProcess
    let port: UInt16
    private let control: RawClient

    init(_ sandbox: Sandbox, name: String = "gateway", _ arguments: [String]) throws {
        let path = sandbox.path(name + ".sock")
        process = try sandbox.start(
            Products.tradingd, ["gateway", "--port", "0", "--control", path] + arguments)
        let deadline = MonotonicClock.now() + 30_000_000_000
        var port: UInt16?
        while port == nil, MonotonicClock.now() < deadline, !process.hasExited(within: 5) {
            port = try process.output.split(separator: "\n").first?
                .split(separator: ":").last.flatMap { UInt16($0) }
        }
        let errors = try process.errors
        self.port = try #require(port, "the gateway listens: \(errors)")
        control = try RawClient(path)
    }

    deinit { process.end() }

    /// Performs a fault, which must be one.
    func perform(_ fault: String) throws {
        let answer = try ask(fault)
        #expect(answer == "ok", "\(fault): \(answer)")
    }

    /// What it counts.
    func status() throws -> JSONValue { try JSONParser.parse(try ask("status")) }

    /// Messages of a number that it has sent.
    func sent(_ message: Int) throws -> Int {
        try status()["sent"]?["\(message)"]?.integerValue ?? 0
    }

    private func ask(_ line: String) throws -> String {
        control.send(Array((line + "\n").utf8))
        return try control.line()
    }
}

/// A daemon in mode ibkr and the gateway it is connected to.
final class LiveRig {
    let sandbox: Sandbox
    let gateway: RunningGateway
    let daemon: RunningDaemon

    /// The shipped configuration, impatient, against a gateway of those arguments.
    ///
    /// - Parameters:
    ///   - keepsBooks: whether the gateway writes its books to `gateway` in the sandbox.
    ///   - isRestless: whether the strategy follows every move of the market.
    ///   - followsLadder: whether quotes come from the ladder, which may be asked for after every connection; tick by tick may
    ///     once in 15 s.
    convenience init(
        gateway: [String] = ["--symbol", "XAUUSD", "--rate", "400"], keepsBooks: Bool = false,
        isRestless: Bool = false, followsLadder: Bool = false, limitPrice: String = "touch"
    ) throws {
        try self.init(gateway: gateway, keepsBooks: keepsBooks, faults: []) { _, port in
            Self.impatience(port: port, limitPrice: limitPrice)
                + (followsLadder
                    ? [("settings.yaml", "type: CMDTY", "type: CMDTY\n        quotes: depth")] : [])
                + (isRestless
                    ? [
                        ("settings.yaml", "threshold_ticks: 1 #", "threshold_ticks: 0 #"),
                        ("settings.yaml", "exit_on_flat: false", "exit_on_flat: true"),
                        // What waits piles up, and what it fills: nothing of that is what is tried.
                        ("profiles/paper.yaml", "max_open_orders: 10", "max_open_orders: 5000"),
                        ("profiles/paper.yaml", "max_open_orders_total: 50", "max_open_orders_total: 5000"),
                        ("profiles/paper.yaml", "max_position: 20", "max_position: 1000000"),
                        ("profiles/paper.yaml", "  max_exposure: 100000", "  max_exposure: 9000000000"),
                        ("profiles/paper.yaml", "gross_exposure: 100000", "gross_exposure: 9000000000"),
                        ("profiles/paper.yaml", "account_equity: 100000", "account_equity: 9000000000"),
                        ("profiles/paper.yaml", "max_day_loss: 2000", "max_day_loss: 900000000"),
                        ("profiles/paper.yaml", "max_drawdown: 3000", "max_drawdown: 900000000"),
                        ("profiles/paper.yaml", "day_loss: {limit: 4000}", "day_loss: {limit: 900000001}"),
                        (
                            "profiles/paper.yaml", "drawdown: {limit: 6000}",
                            "drawdown: {limit: 900000001}\n    disconnect: {after: 30m}\n"
                                // Of quotes that come at once follow the same orders, of which the second is refused.
                                + "    reject_storm: {own: 0}\n"
                                + "    stale_feed: {after: 30m}"
                        ),
                    ] : [])
        }
    }

    /// Limits and waits of somebody who has no time.
    private static func impatience(
        port: UInt16, limitPrice: String
    ) -> [(file: String, old: String, new: String)] {
        [
            ("settings.yaml", "port: 7497 #", "port: \(port)\n    step_timeout: 5s\n    heartbeat: 3s #"),
            ("settings.yaml", "  stale_after: 2s", "  retry_after: 500ms\n  stale_after: 2s"),
            // Books are compared where something calls for it, so that a test knows when.
            ("settings.yaml", "limit_price: touch", "reconcile_every: 0s\n  limit_price: \(limitPrice)"),
            ("profiles/paper.yaml", "throttle_max: 20", "throttle_max: 100000"),
            // An impatient strategy on a fast market repeats itself.
            ("profiles/paper.yaml", "duplicate_window: 1s", "duplicate_window: 1ms"),
            ("profiles/paper.yaml", "refuse_self_cross: true", "refuse_self_cross: false"),
            ("profiles/paper.yaml", "orders_per_second: 10", "orders_per_second: 10000"),
            ("profiles/paper.yaml", "messages_per_second: 40", "messages_per_second: 10000"),
            ("profiles/paper.yaml", "max_repeats: 1000", "max_repeats: 900000"),
            ("profiles/paper.yaml", "max_orders_day: 2000", "max_orders_day: 1000000"),
        ]
    }

    /// The shipped configuration with changes, against a gateway of those arguments.
    ///
    /// - Parameters:
    ///   - faults: done to the gateway before the daemon is there.
    ///   - changes: to the configuration there, where the gateway has that port; see `Sandbox.configuration`.
    init(
        gateway: [String], keepsBooks: Bool = false, faults: [String],
        changes: (Sandbox, UInt16) -> [(file: String, old: String, new: String)]
    ) throws {
        sandbox = try Sandbox()
        self.gateway = try RunningGateway(
            sandbox, gateway + (keepsBooks ? ["--state", sandbox.path("gateway")] : []))
        for fault in faults { try self.gateway.perform(fault) }
        let port = self.gateway.port
        let configuration = try sandbox.configuration(
            changes(sandbox, port) + [("profiles/paper.yaml", "port: 7497", "port: \(port)")])
        daemon = try RunningDaemon(
            sandbox, configuration: configuration, "--mode", "ibkr", "--profile", "paper")
    }

    /// The gateway's session as `tradectl status` tells it.
    func session() throws -> JSONValue { try daemon.json("status")["gateway"] ?? .null }

    /// Waits until the session is live and quotes come.
    func becomesLive(_ what: String = "the session is live") throws {
        try daemon.eventually(what) {
            let session = try session()
            return session["state"] == "live"
        }
        let before = try ticks()
        try daemon.eventually("quotes come after: \(what)") { try ticks() > before + 10 }
    }

    /// Quotes on the bus so far.
    func ticks() throws -> Int { try daemon.json("status")["events"]?["tick"]?.integerValue ?? 0 }

    /// The states of the session in their order, by the daemon's log.
    func states() throws -> [String] {
        try daemon.process.output.split(separator: "\n").compactMap { line in
            guard line.contains("gateway.session") else { return nil }
            return try JSONParser.parse(String(line))["context"]?["to"]?.stringValue
        }
    }
}
