import Glibc
import Platform

/// Why it is not clear which daemon is meant.
public enum SocketLocatorError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No socket anywhere.
    case noneFound
    /// More than one daemon lives; their sockets.
    case ambiguous([String])
    /// A profile's name is not one (a file name without slash).
    case invalidProfile(String)
    /// Looking failed.
    case system(SystemError)

    /// One sentence for the operator, and what to do.
    public var description: String {
        switch self {
        case .noneFound: "no daemon found; name one with --socket or --profile"
        case .ambiguous(let paths):
            "several daemons are running; name one with --socket or --profile: "
                + paths.joined(separator: ", ")
        case .invalidProfile(let name): "'\(name)' is not a profile"
        case .system(let error): error.description
        }
    }
}

/// Finds the daemon that a command means.
///
/// In this order: the socket given, the profile given, `TRADINGD_SOCKET`, `PROFILE`, the user's own sockets,
/// the services' sockets. The first that is given decides; of the last two, the first with a living daemon.
public struct SocketLocator: Sendable {
    private let environment: Environment
    private let paths: SocketPaths

    /// Looks with these rules.
    public init(environment: Environment = .process, paths: SocketPaths? = nil) {
        self.environment = environment
        self.paths = paths ?? SocketPaths(environment: environment)
    }

    /// The socket to connect to; it need not be there when it was named.
    ///
    /// - Parameters:
    ///   - socket: of `--socket`.
    ///   - profile: of `--profile`.
    public func locate(socket: String? = nil, profile: String? = nil) throws(SocketLocatorError) -> String {
        if let socket { return socket }
        if let profile { return try path(ofProfile: profile) }
        if let socket = environment["TRADINGD_SOCKET"] { return socket }
        if let profile = environment["PROFILE"] { return try path(ofProfile: profile) }
        for group in [userSockets(), paths.serviceSockets()] {
            if let path = try only(of: group) { return path }
        }
        throw .noneFound
    }

    /// Every socket behind which a daemon may live, the one of the environment first: for reaching all of them.
    ///
    /// One that does not let us in, or cannot be looked at, is among them: that it could not be reached has to be said.
    public func possibleSockets() -> [String] {
        var candidates = [environment["TRADINGD_SOCKET"]].compactMap(\.self)
        candidates += userSockets()
        candidates += paths.serviceSockets()
        var seen: Set<String> = []
        return candidates.filter { path in
            guard seen.insert(path).inserted else { return false }
            do throws(SocketLocatorError) {
                switch try presence(at: path) {
                case .live, .denied: return true
                case .dead, .absent: return false
                }
            } catch {
                return true
            }
        }
    }

    /// The user's own daemon with that profile if it lives, else the service's if there is one.
    private func path(ofProfile profile: String) throws(SocketLocatorError) -> String {
        guard !profile.contains("/"), profile != ".", profile != "..", !profile.isEmpty else {
            throw .invalidProfile(profile)
        }
        let own = "\(paths.userDirectory)/\(profile).sock"
        let service = paths.servicePath(profile: profile)
        let isOurs = userSockets().contains(own)
        if isOurs, try presence(at: own) == .live { return own }
        // A socket in a directory that others may write is never returned.
        if !isOurs && access(own, F_OK) == 0 { return service }
        return try presence(at: service) == .absent ? own : service
    }

    /// The only living one; without any, the only one that may live but does not let us in.
    private func only(of candidates: [String]) throws(SocketLocatorError) -> String? {
        var live: [String] = []
        var denied: [String] = []
        for path in candidates {
            switch try presence(at: path) {
            case .live: live.append(path)
            case .denied: denied.append(path)
            case .dead, .absent: break
            }
        }
        let found = live.isEmpty ? denied : live
        guard found.count <= 1 else { throw .ambiguous(found) }
        return found.first
    }

    private func userSockets() -> [String] {
        do throws(ControlServerError) {
            return try paths.userSockets()
        } catch {
            // A directory that vanished or cannot be looked at holds no socket of ours.
            return []
        }
    }

    private func presence(at path: String) throws(SocketLocatorError) -> UnixSocket.Presence {
        do throws(SystemError) {
            return try UnixSocket.presence(at: path)
        } catch {
            // A path that fits no address has no daemon.
            if error.code == ENAMETOOLONG { return .absent }
            throw .system(error)
        }
    }
}
