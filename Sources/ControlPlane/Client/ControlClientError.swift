import ExactJSON
import Platform

/// An error that the daemon answered with.
public struct RemoteError: Error, Equatable, Sendable {
    /// The number; see `RPCError.code`.
    public let code: Int
    /// One sentence for people.
    public let message: String
    /// What a program needs beside the code.
    public let data: JSONValue?

    /// An error as received.
    public init(code: Int, message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }
}

/// Why a call to a daemon gave no result.
public enum ControlClientError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No socket at that path, or nobody behind it.
    case noDaemon(path: String)
    /// The socket may not be opened, or the daemon refused by role (−32001).
    case permissionDenied(String)
    /// No answer in time. Whether the call was carried out is unknown.
    case timeout
    /// The daemon answered with an error.
    case remote(RemoteError)
    /// What came back is not an answer; the connection is given up.
    case protocolViolation(String)
    /// The daemon hung up before it answered. Whether the call was carried out is unknown.
    case disconnected
    /// A system call failed.
    case system(SystemError)

    /// One sentence for the operator.
    public var description: String {
        switch self {
        case .noDaemon(let path): "\(path): no daemon answers there"
        case .permissionDenied(let text): "not permitted: \(text)"
        case .timeout: "no answer in time"
        case .remote(let error): "\(error.message) (\(error.code))"
        case .protocolViolation(let text): "the daemon's answer cannot be read: \(text)"
        case .disconnected: "the daemon hung up before it answered"
        case .system(let error): error.description
        }
    }
}
