import ControlPlane

/// Why a command did not do what was asked, with its exit code.
struct Failure: Error {
    let message: String
    let exitCode: Int32

    init(_ message: String, exitCode: Int32) {
        self.message = message
        self.exitCode = exitCode
    }

    /// Done in part: 8.
    static func partial(_ message: String) -> Failure { Failure(message, exitCode: 8) }

    init(_ error: ControlClientError) {
        self.init(error.description, exitCode: Self.exitCode(error))
    }

    init(_ error: SocketLocatorError) {
        switch error {
        case .noneFound: self.init(error.description, exitCode: 3)
        default: self.init(error.description, exitCode: 2)
        }
    }

    private static func exitCode(_ error: ControlClientError) -> Int32 {
        switch error {
        case .noDaemon: 3
        case .permissionDenied: 5
        case .timeout: 7
        case .remote(let remote): exitCode(remote.code)
        default: 1
        }
    }

    /// JSON-RPC codes → exit codes.
    private static func exitCode(_ code: Int) -> Int32 {
        switch code {
        case -32602, -32601: 2
        case -32004: 7
        case 1001, 1002, 1003, 1004, 1005, 1006, -32005: 6
        case 1007: 4
        default: 1
        }
    }
}
