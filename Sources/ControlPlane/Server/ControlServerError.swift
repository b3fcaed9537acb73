import Platform

/// Why a control plane cannot start.
public enum ControlServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another daemon serves this path.
    case alreadyServed(String)
    /// The path does not fit a socket address.
    case pathTooLong(String, limit: Int)
    /// Something that is no socket is in the way.
    case notASocket(String)
    /// A directory of the socket belongs to somebody else or is open to others.
    case unsafeDirectory(String, reason: String)
    /// A handler does not fit the method table.
    case registration(RPCRegistrationError)
    /// A system call failed.
    case system(SystemError)
    /// `start` on a server that runs or has been stopped.
    case notStartable

    /// One sentence for the operator.
    public var description: String {
        switch self {
        case .alreadyServed(let path): "\(path): another daemon serves this socket"
        case .pathTooLong(let path, let limit):
            "\(path): \(path.utf8.count) bytes, a socket path holds at most \(limit)"
        case .notASocket(let path): "\(path): is not a socket and will not be replaced"
        case .unsafeDirectory(let path, let reason): "\(path): \(reason)"
        case .registration(let error): "handlers do not fit the method table: \(error)"
        case .system(let error): error.description
        case .notStartable: "the control server has been started before"
        }
    }
}
