import Configuration
import Platform
import Risk
import Systemd
import TradingModel

/// The line that `systemctl status` shows of the daemon: mode and state, and before them whatever is killed.
struct ServiceStatus: Sendable {
    /// What systemd was told last.
    private let told = Locked("")

    /// Told with `READY=1` already.
    func began(_ text: String) { told.withLock { $0 = text } }

    /// - Returns: whether `text` is news, which it is once.
    func isNews(_ text: String) -> Bool {
        told.withLock { told in
            defer { told = text }
            return told != text
        }
    }

    /// In one line.
    static func text(mode: Mode, state: LifeCycle?, _ latches: KillLatches) -> String {
        let work = "mode \(mode.rawValue), \(state?.rawValue ?? "no session")"
        guard !latches.isEmpty else { return work }
        let kills = latches.latches.map { "\($0.level.name) \($0.scope.text) by \($0.actor)" }
        return "KILL SWITCH ENGAGED: \(kills.joined(separator: "; ")); \(work)"
    }
}

extension Daemon {
    /// What systemd is to show.
    var serviceStatus: String {
        ServiceStatus.text(mode: mode, state: current?.session.state, killSwitch.state.latches)
    }

    /// Tells systemd where the daemon stands, if it does not know yet.
    func tellStatus() {
        let text = serviceStatus
        if status.isNews(text) { tell(.status(text)) }
    }
}
