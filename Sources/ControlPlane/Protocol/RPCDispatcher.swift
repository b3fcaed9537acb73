import Dispatch
import ExactJSON
import Platform

/// Handlers that do not fit the method table.
public enum RPCRegistrationError: Error, Equatable, Sendable {
    /// The method has no row, so nobody would be allowed to call it.
    case unknownMethod(String)
    /// `rpc.hello` and `rpc.discover` answer for themselves.
    case reserved(String)
    /// Only mutating methods may answer later: a batch of queries is answered as a whole.
    case deferredQuery(String)
    /// Only queries may wait: the others say themselves where they run.
    case waitingMutation(String)
}

/// What one line leads to.
public enum RPCOutcome: Sendable {
    /// Nothing is sent: notifications only.
    case nothing
    /// One line, without its line end.
    case answer([UInt8])
    /// A deferred call; the answer comes through `PendingCall`.
    case pending(PendingCall)
}

/// A deferred call that has begun.
public struct PendingCall: Sendable {
    /// Those that have no answer yet; one, but for a batch of queries.
    let ids: [RPCID]
    /// Whose queries they are; `nil` for a call that is none.
    var uid: UInt32?
    /// Answers of the same batch that are there already.
    var answers: [[UInt8]] = []
    let isBatch: Bool
    let method: ControlMethod
    let memoryKey: RequestMemory.Key?
    let channel: ReplyChannel
}

/// JSON-RPC 2.0 without sockets and clocks: a line and who sent it in, an answer out.
///
/// Each line is parsed once, strictly, and the same tree is used to authorise and to execute.
public struct RPCDispatcher {
    let identity: DaemonIdentity
    let limits: ControlLimits
    let counters: Locked<ControlCounters>
    let handlers: [String: RPCHandler]
    let observe: @Sendable (ControlObservation) -> Void
    /// Runs queries that may wait.
    let work: DispatchQueue
    /// Queries of each user that have not run yet: a connection that is gone, or was told that it takes too long, changes
    /// nothing about them.
    var queued: [UInt32: Int] = [:]
    var rates: RateLimiter
    var memory: RequestMemory
    /// Set while the daemon stops: everything but engaging is then refused.
    var isStopping = false
    /// Nanoseconds until the callers refused since `takeRest` may ask again.
    var rest: UInt64 = 0

    /// Builds a dispatcher for the methods in `handlers`.
    ///
    /// - Parameter work: serial; runs the queries that may wait, and nothing that changes anything.
    /// - Throws: `RPCRegistrationError` when a handler does not fit the method table.
    public init(
        identity: DaemonIdentity, handlers: [String: RPCHandler], limits: ControlLimits = ControlLimits(),
        counters: Locked<ControlCounters> = Locked(ControlCounters()),
        work: DispatchQueue = DispatchQueue(label: "tradingd.queries"),
        observe: @escaping @Sendable (ControlObservation) -> Void = { _ in }
    ) throws(RPCRegistrationError) {
        for (name, handler) in handlers { try Self.check(name, handler) }
        self.identity = identity
        self.limits = limits
        self.counters = counters
        self.handlers = handlers
        self.observe = observe
        self.work = work
        rates = RateLimiter(perSecond: limits.requestsPerSecond)
        memory = RequestMemory(limits: limits)
    }

    /// Handles one line.
    ///
    /// - Parameters:
    ///   - line: the bytes between two line ends.
    ///   - inFlight: deferred calls of this client without an answer.
    ///   - now: monotonic nanoseconds; must not go back.
    public mutating func handle(
        _ line: [UInt8], from caller: Caller, inFlight: Int = 0, now: UInt64
    ) -> RPCOutcome {
        let context = Context(caller: caller, inFlight: inFlight, now: now)
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONParser.parse(line, maximumDepth: limits.depth)
        } catch {
            count(\.parseErrors)
            let refusal = throttled(context) ?? .parseError(error.description)
            return .answer(RPCAnswer.error(refusal, id: .null))
        }
        guard case .array(let elements) = value else {
            switch reply(to: value, batchSize: nil, context) {
            case .nothing: return .nothing
            case .answer(let bytes): return .answer(bytes)
            case .pending(let call): return .pending(call)
            case .waiting(let query): return .pending(begin([query], isBatch: false))
            }
        }
        return replyToBatch(elements, context)
    }

    /// The line that answers a deferred call, once.
    mutating func finish(_ pending: PendingCall, with result: Result<JSONValue, RPCError>) -> [UInt8] {
        let answer: [UInt8]
        var remembered: [UInt8]?
        do throws(RPCError) {
            let bytes = Array(try result.get().text.utf8)
            remembered = bytes
            answer = try bounds.checkedAnswer(bytes, id: pending.ids[0], usedBytes: 0)
        } catch {
            count(\.failedCalls)
            answer = RPCAnswer.error(error, id: pending.ids[0])
        }
        if let key = pending.memoryKey { memory.end(key, result: remembered) }
        return pending.isBatch ? RPCAnswer.batch([answer]) : answer
    }

    /// The line that tells the caller of a deferred call that it takes too long.
    func timeout(of pending: PendingCall) -> [UInt8] {
        count(\.lateAnswers)
        let error = RPCError.timeout("\(pending.method.name) has not finished in time; it goes on")
        let answers = pending.ids.map { RPCAnswer.error(error, id: $0) }
        return pending.isBatch ? RPCAnswer.batch(pending.answers + answers) : answers[0]
    }

    private mutating func replyToBatch(_ elements: [JSONValue], _ context: Context) -> RPCOutcome {
        guard !elements.isEmpty else {
            count(\.invalidRequests)
            let refusal = throttled(context) ?? .invalidRequest("an empty batch")
            return .answer(RPCAnswer.error(refusal, id: .null))
        }
        guard elements.count <= limits.batch else {
            count(\.oversizedBatches)
            let text = "a batch holds at most \(limits.batch) requests"
            return .answer(RPCAnswer.error(.tooLarge(text, limit: limits.batch), id: .null))
        }
        var answers: [[UInt8]] = []
        var waiting: [WaitingQuery] = []
        var context = context
        for element in elements {
            switch reply(to: element, batchSize: elements.count, context) {
            case .nothing: break
            case .answer(let bytes):
                answers.append(bytes)
                context.usedBytes += bytes.count
            case .pending(let call): return .pending(call)
            case .waiting(let query): waiting.append(query)
            }
        }
        if !waiting.isEmpty { return .pending(begin(waiting, isBatch: true, after: answers)) }
        return answers.isEmpty ? .nothing : .answer(RPCAnswer.batch(answers))
    }

    private mutating func reply(to value: JSONValue, batchSize: Int?, _ context: Context) -> Step {
        count(\.requests)
        let request: RPCRequest
        do throws(RPCRequest.Malformed) {
            request = try RPCRequest(value)
        } catch {
            count(\.invalidRequests)
            let refusal = throttled(context) ?? .invalidRequest(error.reason)
            return .answer(RPCAnswer.error(refusal, id: error.id))
        }
        do throws(RPCError) {
            let (method, call) = try admit(request, batchSize: batchSize, context)
            return try perform(call, method, id: request.id, isBatch: batchSize != nil, context)
        } catch {
            guard let id = request.id else { return .nothing }
            return .answer(RPCAnswer.error(error, id: id))
        }
    }

    /// Nanoseconds until who was refused for sending too fast may ask again; 0 when nobody was, or when that has been asked.
    mutating func takeRest() -> UInt64 {
        defer { rest = 0 }
        return rest
    }

    func count(_ counter: WritableKeyPath<ControlCounters, Int>) {
        counters.withLock { $0[keyPath: counter] += 1 }
    }

    private static func check(_ name: String, _ handler: RPCHandler) throws(RPCRegistrationError) {
        guard let method = MethodTable.row(name) else { throw .unknownMethod(name) }
        guard !name.hasPrefix("rpc.") else { throw .reserved(name) }
        if case .deferred = handler, method.effect == .query { throw .deferredQuery(name) }
        if case .waiting = handler, method.effect == .mutating { throw .waitingMutation(name) }
    }
}

extension RPCDispatcher {
    /// What one request of a line leads to.
    enum Step {
        case nothing
        case answer([UInt8])
        case pending(PendingCall)
        case waiting(WaitingQuery)
    }

    /// What does not change while one line is handled, but for the bytes already answered.
    struct Context {
        let caller: Caller
        let inFlight: Int
        let now: UInt64
        var usedBytes = 0
    }
}
