import Glibc
import Platform

/// Where sockets are, by rule: for the daemon that makes one and for the client that looks for it.
public struct SocketPaths: Sendable {
    private let environment: Environment
    private let uid: uid_t
    private let root: String

    /// The rules of this process.
    ///
    /// - Parameter root: put before `/run` and `/tmp`; for tests.
    public init(environment: Environment = .process, uid: uid_t = geteuid(), root: String = "") {
        self.environment = environment
        self.uid = uid
        self.root = root
    }

    /// The path at which a daemon with that profile serves; makes the user's directory where one is needed.
    ///
    /// `$RUNTIME_DIRECTORY/control.sock` under systemd, else `PROFILE.sock` in the user's socket directory.
    /// - Throws: `ControlServerError.unsafeDirectory` when the directory belongs to somebody else, is no
    ///   directory or may be written by others; `system`.
    public func serverPath(profile: DaemonProfile) throws(ControlServerError) -> String {
        if let directory = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first {
            return directory + "/control.sock"
        }
        let directory = userDirectory
        if mkdir(directory, 0o700) != 0 && errno != EEXIST { throw .system(SystemError("mkdir", directory)) }
        if let reason = try distrust(of: directory) { throw .unsafeDirectory(directory, reason: reason) }
        return "\(directory)/\(profile.rawValue).sock"
    }

    /// `$XDG_RUNTIME_DIR/tradingd`, else `/run/user/UID/tradingd` where that user directory exists, else
    /// `/tmp/tradingd-UID`.
    public var userDirectory: String {
        // The XDG specification: a relative path is invalid and to be ignored.
        if let directory = environment["XDG_RUNTIME_DIR"], directory.hasPrefix("/") {
            return directory + "/tradingd"
        }
        let runtime = "\(root)/run/user/\(uid)"
        return access(runtime, W_OK | X_OK) == 0 ? runtime + "/tradingd" : "\(root)/tmp/tradingd-\(uid)"
    }

    /// The socket of the service with that profile.
    public func servicePath(profile: String) -> String { "\(root)/run/tradingd-\(profile)/control.sock" }

    /// The sockets in the user's directory, sorted; none when the directory cannot be trusted.
    func userSockets() throws(ControlServerError) -> [String] {
        let directory = userDirectory
        guard access(directory, F_OK) == 0, try distrust(of: directory) == nil else { return [] }
        return Self.names(in: directory).filter { $0.hasSuffix(".sock") }.map { "\(directory)/\($0)" }
    }

    /// The sockets of services, `/run/tradingd-*/control.sock`, sorted; they need not exist.
    func serviceSockets() -> [String] {
        Self.names(in: "\(root)/run").filter { $0.hasPrefix("tradingd-") }
            .map { "\(root)/run/\($0)/control.sock" }
    }

    /// Why a directory is not safe for sockets; `nil` when it is. A link counts as somebody else's.
    func distrust(of directory: String) throws(ControlServerError) -> String? {
        var status = stat()
        guard lstat(directory, &status) == 0 else { throw .system(SystemError("lstat", directory)) }
        if status.st_mode & S_IFMT != S_IFDIR { return "is not a directory" }
        if status.st_uid != uid { return "belongs to user \(status.st_uid), not to \(uid)" }
        return status.st_mode & 0o022 == 0 ? nil : "may be written by others"
    }

    private static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names.sorted()
    }
}
