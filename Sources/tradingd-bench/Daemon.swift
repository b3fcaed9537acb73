import Benchmarking
import ExactJSON
import Glibc
import Platform

/// The daemon under test: the real program, one process a run, in directories of its own.
final class Daemon {
    /// What one replay did and cost.
    struct Replay {
        let end: Child.End
        /// Market events delivered.
        let marketEvents: Int
        /// Bars closed by the engines.
        let bars: Int
        let signals: Int
        let ordersSent: Int
        let auditLines: Int
        /// Hash of the last audit line: the same for the same input.
        let auditHead: String
        /// `nil` without the counter.
        let allocations: AllocationReport?
    }

    /// The settings that figures vary.
    struct Settings: Sendable {
        /// Ticks of momentum that make a signal: decides how many orders there are.
        var thresholdTicks = "1"
        /// Accepted orders per symbol in 60 s.
        var throttle = 20
        var strategy = true
        /// Length of a bar.
        var bar = "60s"
    }

    let program: String
    private let counter: String
    private let scratch: Scratch
    private var runs = 0

    init(program: String, counter: String, scratch: Scratch) throws {
        for file in [program, counter] where access(file, R_OK) != 0 {
            throw BenchmarkFault("\(file) is missing: build everything first (scripts/bench does)")
        }
        self.program = program
        self.counter = counter
        self.scratch = scratch
    }

    /// Replays recordings at full speed and waits for the end.
    ///
    /// - Parameter countsAllocations: with the counter in front of malloc; such a run gives no times.
    func replay(
        _ input: ReplayInput, passes: Int, _ settings: Settings, countsAllocations: Bool = false
    ) throws -> Replay {
        runs += 1
        // All of one length: that of its paths decides what a start allocates.
        let run = try scratch.directory("run-\(1_000_000 + runs)")
        defer { Scratch.remove(run) }
        var environment = try Self.environment(in: run)
        if countsAllocations {
            environment["LD_PRELOAD"] = counter
            environment["TRADINGD_ALLOCATIONS"] = run + "/allocations"
        }
        let arguments =
            [
                "--config", try Self.writeConfiguration(settings, in: run), "--profile", "dev", "--mode",
                "replay",
                "--speed", "max", "--state", run + "/state", "--summary", run + "/summary.json",
            ] + input.arguments(passes: passes)
        let child = try Child(
            program, arguments, environment: environment, output: run + "/out", errors: run + "/err")
        let end = try child.wait()
        guard end.exitCode == 0 else {
            let errors = (try DurableFile.read(run + "/err") ?? []).prefix(2_000)
            throw BenchmarkFault(
                "tradingd exited \(end.exitCode): \(String(decoding: errors, as: UTF8.self))")
        }
        return try Self.replay(end, run, countsAllocations)
    }

    /// Starts mode sim; `READY=1` goes to the socket at `notify`.
    func startSimulation(in run: String, notify: String) throws -> Child {
        var environment = try Self.environment(in: run)
        environment["NOTIFY_SOCKET"] = notify
        let arguments = [
            "--config", try Self.writeConfiguration(Settings(), in: run), "--profile", "dev", "--mode", "sim",
            "--state", run + "/state", "--socket", run + "/control.sock",
        ]
        return try Child(
            program, arguments, environment: environment, output: run + "/out", errors: run + "/err")
    }

    /// Starts a replay at full speed that does not end, with room for many clients.
    func startReplay(in run: String, _ input: ReplayInput) throws -> Child {
        let environment = try Self.environment(in: run)
        let configuration = try Self.writeConfiguration(
            Settings(), in: run, more: "control: {max_clients: 64}\n")
        let arguments =
            [
                "--config", configuration, "--profile", "dev", "--mode", "replay", "--speed", "max",
                "--state",
                run + "/state", "--socket", run + "/control.sock",
            ] + input.arguments(passes: 1_000_000)
        return try Child(
            program, arguments, environment: environment, output: run + "/out", errors: run + "/err")
    }

    /// Starts mode ibkr against a gateway on this machine: every quote is followed, every limit is wide.
    func startWithGateway(in run: String, port: UInt16) throws -> Child {
        let environment = try Self.environment(in: run)
        let settings = Settings(throttle: 1_000_000)
        let configuration = try Self.writeConfiguration(settings, in: run, more: Self.gateway(port))
        let arguments = [
            "--config", configuration, "--profile", "paper", "--mode", "ibkr", "--state", run + "/state",
            "--socket", run + "/control.sock",
        ]
        return try Child(
            program, arguments, environment: environment, output: run + "/out", errors: run + "/err")
    }

    private static func gateway(_ port: UInt16) -> String {
        """
        providers:
          ibkr:
            host: 127.0.0.1
            port: \(port)
            client_id: 7
            requests_per_second: 10000
            contracts:
              XAUUSD: {type: CMDTY, exchange: SMART, trades: "off", depth_rows: 0}

        """
    }

    private static func replay(_ end: Child.End, _ run: String, _ countsAllocations: Bool) throws -> Replay {
        guard let bytes = try DurableFile.read(run + "/summary.json") else {
            throw BenchmarkFault("tradingd wrote no summary")
        }
        let summary = try JSONParser.parse(bytes)
        func count(_ group: String, _ name: String) -> Int { summary[group]?[name]?.integerValue ?? 0 }
        let market = ["tick", "trade", "dom_delta", "dom_snapshot"].reduce(0) { $0 + count("events", $1) }
        var allocations: AllocationReport?
        if countsAllocations {
            let text = String(decoding: try DurableFile.read(run + "/allocations") ?? [], as: UTF8.self)
            guard let report = AllocationReport(text) else {
                throw BenchmarkFault(
                    "the allocation counter left no report: it was not loaded, or the daemon died")
            }
            allocations = report
        }
        return Replay(
            end: end, marketEvents: market, bars: count("events", "delta_bar"),
            signals: summary["signals"]?.integerValue ?? 0, ordersSent: count("orders", "sent"),
            auditLines: count("audit", "lines"), auditHead: summary["audit"]?["head"]?.stringValue ?? "",
            allocations: allocations)
    }

    /// Nothing of the machine's own state or sockets can be met.
    private static func environment(in run: String) throws -> [String: String] {
        for name in ["home", "run", "state"] { try DurableFile.makeDirectories(run + "/" + name) }
        return [
            "PATH": "/usr/bin:/bin", "HOME": run + "/home", "XDG_RUNTIME_DIR": run + "/run",
            "XDG_STATE_HOME": run + "/state",
        ]
    }

    private static func writeConfiguration(
        _ settings: Settings, in run: String, more: String = ""
    ) throws -> String {
        try DurableFile.makeDirectories(run + "/config/profiles")
        try PlainFile(run + "/config/settings.yaml").write(Array((yaml(settings) + more).utf8))
        try PlainFile(run + "/config/profiles/dev.yaml").write(Array("env: dev\n".utf8))
        try PlainFile(run + "/config/profiles/paper.yaml").write(Array(paper.utf8))
        return run + "/config"
    }

    /// A profile that insists on every limit: so wide that none is met.
    private static let paper = """
        env: paper
        risk:
          max_order_notional: 1000000000
          max_position: 100000
          max_ref_age: 1h
          max_ref_spread_bps: 100000
          account_equity: 5000000000
          max_day_loss: 1000000000
          max_drawdown: 1000000000
          max_open_orders: 10000
          max_open_orders_total: 100000
          refuse_self_cross: false
          max_clock_error: 0s # nobody looks: a machine that measures need not keep the time
          duplicate_window: 1us
          orders_per_second: 1000000
          messages_per_second: 1000000
          max_repeats: 999999999
          max_orders_day: 1000000000

        """

    private static func yaml(_ settings: Settings) -> String {
        """
        env: dev
        symbols: [XAUUSD]
        instruments:
          XAUUSD: {tick_size: 0.01, lot_size: 1}
          BTCUSDT: {tick_size: 0.1, lot_size: 0.001, currency: USDT}
          SPY: {tick_size: 0.01, lot_size: 1}
        telemetry: {log_level: warning}
        risk:
          whitelist: [XAUUSD, BTCUSDT, SPY]
          max_size: 1000
          max_exposure: 1000000000
          max_gross_exposure: 5000000000
          throttle_max: \(settings.throttle)
          price_collar_bps: 1000
          passive_band_bps: 1000
          fx: {USDT: 1}
        strategy:
          enabled: \(settings.strategy)
          threshold_ticks: \(settings.thresholdTicks)
          sizes: {BTCUSDT: 0.01}
        order_flow: {bar: \(settings.bar), bars_kept: 64}
        audit: {durability: process}

        """
    }
}
