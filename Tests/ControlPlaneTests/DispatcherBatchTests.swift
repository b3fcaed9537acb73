import ExactJSON
import Platform
import Testing

@testable import ControlPlane

@Suite("Batches, notifications and mutating methods")
struct DispatcherBatchTests {
    @Test("answers each invalid element of a batch")
    func invalidElements() throws {
        let rig = try DispatcherRig()
        let answers = try rig.json("[1,2,3]").arrayValue
        #expect(answers?.count == 3)
        #expect(answers?.allSatisfy { $0["error"]?["code"] == -32600 && $0["id"] == .null } == true)
    }

    @Test("answers everything in a mixed batch but notifications")
    func mixed() throws {
        let rig = try DispatcherRig()
        let batch =
            #"[{"jsonrpc":"2.0","id":"a","method":"status"},7,{"jsonrpc":"2.0","method":"status"},"#
            + #"{"jsonrpc":"2.0","id":"b","method":"no.such"},[],{"jsonrpc":"2.0","id":null,"method":"health"}]"#
        let answers = try #require(try rig.json(batch).arrayValue)
        #expect(answers.map { $0["id"] } == ["a", .null, "b", .null, .null])
        #expect(answers.map { $0["error"]?["code"] } == [nil, -32600, -32601, -32600, nil])
    }

    @Test("refuses a batch over its limit as a whole")
    func batchLimit() throws {
        let rig = try DispatcherRig()
        let full = "[" + Array(repeating: requestText("status"), count: 32).joined(separator: ",") + "]"
        #expect(try rig.json(full).arrayValue?.count == 32)
        let over = "[" + Array(repeating: requestText("status"), count: 33).joined(separator: ",") + "]"
        #expect(try rig.code(over) == -32003)
        #expect(rig.calls.withLock { $0.count } == 32)
    }

    @Test("runs a mutating method alone or in a batch of one, never beside others")
    func mutatingInBatch() throws {
        let rig = try DispatcherRig()
        let engage = requestText("killswitch.engage")
        #expect(try rig.code(engage) == 0)
        #expect(try rig.json("[\(engage)]").arrayValue?.count == 1)
        let pair = "[\(requestText("mode.arm")),\(requestText("status", id: "2"))]"
        let answers = try rig.json(pair).arrayValue
        #expect(answers?.map { $0["error"]?["code"] } == [-32600, nil])
        #expect(rig.calls.withLock { $0 } == ["killswitch.engage", "killswitch.engage", "status"])
    }

    @Test("drops and reports mutating notifications, but engages")
    func mutatingNotifications() throws {
        let rig = try DispatcherRig()
        for method in MethodTable.methods where method.effect == .mutating {
            #expect(rig.answer(#"{"jsonrpc":"2.0","method":"\#(method.name)","params":{}}"#) == nil)
        }
        #expect(rig.calls.withLock { $0 } == ["killswitch.engage"])
        #expect(rig.counters.withLock { $0.droppedNotifications } == 14)
        let dropped = rig.observations.withLock { $0 }.compactMap { observation -> String? in
            if case .droppedNotification(_, let method) = observation { method } else { nil }
        }
        #expect(
            dropped == [
                "killswitch.release", "mode.arm", "mode.disarm", "mode.switch", "risk.set", "risk.override",
                "mode.ack_warnings", "order.submit", "order.modify", "order.cancel", "order.cancel_all",
                "trip.clear", "recon.accept", "log.level",
            ])
    }

    @Test("does not engage by notification for a role that may not")
    func engageNotificationByAuditor() throws {
        let rig = try DispatcherRig()
        #expect(rig.answer(#"{"jsonrpc":"2.0","method":"killswitch.engage"}"#, role: .auditor) == nil)
        #expect(rig.calls.withLock { $0.isEmpty })
        #expect(rig.counters.withLock { $0.unauthorised } == 1)
    }

    @Test("limits requests by user, not engaging")
    func rates() throws {
        var limits = ControlLimits()
        limits.requestsPerSecond = 10
        let rig = try DispatcherRig(limits: limits)
        for _ in 0..<10 { #expect(try rig.code(requestText("status")) == 0) }
        let error = try rig.json(requestText("status"))["error"]
        #expect(error?["code"] == -32002)
        #expect(error?["data"]?["retry_after_ms"] == 101)
        #expect(try rig.code(requestText("killswitch.engage")) == 0)
        #expect(rig.answer(#"{"jsonrpc":"2.0","method":"killswitch.engage"}"#) == nil)
        #expect(rig.calls.withLock { $0.count { $0 == "killswitch.engage" } } == 2)
        #expect(try rig.code("garbage") == -32002)
        #expect(try rig.code("[]") == -32002)
        #expect(try rig.code("1") == -32002)
        #expect(try rig.code(requestText("killswitch.engage"), role: .auditor) == -32002)
        let other = try #require(rig.answer(requestText("status"), uid: 2_000))
        #expect(other.contains("result"))
        let later = try #require(rig.answer(requestText("status"), now: 100_000_000))
        #expect(later.contains("result"))
    }

    @Test("carries out a repeated request_id once, but engages every time")
    func repeated() throws {
        let rig = try DispatcherRig()
        let arm = requestText("mode.arm", params: #"{"reason":"open","request_id":"k1"}"#)
        let first = rig.answer(arm)
        #expect(rig.answer(arm) == first)
        #expect(rig.calls.withLock { $0 } == ["mode.arm"])
        let other = requestText("mode.arm", params: #"{"reason":"close","request_id":"k1"}"#)
        #expect(try rig.code(other) == 1003)
        #expect(rig.answer(arm, uid: 2_000) == first)
        #expect(rig.calls.withLock { $0.count } == 2)
        let engage = requestText("killswitch.engage", params: #"{"request_id":"k1"}"#)
        #expect(try rig.code(engage) == 0)
        #expect(try rig.code(engage) == 0)
        #expect(rig.calls.withLock { $0.count { $0 == "killswitch.engage" } } == 2)
        #expect(rig.answer(arm, now: 86_400_000_000_001) == first)
        #expect(rig.calls.withLock { $0.count } == 5)
    }

    @Test("lets a failed call be tried again with its request_id")
    func failedIsForgotten() throws {
        let failures = Locked(1)
        let rig = try DispatcherRig(handlers: [
            "mode.arm": .value { _ throws(RPCError) in
                let fails = failures.withLock { count in
                    count -= 1
                    return count >= 0
                }
                if fails { throw .conflict("not yet") }
                return "armed"
            }
        ])
        let arm = requestText("mode.arm", params: #"{"request_id":"k"}"#)
        #expect(try rig.code(arm) == 1003)
        #expect(try rig.code(arm) == 0)
    }

    @Test("answers deferred calls later, in a batch of one as an array, and remembers them")
    func deferred() throws {
        let replies = Locked<[RPCReply]>([])
        let rig = try DispatcherRig(handlers: [
            "mode.switch": .deferred { _, reply in replies.withLock { $0.append(reply) } }
        ])
        let caller = Caller(peer: Peer(pid: 1, uid: 1, gid: 1), role: .operator)
        let request = requestText("mode.switch", params: #"{"mode":"sim","request_id":"k"}"#)
        guard
            case .pending(let call) = rig.dispatcher.handle(Array("[\(request)]".utf8), from: caller, now: 0)
        else {
            Issue.record("not pending")
            return
        }
        let running = rig.answer(request, uid: 1)
        #expect(running?.contains("being carried out") == true)
        #expect(
            String(decoding: rig.dispatcher.finish(call, with: .success("sim")), as: UTF8.self)
                == #"[{"jsonrpc":"2.0","id":1,"result":"sim"}]"#)
        #expect(rig.answer(request, uid: 1) == #"{"jsonrpc":"2.0","id":1,"result":"sim"}"#)
        #expect(replies.withLock { $0.count } == 1)
    }

    @Test("answers for a handler that drops its reply")
    func droppedReply() throws {
        let events = Locked<[String]>([])
        let channel = ReplyChannel()
        do {
            let reply = RPCReply(channel)
            reply.notify("killswitch.latched", ["level": "halt"])
        }
        channel.listen { event in events.withLock { $0.append("\(event)") } }
        let seen = events.withLock { $0 }
        #expect(seen.count == 2)
        #expect(seen.first?.contains("latched") == true && seen.last?.contains("reply-dropped") == true)
    }

    @Test("bounds calls in flight, but engages")
    func inFlight() throws {
        let rig = try DispatcherRig()
        let caller = Caller(peer: Peer(pid: 1, uid: 1, gid: 1), role: .operator)
        for (method, contains) in [
            ("mode.arm", "-32002"), ("killswitch.engage", "result"), ("status", "result"),
        ] {
            let line = Array(requestText(method).utf8)
            guard case .answer(let bytes) = rig.dispatcher.handle(line, from: caller, inFlight: 16, now: 0)
            else {
                Issue.record("no answer")
                return
            }
            #expect(String(decoding: bytes, as: UTF8.self).contains(contains))
        }
    }

    @Test("refuses everything but engaging while stopping")
    func stopping() throws {
        let rig = try DispatcherRig()
        rig.dispatcher.isStopping = true
        #expect(try rig.code(requestText("status")) == -32000)
        #expect(try rig.code(requestText("killswitch.engage")) == 0)
    }
}
