import ExactJSON

/// Running what was admitted.
extension RPCDispatcher {
    mutating func perform(
        _ call: RPCCall, _ method: ControlMethod, id: RPCID?, isBatch: Bool, _ context: Context
    ) throws(RPCError) -> Step {
        // The result of a query that nobody receives is not worth computing.
        if id == nil && method.effect == .query { return .nothing }
        if let result = builtIn(method.name, call.caller) { return try answer(result, id: id, context) }
        guard let handler = handlers[method.name] else {
            throw .notReady("\(method.name) is not available in this daemon")
        }
        let key = memoryKey(call, method)
        if let key, let known = try recall(key, call, context) { return try answer(known, id: id, context) }
        if method.effect == .mutating {
            observe(.mutating(call.caller, method: method.name, reason: call.reason))
        }
        if case .waiting(let body) = handler, let id {
            try enqueue(call.caller)
            return .waiting(WaitingQuery(id: id, method: method, call: call, body: body))
        }
        guard case .deferred(let begin) = handler else {
            return try answer(try run(handler, call, key), id: id, context)
        }
        let channel = ReplyChannel()
        begin(call, RPCReply(channel))
        guard let id else { return .nothing }
        return .pending(
            PendingCall(ids: [id], isBatch: isBatch, method: method, memoryKey: key, channel: channel))
    }

    private mutating func run(
        _ handler: RPCHandler, _ call: RPCCall, _ key: RequestMemory.Key?
    ) throws(RPCError) -> [UInt8] {
        var writer = JSONWriter()
        do throws(RPCError) {
            switch handler {
            case .value(let body): writer.value(try body(call))
            case .writer(let body): try body(call, &writer)
            case .waiting, .deferred: break
            }
        } catch {
            count(\.failedCalls)
            if let key { memory.end(key, result: nil) }
            throw error
        }
        let result = writer.bytes.isEmpty ? Array("null".utf8) : writer.bytes
        if let key { memory.end(key, result: result) }
        return result
    }

    private func answer(_ result: [UInt8], id: RPCID?, _ context: Context) throws(RPCError) -> Step {
        guard let id else { return .nothing }
        return .answer(try bounds.checkedAnswer(result, id: id, usedBytes: context.usedBytes))
    }

    /// What answers have to keep to.
    var bounds: AnswerBounds { AnswerBounds(most: limits.answerBytes, counters: counters) }

    /// Engaging is always executed: an old answer must never stand for a new emergency.
    private func memoryKey(_ call: RPCCall, _ method: ControlMethod) -> RequestMemory.Key? {
        guard method.effect == .mutating, method.name != MethodTable.engage, let requestID = call.requestID
        else { return nil }
        return RequestMemory.Key(uid: call.caller.peer.uid, method: method.name, requestID: requestID)
    }

    private mutating func recall(
        _ key: RequestMemory.Key, _ call: RPCCall, _ context: Context
    ) throws(RPCError) -> [UInt8]? {
        switch memory.begin(key, parameters: call.parameters, now: context.now) {
        case .new: return nil
        case .running: throw .conflict("request_id '\(key.requestID)' is being carried out")
        case .different: throw .conflict("request_id '\(key.requestID)' was used with other parameters")
        case .done(let result):
            count(\.repeatedCalls)
            return result
        }
    }
}

/// The methods that describe the interface itself.
extension RPCDispatcher {
    private func builtIn(_ method: String, _ caller: Caller) -> [UInt8]? {
        switch method {
        case "rpc.hello": Array(hello(caller).text.utf8)
        case "rpc.discover": Array(discovery().text.utf8)
        default: nil
        }
    }

    private func hello(_ caller: Caller) -> JSONValue {
        let methods = MethodTable.methods.filter { method in
            method.allows(caller.role, under: identity.profile)
                && (handlers[method.name] != nil || method.name.hasPrefix("rpc."))
        }
        return [
            "api": .number(String(DaemonIdentity.api)), "version": .string(identity.version),
            "profile": .string(identity.profile.rawValue), "mode": .string(identity.mode()),
            "role": .string(caller.role.rawValue), "limits": limits.json,
            "methods": .array(methods.map { .string($0.name) }),
        ]
    }

    private func discovery() -> JSONValue {
        ["api": .number(String(DaemonIdentity.api)), "methods": .array(MethodTable.methods.map(\.json))]
    }
}

extension ControlLimits {
    fileprivate var json: JSONValue {
        [
            "request_bytes": .number(String(requestBytes)), "answer_bytes": .number(String(answerBytes)),
            "depth": .number(String(depth)), "batch": .number(String(batch)),
            "in_flight": .number(String(inFlight)), "requests_per_second": .number(String(requestsPerSecond)),
        ]
    }
}

extension ControlMethod {
    fileprivate var json: JSONValue {
        let parameters = parameters.map { rule -> JSONValue in
            [
                "name": .string(rule.name), "required": .bool(rule.isRequired),
                "expects": .string(rule.expectation),
            ]
        }
        let accessByRole = Role.allCases.map { role in
            let names = DaemonProfile.allCases.filter(access.profiles(for: role).allows)
            return JSONValue.Member(role.rawValue, .array(names.map { .string($0.rawValue) }))
        }
        return [
            "name": .string(name), "summary": .string(summary), "kind": .string(effect.rawValue),
            "params": .array(parameters), "access": .object(accessByRole),
        ]
    }
}
