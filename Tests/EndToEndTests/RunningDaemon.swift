import ControlPlane
import ExactJSON
import Glibc
import Platform
import Testing

/// A `tradingd` at work.
final class RunningDaemon {
    let sandbox: Sandbox
    let process: ChildProcess
    let socket: String
    let state: String

    /// Starts it and waits until it answers with a session.
    ///
    /// - Parameters:
    ///   - state: name of its state directory in the sandbox; a restart takes the same.
    ///   - arguments: after `--config`, `--socket` and `--state`.
    init(
        _ sandbox: Sandbox, configuration: String = Repository.configuration, state: String = "daemon",
        _ arguments: String...
    ) throws {
        self.sandbox = sandbox
        self.state = sandbox.path(state)
        socket = sandbox.path(state + ".sock")
        process = try sandbox.start(
            Products.tradingd,
            ["--config", configuration, "--socket", socket, "--state", self.state] + arguments)
        try eventually("tradingd answers") { try answer("status") != nil }
    }

    // Before the sandbox goes: a daemon at work would write into directories that are being removed.
    deinit { process.end() }

    /// Asks again and again until `condition` holds; fails at once when the daemon has ended.
    func eventually(
        _ what: String, seconds: UInt64 = 60, _ condition: () throws -> Bool
    ) throws {
        let deadline = MonotonicClock.now() + seconds * 1_000_000_000
        while !(try condition()) {
            try #require(MonotonicClock.now() < deadline, "not within \(seconds) s: \(what)")
            let hasExited = process.hasExited(within: 20)
            let errors = hasExited ? try process.errors : ""
            try #require(!hasExited, "tradingd ended before: \(what): \(errors)")
        }
    }

    /// The answer to a call; `nil` while nobody listens or the part that answers is not up.
    func answer(_ method: String) throws -> JSONValue? {
        var client = ControlClient(path: socket)
        do throws(ControlClientError) {
            return try client.call(method: method, timeout: .seconds(30))
        } catch {
            switch error {
            case .noDaemon, .disconnected: return nil
            case .remote(let remote) where remote.code == -32005 || remote.code == -32002: return nil
            default: throw error
            }
        }
    }

    /// Runs `tradectl` against this daemon.
    func tradectl(_ arguments: String...) throws -> Ended {
        try sandbox.run(Products.tradectl, arguments + ["--socket", socket, "--timeout", "60"])
    }

    /// Runs `tradectl … --json`, which must succeed.
    func json(_ arguments: String...) throws -> JSONValue {
        let ended = try sandbox.run(
            Products.tradectl, arguments + ["--socket", socket, "--timeout", "60", "--json"])
        try #require(ended.exitCode == 0, "\(arguments): \(ended.errors)")
        return try JSONParser.parse(ended.output)
    }

    /// State of the life cycle.
    var lifeCycle: String? { get throws { try json("status")["state"]?.stringValue } }

    /// Orders that work at this moment.
    func workingOrders() throws -> Int {
        try answer("status")?["orders"]?["working"]?.integerValue ?? 0
    }

    /// Orders sent so far in the session.
    func sentOrders() throws -> Int { try answer("status")?["orders"]?["sent"]?.integerValue ?? 0 }

    /// Ends it in order.
    ///
    /// - Returns: its exit code.
    func stop() throws -> Int32 {
        process.terminate()
        return try process.exitCode()
    }

    /// Ends it as a crash would.
    func crash() throws {
        process.kill()
        #expect(try process.exitCode() == -SIGKILL)
    }
}
