import Blotter
import Configuration
import Glibc
import Platform

/// Where a session keeps what must survive it.
///
/// Every mode has its own state and audit directories, so that nothing simulated enters a real session. The
/// kill switch is shared by all modes of a profile but replay: it survives a mode change.
public struct StatePaths: Sendable, Equatable {
    /// Session counter and other state of this mode.
    public let state: String
    /// Audit log of this mode.
    public let audit: String
    /// Journals of this mode's sessions.
    public let journal: String
    /// File of the kill switch.
    public let killSwitch: String
    /// The blotter of this mode.
    public var blotter: String { state + "/" + BlotterFile.name }

    /// Places for `mode`.
    ///
    /// - Service (`STATE_DIRECTORY`, `LOGS_DIRECTORY` from systemd): `STATE/MODE`, `LOGS/audit` for ibkr and
    ///   `LOGS/MODE/audit` otherwise.
    /// - User: `$XDG_STATE_HOME/tradingd/PROFILE/MODE`, audit inside.
    /// - `audit.directory`: the log of ibkr; other modes have a folder of their name inside.
    /// - `recorder.directory`: the same for journals; without it they are in the mode's state directory.
    /// - Replay: a fresh directory `…/replay/STAMP-PID`, its kill switch inside, unless one is chosen.
    /// - A directory `chosen` at the start is that of the `first` mode; a mode switched to later has its own
    ///   inside it.
    public init(
        settings: Settings, mode: Mode, environment: [String: String], chosen: String?, first: Mode,
        stamp: String
    ) {
        let base = chosen ?? settings.state.directory ?? Self.base(settings.profile, environment)
        let folder = mode == .replay ? "replay/\(stamp)-\(getpid())" : mode.rawValue
        if let chosen, mode == first {
            state = chosen
            audit = chosen + "/audit"
        } else {
            state = "\(base)/\(folder)"
            if chosen == nil, let directory = settings.audit.directory {
                audit = mode == .ibkr ? directory : "\(directory)/\(folder)"
            } else {
                audit = Self.auditDirectory(mode, state: state, chosen == nil ? environment : [:])
            }
        }
        if chosen == nil, let directory = settings.recorder.directory {
            journal = mode == .ibkr ? directory : "\(directory)/\(folder)"
        } else {
            journal = state + "/journal"
        }
        killSwitch = (mode == .replay ? state : base) + "/killswitch.json"
    }

    private static func base(_ profile: Profile, _ environment: [String: String]) -> String {
        // systemd lists several directories with colons; the first is ours.
        if let service = environment["STATE_DIRECTORY"]?.split(separator: ":").first {
            return String(service)
        }
        let home = environment["HOME"] ?? "/tmp"
        let state = environment["XDG_STATE_HOME"] ?? home + "/.local/state"
        return "\(state)/tradingd/\(profile.rawValue)"
    }

    private static func auditDirectory(
        _ mode: Mode, state: String, _ environment: [String: String]
    ) -> String {
        guard mode != .replay, let logs = environment["LOGS_DIRECTORY"]?.split(separator: ":").first else {
            return state + "/audit"
        }
        return mode == .ibkr ? "\(logs)/audit" : "\(logs)/\(mode.rawValue)/audit"
    }
}

/// Counts the sessions of a state directory, so that client order ids are unique for ever.
enum SessionCounter {
    /// The number of the session that begins now, from 1; durable before it is returned.
    ///
    /// - Throws: `LaunchError` when the file cannot be read, understood or written.
    static func next(in directory: String) throws(LaunchError) -> UInt32 {
        let path = directory + "/session"
        do {
            try DurableFile.makeDirectories(directory)
            let text =
                try DurableFile.read(path, limit: 64).map { String(decoding: $0, as: UTF8.self) } ?? "0\n"
            guard let last = UInt32(text.dropLast(text.hasSuffix("\n") ? 1 : 0)), last < .max else {
                throw LaunchError.data("\(path): not a session number")
            }
            try DurableFile.replace(path, with: Array("\(last + 1)\n".utf8))
            return last + 1
        } catch let error as SystemError {
            throw LaunchError.system(error.description)
        } catch let error as LaunchError {
            throw error
        } catch {
            throw LaunchError.system("\(error)")
        }
    }
}
