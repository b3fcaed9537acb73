import ExactJSON

/// May this request run? Every check, in order, before any handler.
extension RPCDispatcher {
    /// - Throws: the refusal; for a notification it is dropped.
    mutating func admit(
        _ request: RPCRequest, batchSize: Int?, _ context: Context
    ) throws(RPCError) -> (ControlMethod, RPCCall) {
        if request.id == nil { count(\.notifications) }
        let method = try authorise(request.method, context)
        if method.effect == .mutating { try admitMutation(request, method, batchSize: batchSize, context) }
        if isStopping && method.name != MethodTable.engage { throw .shuttingDown }
        let parameters = try checked(request.parameters, method)
        let call = RPCCall(
            method: method.name, parameters: parameters, caller: context.caller,
            isNotification: request.id == nil)
        return (method, call)
    }

    /// The refusal of a caller who sends too fast.
    mutating func throttled(_ context: Context) -> RPCError? {
        let wait = rates.take(context.caller.peer.uid, now: context.now)
        guard wait > 0 else { return nil }
        count(\.rateLimited)
        rest = max(rest, wait)
        return .rateLimited(
            "more than \(limits.requestsPerSecond) requests a second",
            retryAfterMilliseconds: Int(wait / 1_000_000) + 1)
    }

    /// Engaging is never rate limited for those who may; a stranger's attempts are.
    private mutating func authorise(_ name: String, _ context: Context) throws(RPCError) -> ControlMethod {
        let role = context.caller.role
        let method = MethodTable.row(name)
        let isAllowed = method?.allows(role, under: identity.profile) ?? false
        if !(isAllowed && name == MethodTable.engage), let refusal = throttled(context) { throw refusal }
        guard let method, isAllowed else {
            // Without a role one does not even learn which methods exist.
            if method == nil && role != .unprivileged {
                count(\.unknownMethods)
                throw .methodNotFound(String(name.prefix(128)))
            }
            count(\.unauthorised)
            observe(.unauthorised(context.caller, method: String(name.prefix(128))))
            throw .unauthorised(refusal(of: role))
        }
        return method
    }

    private func refusal(of role: Role) -> String {
        role == .unprivileged
            ? "no role: membership of tradingd-operator, tradingd-auditor or tradingd-dev gives one"
            : "not allowed for role \(role.rawValue) under profile \(identity.profile.rawValue)"
    }

    private func admitMutation(
        _ request: RPCRequest, _ method: ControlMethod, batchSize: Int?, _ context: Context
    ) throws(RPCError) {
        let engages = method.name == MethodTable.engage
        if request.id == nil && (!engages || (batchSize ?? 1) > 1) {
            count(\.droppedNotifications)
            observe(.droppedNotification(context.caller, method: method.name))
            throw .invalidRequest("a mutating method needs an id")
        }
        if let batchSize, batchSize > 1 {
            count(\.invalidRequests)
            throw .invalidRequest("a mutating method stands alone in its batch")
        }
        if !engages && context.inFlight >= limits.inFlight {
            count(\.tooManyInFlight)
            throw .rateLimited(
                "\(context.inFlight) calls of this connection are unanswered", retryAfterMilliseconds: 0)
        }
    }

    private func checked(
        _ parameters: RPCRequest.Parameters, _ method: ControlMethod
    ) throws(RPCError) -> [JSONValue.Member] {
        let issues: [ParameterIssue]
        let members: [JSONValue.Member]
        switch parameters {
        case .named(let named):
            members = named
            issues = method.parameters.issues(in: named)
        case .positional(let elements):
            members = []
            issues =
                elements.isEmpty
                ? method.parameters.issues(in: [])
                : [ParameterIssue("", "parameters go by name, in an object")]
        }
        guard issues.isEmpty else {
            count(\.invalidParameters)
            throw .invalidParams(issues)
        }
        return members
    }
}
