import Audit
import Configuration
import ControlPlane
import Dispatch
import ExactJSON
import Logging
import Messaging
import Platform
import Risk
import Systemd
import Telemetry
import TradingModel

/// What the daemon talks to: systemd, the control plane, signals.
extension Daemon {
    func engageBySignal() {
        killSwitch.latch(KillLatch(.halt, actor: "signal:USR2", reason: "signal", since: UTCClock.now()))
        log.critical("Kill switch engaged by signal")
        queues.killState.async { [killSwitch] in killSwitch.persistPending() }
    }

    /// The watchdog is fed only after the bus has let a query through.
    func proveProgress() {
        if let session = current?.session { _ = session.bus.query { $0.sequence } }
        tell(.watchdog)
        tellStatus()
    }

    func tell(_ notification: ServiceNotification) {
        do throws(SystemError) {
            try services.notify(notification)
        } catch {
            log.warning("systemd was not told", metadata: ["reason": "\(error)"])
        }
    }

    /// The control plane; a replay goes without one when the default place is taken.
    func startServer() throws(LaunchError) -> ControlServer? {
        do throws(ControlServerError) {
            let path: String
            if let chosen = settings.control.socket {
                path = chosen
            } else {
                path = try SocketPaths().serverPath(profile: settings.daemonProfile)
            }
            let server = try makeServer(path: path)
            try server.start()
            log.info("Control plane listens", metadata: ["socket": "\(path)"])
            return server
        } catch {
            if case .alreadyServed(let path) = error, options.mode == .replay, settings.control.socket == nil
            {
                log.warning(
                    "Replay without control plane: another daemon listens", metadata: ["socket": "\(path)"])
                return nil
            }
            throw LaunchError(error)
        }
    }

    private func makeServer(path: String) throws(ControlServerError) -> ControlServer {
        var limits = ControlLimits()
        limits.clients = settings.control.maxClients
        let identity = DaemonIdentity(version: ProductVersion.current, profile: settings.daemonProfile) {
            [weak self] in
            self?.mode.rawValue ?? "none"
        }
        return try ControlServer(
            path: path, queue: queues.control, work: queues.queries, identity: identity,
            roles: .ofThisProcess(profile: settings.daemonProfile),
            handlers: rpcMetrics.measuring(ControlMethods(daemon: self).handlers), limits: limits,
            observe: { [weak self] observation in self?.observe(observation) })
    }

    /// Mode of the session at work.
    var mode: Mode { current?.session.mode ?? options.mode }

    private func observe(_ observation: ControlObservation) {
        switch observation {
        case .connected: break
        case .turnedAway(let peer, let reason):
            log.record(.connectionRefused, ["uid": "\(peer.uid)", "reason": "\(reason)"])
        case .unauthorised(let caller, let method):
            rpcMetrics.refused(caller, method: method)
            log.record(.callRefused, ["uid": "\(caller.peer.uid)", "method": "\(method)"])
            note(.authDeny, caller, method, reason: nil)
        case .droppedNotification(let caller, let method):
            log.record(.notificationDropped, ["uid": "\(caller.peer.uid)", "method": "\(method)"])
            note(.authDeny, caller, method, reason: "mutating notification")
        case .mutating(let caller, let method, let reason):
            log.record(.callMade, ["uid": "\(caller.peer.uid)", "method": "\(method)"])
            // Engage is audited by its event, or afterwards.
            if method != "killswitch.engage" { note(.rpcCall, caller, method, reason: reason) }
        }
    }

    /// Away from the control queue, and ahead of what the call does: it may wait for the bus and the disk.
    private func note(_ type: AuditLineType, _ caller: Caller, _ method: String, reason: String?) {
        queues.operators.async { [weak self] in self?.record(type, caller, method, reason: reason) }
    }

    func record(_ type: AuditLineType, _ caller: Caller, _ method: String, reason: String?) {
        guard let session = current?.session else { return }
        // Who is refused must not be able to make others wait.
        let isWritten = session.note(type, waits: type != .authDeny) { json in
            json.beginObject()
            json.key("by")
            json.string("uid:\(caller.peer.uid)")
            json.key("pid")
            json.integer(caller.peer.pid)
            json.key("role")
            json.string(caller.role.rawValue)
            json.key("method")
            json.string(method)
            if let reason {
                json.key("reason")
                json.string(reason)
            }
            json.endObject()
        }
        if !isWritten {
            log.warning(
                "Call not in the audit log: the session is over",
                metadata: ["uid": "\(caller.peer.uid)", "method": "\(method)"])
        }
    }
}

extension Settings {
    /// The profile as the control plane names it.
    var daemonProfile: DaemonProfile {
        switch profile {
        case .dev: .dev
        case .paper: .paper
        case .prod: .prod
        }
    }
}

extension LaunchError {
    /// The control plane's refusal as a refusal to start.
    init(_ error: ControlServerError) {
        switch error {
        case .alreadyServed: self = .temporary("\(error)")
        case .unsafeDirectory: self = .permission("\(error)")
        case .pathTooLong, .notASocket: self = .configuration("\(error)")
        default: self = .system("\(error)")
        }
    }
}
