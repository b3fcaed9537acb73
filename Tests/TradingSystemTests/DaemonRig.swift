import Configuration
import Dispatch
import ExactJSON
import Glibc
import MarketData
import Messaging
import Platform
import Risk
import TestSupport
import Testing
import TradingModel

@testable import ControlPlane
@testable import TradingSystem

/// A daemon with a simulated session, called without a socket by whoever a test wants.
final class DaemonRig {
    let directory: TemporaryDirectory
    let daemon: Daemon
    let queues = QueuePlan()

    /// Begins a session that runs.
    init(_ overrides: (key: String, value: String)...) throws {
        directory = try TemporaryDirectory()
        let settings = try SettingsLoader.load(
            texts: [
                "settings.yaml": try RepositoryFile.read("config/settings.yaml"),
                "profiles/dev.yaml": try RepositoryFile.read("config/profiles/dev.yaml"),
            ], profile: "dev",
            flags: ([("audit.durability", "process"), ("control.socket", directory.path + "/socket")]
                + overrides)
                .map { SettingsOverride(key: $0.0, value: $0.1, origin: "test") })
        var options = LaunchOptions(mode: .sim, environment: [:])
        options.stateDirectory = directory.path + "/state"
        daemon = try Daemon(settings: settings, options: options, queues: queues)
        daemon.killSwitch.addListener { [weak daemon] change in
            daemon?.current?.session.killSwitchChanged(change)
        }
        try daemon.begin(try FeedPlan(settings, mode: .sim, options: options), mode: .sim)
    }

    deinit { daemon.endSession(reason: "test over") }

    /// Who calls as that user.
    static func caller(_ uid: uid_t) -> Caller {
        Caller(peer: Peer(pid: 1, uid: uid, gid: uid), role: .operator)
    }

    /// The answer to a call by that user.
    func call(
        _ method: String, by uid: uid_t, _ parameters: [JSONValue.Member] = []
    ) throws -> Result<JSONValue, RPCError> {
        let call = RPCCall(method: method, parameters: parameters, caller: Self.caller(uid))
        let handler = try #require(ControlMethods(daemon: daemon).handlers[method])
        switch handler {
        case .value(let body): return Result { () throws(RPCError) in try body(call) }
        case .writer(let body), .waiting(let body):
            return Result { () throws(RPCError) in
                var json = JSONWriter()
                try body(call, &json)
                return try json.parsed()
            }
        case .deferred(let body):
            return try Self.wait(for: Self.begin(body, call))
        }
    }

    /// An answer that comes later.
    typealias Answer = Locked<Result<JSONValue, RPCError>?>

    /// Has a method that answers later begin, and does not wait for it.
    func begin(_ method: String, by uid: uid_t, _ parameters: [JSONValue.Member] = []) throws -> Answer {
        let call = RPCCall(method: method, parameters: parameters, caller: Self.caller(uid))
        guard case .deferred(let body)? = ControlMethods(daemon: daemon).handlers[method] else {
            throw RPCError.methodNotFound(method)
        }
        return Self.begin(body, call)
    }

    static func wait(for answer: Answer) throws -> Result<JSONValue, RPCError> {
        try #require(answer.wait(until: MonotonicClock.now() + 30_000_000_000) { $0 })
    }

    private static func begin(_ body: (RPCCall, RPCReply) -> Void, _ call: RPCCall) -> Answer {
        let channel = ReplyChannel()
        let answer = Answer(nil)
        channel.listen { event in
            if case .finished(let result) = event { answer.withLockNotifying { $0 = result } }
        }
        body(call, RPCReply(channel))
        return answer
    }

    /// The refusal of a call by that user.
    func refusal(
        _ method: String, by uid: uid_t, _ parameters: [JSONValue.Member] = []
    ) throws -> RPCError? {
        if case .failure(let error) = try call(method, by: uid, parameters) { return error }
        return nil
    }
}

/// Text parameters.
func texts(_ pairs: KeyValuePairs<String, String>) -> [JSONValue.Member] {
    pairs.map { JSONValue.Member($0.key, .string($0.value)) }
}
