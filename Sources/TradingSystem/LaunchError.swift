/// Why the daemon cannot start, with the exit code an init system understands (sysexits.h).
public enum LaunchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Command line: 64.
    case usage(String)
    /// Data or audit log broken: 65.
    case data(String)
    /// Input file missing or unreadable: 66.
    case input(String)
    /// A service that is needed is not available: 69.
    case unavailable(String)
    /// A file that was asked for cannot be made: 73.
    case output(String)
    /// Input or output failed: 74.
    case system(String)
    /// Somebody else holds what is needed; later it may work: 75.
    case temporary(String)
    /// Not permitted: 77.
    case permission(String)
    /// Configuration: 78.
    case configuration(String)

    /// The exit code.
    public var exitCode: Int32 {
        switch self {
        case .usage: 64
        case .data: 65
        case .input: 66
        case .unavailable: 69
        case .output: 73
        case .system: 74
        case .temporary: 75
        case .permission: 77
        case .configuration: 78
        }
    }

    /// The message, one line a problem.
    public var description: String {
        switch self {
        case .usage(let text), .data(let text), .input(let text), .unavailable(let text), .output(let text),
            .system(let text), .temporary(let text), .permission(let text), .configuration(let text):
            text
        }
    }
}
