import ExactJSON

/// One wrong parameter of a call.
public struct ParameterIssue: Equatable, Sendable {
    /// The parameter's name; empty when the parameters as a whole are meant.
    public let path: String
    /// What is wrong with it, in words.
    public let reason: String

    /// Trouble with the parameter at `path`.
    public init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }
}

/// Every error a daemon answers with: JSON-RPC's own, the server's (−32000…−32005) and the domain's (≥ 1000).
///
/// - Source: JSON-RPC 2.0 §5.1; the codes from 1001 are ours and never change their meaning.
public enum RPCError: Error, Equatable, Sendable {
    /// The line is not JSON.
    case parseError(String)
    /// JSON, but not a request.
    case invalidRequest(String)
    /// No such method.
    case methodNotFound(String)
    /// Parameters that are missing, unknown or of the wrong kind.
    case invalidParams([ParameterIssue])
    /// A fault of the daemon; `reference` finds it in the log.
    case internalError(reference: String)
    /// The daemon is stopping.
    case shuttingDown
    /// The caller's role does not allow it.
    case unauthorised(String)
    /// Too many requests, connections or calls in flight; `retryAfterMilliseconds` is 0 when no time helps.
    case rateLimited(String, retryAfterMilliseconds: Int)
    /// A request, batch or answer over its limit.
    case tooLarge(String, limit: Int)
    /// No answer in time, or a request that did not arrive in time.
    case timeout(String)
    /// The part that would answer is not up.
    case notReady(String)
    /// Refused because the kill switch is engaged.
    case killSwitchEngaged(String)
    /// Refused because trading is not armed.
    case notArmed(String)
    /// The state does not allow it.
    case conflict(String)
    /// A second person has to approve.
    case twoPersonNeeded(String)
    /// Refused by a risk check; `code` is the check's own code.
    case riskDenied(code: String, String)
    /// The broker is not connected.
    case brokerDown(String)
    /// No such symbol, order or thing.
    case notFound(String)
    /// The data asked for is too old to be shown as current.
    case stale(String)

    /// The number on the wire.
    public var code: Int {
        switch self {
        case .parseError: -32700
        case .invalidRequest: -32600
        case .methodNotFound: -32601
        case .invalidParams: -32602
        case .internalError: -32603
        case .shuttingDown: -32000
        case .unauthorised: -32001
        case .rateLimited: -32002
        case .tooLarge: -32003
        case .timeout: -32004
        case .notReady: -32005
        case .killSwitchEngaged: 1001
        case .notArmed: 1002
        case .conflict: 1003
        case .twoPersonNeeded: 1004
        case .riskDenied: 1005
        case .brokerDown: 1006
        case .notFound: 1007
        case .stale: 1008
        }
    }

    /// One sentence for people.
    public var message: String {
        switch self {
        case .parseError(let reason): "parse error: \(reason)"
        case .invalidRequest(let reason): "invalid request: \(reason)"
        case .methodNotFound(let method): "no method '\(method)'"
        case .invalidParams(let issues):
            "invalid parameters: "
                + issues.map { $0.path.isEmpty ? $0.reason : "\($0.path): \($0.reason)" }
                .joined(separator: "; ")
        case .internalError: "internal error"
        case .shuttingDown: "the daemon is shutting down"
        case .unauthorised(let text), .rateLimited(let text, _), .tooLarge(let text, _), .timeout(let text),
            .notReady(let text), .killSwitchEngaged(let text), .notArmed(let text), .conflict(let text),
            .twoPersonNeeded(let text), .riskDenied(_, let text), .brokerDown(let text), .notFound(let text),
            .stale(let text):
            text
        }
    }

    /// What a program needs beside the code; `nil` when the code says all.
    public var data: JSONValue? {
        switch self {
        case .invalidParams(let issues):
            .array(issues.map { ["path": .string($0.path), "reason": .string($0.reason)] })
        case .internalError(let reference): ["ref": .string(reference)]
        case .rateLimited(_, let milliseconds): ["retry_after_ms": .number(String(milliseconds))]
        case .tooLarge(_, let limit): ["limit": .number(String(limit))]
        case .riskDenied(let code, _): ["code": .string(code)]
        case .parseError, .invalidRequest, .methodNotFound, .shuttingDown, .unauthorised, .timeout, .notReady,
            .killSwitchEngaged, .notArmed, .conflict, .twoPersonNeeded, .brokerDown, .notFound, .stale:
            nil
        }
    }

    /// The table of codes for the documentation: number, name, meaning.
    static let catalogue: [(example: RPCError, meaning: String)] = [
        (.parseError(""), "the line is not JSON (strict RFC 8259, UTF-8, no duplicate keys)"),
        (.invalidRequest(""), "JSON, but not a request; or a mutating method in a batch of several"),
        (.methodNotFound(""), "no such method"),
        (.invalidParams([]), "wrong parameters; `data` is an array of `{path, reason}`"),
        (.internalError(reference: ""), "a fault of the daemon; `data.ref` finds it in the log"),
        (.shuttingDown, "the daemon is stopping"),
        (.unauthorised(""), "the caller's role does not allow it"),
        (
            .rateLimited("", retryAfterMilliseconds: 0),
            "too many requests, connections or calls in flight; `data.retry_after_ms`"
        ),
        (.tooLarge("", limit: 0), "request, batch or answer over its limit; `data.limit`"),
        (.timeout(""), "not in time"),
        (.notReady(""), "the part that would answer is not up"),
        (.killSwitchEngaged(""), "the kill switch is engaged"),
        (.notArmed(""), "trading is not armed"),
        (.conflict(""), "the state does not allow it"),
        (.twoPersonNeeded(""), "a second person has to approve"),
        (.riskDenied(code: "", ""), "a risk check refused; `data.code`"),
        (.brokerDown(""), "the broker is not connected"),
        (.notFound(""), "no such symbol, order or thing"),
        (.stale(""), "the data is too old to be shown as current"),
    ]
}
