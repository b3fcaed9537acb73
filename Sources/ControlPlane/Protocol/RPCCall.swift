import ExactJSON

/// Who calls: what the kernel says about the process and the role that gives it.
public struct Caller: Equatable, Sendable {
    /// The process at the other end.
    public let peer: Peer
    /// What it may do.
    public let role: Role

    /// A caller.
    public init(peer: Peer, role: Role) {
        self.peer = peer
        self.role = role
    }
}

/// A call that passed every check: method known, role allowed, parameters of the right names and kinds.
public struct RPCCall: Sendable {
    /// The method's name.
    public let method: String
    /// The parameters, by name.
    public let parameters: [JSONValue.Member]
    /// Who asks.
    public let caller: Caller
    /// True when nobody waits for the answer (only `killswitch.engage` runs so).
    public let isNotification: Bool

    /// A call; handlers get theirs from the dispatcher, tests make their own.
    public init(
        method: String, parameters: [JSONValue.Member] = [], caller: Caller, isNotification: Bool = false
    ) {
        self.method = method
        self.parameters = parameters
        self.caller = caller
        self.isNotification = isNotification
    }

    /// The parameter of that name, if sent and not `null`.
    public subscript(_ name: String) -> JSONValue? {
        guard let value = parameters.first(where: { $0.key == name })?.value, value != .null else {
            return nil
        }
        return value
    }

    /// An optional text parameter.
    public func string(_ name: String) -> String? { self[name]?.stringValue }

    /// An optional whole-number parameter.
    public func integer(_ name: String) -> Int? { self[name]?.integerValue }

    /// An optional true-or-false parameter.
    public func bool(_ name: String) -> Bool? { self[name]?.boolValue }

    /// A text parameter that must be there.
    ///
    /// - Throws: `RPCError.invalidParams`.
    public func requiredString(_ name: String) throws(RPCError) -> String {
        guard let text = string(name) else { throw .invalidParams([ParameterIssue(name, "missing")]) }
        return text
    }

    /// Why the operator does it, in the operator's words.
    public var reason: String? { string("reason") }

    /// The caller's key for "do this once".
    public var requestID: String? { string("request_id") }
}
