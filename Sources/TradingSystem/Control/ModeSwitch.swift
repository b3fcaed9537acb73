import Audit
import Configuration
import ControlPlane
import ExactJSON
import Logging
import Telemetry
import TradingModel

/// A change of mode at run time: stop strategies → cancel working orders → drain → close → open → disarmed or running.
///
/// Everything that can refuse is checked before the session at work is touched.
struct ModeSwitch {
    let daemon: Daemon

    /// Runs on the life-cycle queue.
    ///
    /// - Returns: the session that has begun.
    func run(_ call: RPCCall, by actor: String) throws(RPCError) -> RunningSession {
        guard let mode = Mode(named: try call.requiredString("mode")) else {
            throw .invalidParams([ParameterIssue("mode", "none of sim, replay, ibkr")])
        }
        // A replay's kill switch is its own: what follows would not know that the profile's is engaged.
        guard daemon.options.mode != .replay else {
            throw .conflict("this process was started as a replay: start the daemon in mode \(mode.rawValue)")
        }
        if let running = daemon.current?.session.mode, Self.isRefused(mode, running, daemon.settings.profile)
        {
            throw .conflict(
                "mode \(mode.rawValue) runs already: a new session would count the day from nothing")
        }
        var options = daemon.options
        options.mode = mode
        options.files = call.string("file").map { [$0] } ?? []
        // What the command line said of its own recording does not hold for another one.
        options.repeats = nil
        let plan: FeedPlan
        do throws(LaunchError) {
            try Daemon.check(daemon.settings, mode)
            plan = try FeedPlan(daemon.settings, mode: mode, options: options)
        } catch {
            throw refusal(error)
        }
        let (wasRunning, unconfirmed) = end(for: mode, call, by: actor)
        do throws(LaunchError) {
            try daemon.begin(plan, mode: mode, mayArmItself: wasRunning && unconfirmed.isEmpty)
        } catch {
            daemon.log.error("Mode switch failed; no session is at work", metadata: ["reason": "\(error)"])
            throw .conflict("the old session is over and the new one cannot start: \(error); switch again")
        }
        guard let new = daemon.current else { throw .internalError(reference: "mode-switch") }
        if !unconfirmed.isEmpty {
            new.session.standsInTheWay(
                "orders may still work at the broker: \(unconfirmed.joined(separator: ", "))")
        }
        daemon.log.record(
            .modeSwitched,
            [
                "actor": "\(actor)", "mode": "\(mode.rawValue)",
                "session": .stringConvertible(Int(new.session.number)),
            ])
        return new
    }

    /// Whether a switch would only make a market's own session anew, and everything that is limited by day with it.
    static func isRefused(_ mode: Mode, _ running: Mode, _ profile: Profile) -> Bool {
        mode == running && (profile == .prod || mode == .ibkr)
    }

    /// Ends the session at work, if there is one: a switch that failed before leaves none.
    ///
    /// - Returns: whether trading was allowed until now, and orders left at the broker whose end nobody knows.
    private func end(for mode: Mode, _ call: RPCCall, by actor: String) -> (Bool, unconfirmed: [String]) {
        guard let old = daemon.current?.session else { return (false, []) }
        let wasRunning = old.state == .running
        old.write(.modeChange, at: old.now()) { json in
            json.beginObject()
            json.key("by")
            json.string(actor)
            json.key("from")
            json.string(old.mode.rawValue)
            json.key("to")
            json.string(mode.rawValue)
            json.key("reason")
            json.string(call.reason ?? "")
            json.endObject()
        }
        let ended = daemon.endSession(reason: "mode switch to \(mode.rawValue)")
        return (wasRunning, ended?.unconfirmed ?? [])
    }

    private func refusal(_ error: LaunchError) -> RPCError {
        switch error {
        case .unavailable: .brokerDown(error.description)
        case .usage, .input, .data: .invalidParams([ParameterIssue("file", error.description)])
        default: .conflict(error.description)
        }
    }
}
