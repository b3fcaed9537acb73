import ExactJSON
import Glibc
import Platform
import Testing

@testable import ControlPlane

/// A dispatcher and what it was asked, for tests without sockets.
final class DispatcherRig {
    let calls = Locked<[String]>([])
    let counters = Locked(ControlCounters())
    let observations = Locked<[ControlObservation]>([])
    var dispatcher: RPCDispatcher

    init(
        profile: DaemonProfile = .paper, limits: ControlLimits = generousLimits(),
        handlers extra: [String: RPCHandler] = [:]
    ) throws {
        let calls = calls
        let observations = observations
        var handlers: [String: RPCHandler] = [:]
        for method in MethodTable.methods where !method.name.hasPrefix("rpc.") {
            handlers[method.name] = .value { call in
                calls.withLock { $0.append(call.method) }
                return ["method": .string(call.method)]
            }
        }
        dispatcher = try RPCDispatcher(
            identity: DaemonIdentity(version: "0.3.0", profile: profile, mode: { "sim" }),
            handlers: handlers.merging(extra) { $1 }, limits: limits, counters: counters,
            observe: { observation in observations.withLock { $0.append(observation) } })
    }

    /// The answer to one line; `nil` for nothing.
    func answer(
        _ line: String, role: Role = .operator, uid: uid_t = 1_000, now: UInt64 = 0
    ) -> String? {
        answer(Array(line.utf8), role: role, uid: uid, now: now)
    }

    func answer(
        _ line: [UInt8], role: Role = .operator, uid: uid_t = 1_000, now: UInt64 = 0
    ) -> String? {
        let caller = Caller(peer: Peer(pid: 1, uid: uid, gid: 1), role: role)
        switch dispatcher.handle(line, from: caller, now: now) {
        case .nothing: return nil
        case .answer(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .pending: return "pending"
        }
    }

    /// The answer to one line that must have one.
    func text(_ line: String, role: Role = .operator) throws -> String {
        try #require(answer(line, role: role))
    }

    /// The same, parsed.
    func json(_ line: String, role: Role = .operator) throws -> JSONValue {
        try JSONParser.parse(try text(line, role: role))
    }

    /// The error code of the answer; 0 for a result.
    func code(_ line: String, role: Role = .operator) throws -> Int {
        try json(line, role: role)["error"]?["code"]?.integerValue ?? 0
    }
}

/// Limits that no ordinary test meets.
func generousLimits() -> ControlLimits {
    var limits = ControlLimits()
    limits.requestsPerSecond = 1_000_000
    limits.clientsPerUser = 64
    return limits
}

func requestText(_ method: String, id: String = "1", params: String? = nil) -> String {
    let tail = params.map { #","params":\#($0)"# } ?? ""
    return #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)"\#(tail)}"#
}
