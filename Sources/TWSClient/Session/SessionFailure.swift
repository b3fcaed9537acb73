import Glibc
import Platform
import TWSProtocol

/// Why a session has no socket, or an attempt did not come to one.
public enum SessionFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The host has no address, or its name could not be looked up.
    case address(String)
    /// Nobody listens there.
    case refused
    /// The socket failed: what the system says.
    case system(String)
    /// The gateway has closed the connection.
    case closed
    /// The gateway, or something on the way, has reset the connection.
    case reset
    /// A step took too long.
    case timeout(SessionState)
    /// Nothing came for a while, and no answer to a question for the time: the connection is half open.
    case silent
    /// The stream of messages cannot be read on.
    case frame(FrameFault)
    /// The gateway's answer to the greeting is none.
    case greeting
    /// The gateway chose a version outside of what was offered.
    case version(Int32, offered: ClosedRange<Int32>)
    /// An answer that reconciliation needs was refused.
    case booksRefused(Int32, String)
    /// Error 326.
    case clientIDInUse(Int32)
    /// Error 1300, and the port it named.
    case portChanged(UInt16?)

    /// What a system call said, told apart where it matters.
    init(_ error: SystemError) {
        switch error.code {
        case ECONNREFUSED: self = .refused
        case ECONNRESET: self = .reset
        case EPIPE: self = .closed
        default: self = .system("\(error)")
        }
    }

    /// What an operator reads.
    public var description: String {
        switch self {
        case .address(let text): text
        case .refused: "nobody listens at the gateway's port"
        case .system(let text): text
        case .closed: "the gateway closed the connection"
        case .reset: "the connection was reset"
        case .timeout(let step): "no answer in time (\(step.rawValue))"
        case .silent: "the gateway is silent: the connection is half open"
        case .frame(let fault): "the stream of messages is broken: \(fault)"
        case .greeting: "what answers there is no gateway: it names no version"
        case .version(let version, let offered):
            "the gateway speaks version \(version), offered were \(offered.lowerBound) to \(offered.upperBound)"
        case .booksRefused(let code, let text):
            "executions cannot be had: error \(code): \(text)"
        case .clientIDInUse(let id): "client id \(id) is in use; tried again with the same id"
        case .portChanged(let port?): "the gateway moves to port \(port)"
        case .portChanged(nil): "the gateway moves to another port, which it does not name"
        }
    }
}
