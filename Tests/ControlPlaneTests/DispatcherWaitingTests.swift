import Dispatch
import ExactJSON
import Platform
import Testing

@testable import ControlPlane

@Suite("Queries that may wait")
struct DispatcherWaitingTests {
    private let caller = Caller(peer: Peer(pid: 1, uid: 1, gid: 1), role: .operator)
    private let work = DispatchQueue(label: "work")

    private func dispatcher(_ limits: ControlLimits = generousLimits()) throws -> RPCDispatcher {
        try RPCDispatcher(
            identity: DaemonIdentity(version: "0", profile: .paper, mode: { "sim" }),
            handlers: [
                "status": .waiting { _, json throws(RPCError) in json.string("up") },
                "health": .waiting { _, _ throws(RPCError) in throw .conflict("ill") },
                "snapshot.config": .waiting { _, json throws(RPCError) in
                    json.string(String(repeating: "x", count: 1_000))
                },
                "version": .value { _ in "1" },
            ], limits: limits, work: work)
    }

    /// What is said once the work is done.
    private func line(_ outcome: RPCOutcome) throws -> String {
        guard case .pending(let call) = outcome else { throw NotPending() }
        let heard = Locked<[UInt8]?>(nil)
        call.channel.listen { event in
            if case .line(let line) = event { heard.withLockNotifying { $0 = line } }
        }
        let line = heard.wait(until: MonotonicClock.now() + 30_000_000_000) { $0 }
        return String(decoding: try #require(line), as: UTF8.self)
    }

    private struct NotPending: Error {}

    /// Whether a call is refused because too many wait.
    private func refusal(_ outcome: RPCOutcome) throws -> Bool {
        guard case .answer(let bytes) = outcome else { return false }
        return String(decoding: bytes, as: UTF8.self).contains("-32002")
    }

    @Test("run on their own queue: nothing is waited for, and one line answers all of a batch")
    func batch() throws {
        var dispatcher = try dispatcher()
        work.suspend()
        let text = ["status", "version", "health"].enumerated()
            .map { #"{"jsonrpc":"2.0","id":\#($0.offset),"method":"\#($0.element)"}"# }
        let single = dispatcher.handle(Array(text[0].utf8), from: caller, now: 0)
        let batch = dispatcher.handle(Array("[\(text.joined(separator: ","))]".utf8), from: caller, now: 0)
        if case .pending(let call) = batch {
            let late = String(decoding: dispatcher.timeout(of: call), as: UTF8.self)
            #expect(late.hasPrefix(#"[{"jsonrpc":"2.0","id":1,"result":"1"},"#))
            #expect(late.contains(#""id":0,"error""#) && late.contains(#""id":2,"error""#), "\(late)")
        }
        work.resume()
        #expect(try line(single) == #"{"jsonrpc":"2.0","id":0,"result":"up"}"#)
        let all = try line(batch)
        #expect(all.hasPrefix("[") && all.contains(#""id":0,"result":"up""#) && all.contains("ill"), "\(all)")
    }

    @Test("an answer over the limit is refused; too many at a time are, too; a change is none of them")
    func bounds() throws {
        var limits = generousLimits()
        limits.answerBytes = 500
        limits.waiting = 3
        var dispatcher = try dispatcher(limits)
        let large = requestText("snapshot.config")
        let first = dispatcher.handle(Array(large.utf8), from: caller, now: 0)
        #expect(try line(first).contains("too large"))
        // Each of a batch counts, whichever connection of the user it came by, and however long ago it was given up.
        let two = "[\(requestText("status")),\(requestText("health"))]"
        let batch = dispatcher.handle(Array(two.utf8), from: caller, now: 0)
        #expect(try refusal(dispatcher.handle(Array(large.utf8), from: caller, now: 0)))
        let other = Caller(peer: Peer(pid: 1, uid: 2, gid: 1), role: .operator)
        guard case .pending = dispatcher.handle(Array(large.utf8), from: other, now: 0) else {
            throw NotPending()
        }
        // What has run makes room.
        for outcome in [first, batch] { if case .pending(let call) = outcome { dispatcher.ran(call) } }
        for _ in 0..<3 { #expect(try !refusal(dispatcher.handle(Array(large.utf8), from: caller, now: 0))) }
        #expect(try refusal(dispatcher.handle(Array(large.utf8), from: caller, now: 0)))
        #expect(throws: RPCRegistrationError.waitingMutation("mode.arm")) {
            try DispatcherRig(handlers: ["mode.arm": .waiting { _, _ throws(RPCError) in }])
        }
    }
}
