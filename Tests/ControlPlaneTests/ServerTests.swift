import ExactJSON
import Glibc
import Platform
import Testing

@testable import ControlPlane

/// Everything that needs a real socket runs one after the other.
@Suite("Sockets", .serialized)
struct SocketTests {}

extension SocketTests {
    @Suite("Server")
    struct ServerTests {
        @Test("knows who calls and answers")
        func identity() throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            client.send(requestText("status") + "\n")
            #expect(try client.json()["result"]?["pid"]?.integerValue == Int(getpid()))
            client.send(requestText("rpc.hello") + "\n")
            #expect(try client.json()["result"]?["role"] == "operator")
        }

        @Test("takes half lines, CRLF, blank lines and several requests in one packet")
        func framing() throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            let request = requestText("status")
            client.send(String(request.prefix(20)))
            client.send(
                String(request.dropFirst(20)) + "\r\n\r\n\n  \n" + requestText("status", id: "2") + "\n")
            #expect(try client.json()["id"] == 1)
            #expect(try client.json()["id"] == 2)
        }

        @Test(
            "stays in step after garbage",
            arguments: [
                "garbage", "{\"a\":1,\"a\":2}", "\u{0}\u{0}\u{0}", "\u{FEFF}{}", "{\"jsonrpc\":\"2.0\"",
                String(repeating: "[", count: 60_000), "\"\\ud800\"", "]", "{\"id\":1}}",
            ])
        func garbage(_ text: String) throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            #expect(try client.code(text) == -32700)
            #expect(try client.code(requestText("status")) == 0)
        }

        @Test("answers UTF-16 with parse errors and goes on")
        func utf16() throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            let text = requestText("status") + "\n"
            client.send(text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } + [0x0A])
            #expect(try client.json()["error"]?["code"] == -32700)
            #expect(try client.json()["error"]?["code"] == -32700)
            #expect(try client.code(requestText("status")) == 0)
        }

        @Test("takes a line of 64 KiB, refuses one byte more and closes")
        func lineLimit() throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            let request = requestText("status")
            let full = request + String(repeating: " ", count: 65_536 - request.utf8.count)
            #expect(try client.code(full) == 0)
            #expect(try client.code(full + "\r") == 0)
            #expect(try client.code(full + " ") == -32003)
            #expect(try client.line() == nil)
            let endless = try RawClient(rig.path)
            endless.send(String(repeating: "x", count: 70_000))
            #expect(try endless.json()["error"]?["code"] == -32003)
            #expect(try endless.line() == nil)
            #expect(rig.server.counters.oversizedRequests == 2)
        }

        @Test("answers a thousand pipelined requests in order")
        func pipelining() throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            client.send((0..<1_000).map { requestText("status", id: String($0)) + "\n" }.joined())
            for id in 0..<1_000 { #expect(try client.json()["id"]?.integerValue == id) }
            #expect(rig.server.counters.requests == 1_000)
        }

        @Test("answers all that was sent before the client ended, also a last line without line end")
        func halfClose() throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            client.send(requestText("status") + "\n" + requestText("snapshot.config", id: "2"))
            client.endSending()
            #expect(try client.json()["id"] == 1)
            #expect(try client.json()["id"] == 2)
            #expect(try client.line() == nil)
            let cut = try RawClient(rig.path)
            cut.send(String(requestText("killswitch.engage").dropLast()))
            cut.endSending()
            #expect(try cut.json()["error"]?["code"] == -32700)
            #expect(try cut.line() == nil)
            #expect(rig.engaged.withLock { $0 } == 0)
        }

        @Test("does not let a client that never reads hold up another, and closes it in time")
        func neverReads() throws {
            let rig = try ServerRig()
            let deaf = try RawClient(rig.path)
            deaf.send((0..<200).map { requestText("snapshot.config", id: String($0)) + "\n" }.joined())
            let other = try RawClient(rig.path)
            for _ in 0..<20 { #expect(try other.code(requestText("status")) == 0) }
            #expect(rig.server.clientCount == 2)
            // The server may still have been filling the socket when the clock moved.
            for _ in 0..<1_000 where rig.server.clientCount == 2 {
                rig.advance(seconds: 6)
                #expect(try other.code(requestText("status")) == 0)
            }
            #expect(rig.server.counters.writeTimeouts == 1)
            #expect(try other.code(requestText("status")) == 0)
        }

        @Test("serves a client that reads late everything it asked for")
        func readsLate() throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            client.send((0..<12).map { requestText("snapshot.config", id: String($0)) + "\n" }.joined())
            for id in 0..<12 { #expect(try client.json()["id"]?.integerValue == id) }
        }

        @Test("closes a request that does not go on, and a connection without requests")
        func timeouts() throws {
            let rig = try ServerRig()
            let half = try RawClient(rig.path)
            half.send(requestText("status") + "\n{")
            #expect(try half.json()["id"] == 1)
            let quiet = try RawClient(rig.path)
            #expect(try quiet.code(requestText("status")) == 0)
            rig.advance(seconds: 4)
            #expect(rig.server.clientCount == 2)
            rig.advance(seconds: 2)
            #expect(try half.json()["error"]?["code"] == -32004)
            #expect(try half.line() == nil)
            rig.advance(seconds: 293)
            #expect(rig.server.clientCount == 1)
            rig.advance(seconds: 2)
            #expect(try quiet.json()["error"]?["code"] == -32004)
            #expect(try quiet.line() == nil)
            #expect(rig.server.counters.arrivalTimeouts == 1 && rig.server.counters.idleTimeouts == 1)
        }

        @Test("engages although every place is held by a stuck client", arguments: [true, false])
        func engageUnderSiege(_ byOneUser: Bool) throws {
            var limits = ControlLimits()
            if !byOneUser { limits.clientsPerUser = 64 }
            let rig = try ServerRig(limits: limits)
            let stuck = try (0..<64).map { _ in try RawClient(rig.path) }
            for (index, client) in stuck.enumerated() {
                if index % 3 == 0 { client.send("{\"half\":") }
                if index % 3 == 1 { client.send(requestText("snapshot.config") + "\n") }
            }
            let rescuer = try RawClient(rig.path)
            #expect(try rescuer.code(requestText("killswitch.engage")) == 0)
            #expect(rig.engaged.withLock { $0 } == 1)
            #expect(rig.server.clientCount == (byOneUser ? 12 : 36))
            #expect(rig.server.counters.evictedClients == (byOneUser ? 53 : 29))
        }

        @Test("turns away who finds no place and may not evict, with a reason")
        func placesTaken() throws {
            var limits = ControlLimits()
            limits.reservedClients = 0
            limits.clientsPerUser = 2
            let rig = try ServerRig(limits: limits)
            let seated = try (0..<2).map { _ in try RawClient(rig.path) }
            for client in seated { #expect(try client.code(requestText("status")) == 0) }
            let late = try RawClient(rig.path)
            #expect(try late.json()["error"]?["code"] == -32002)
            #expect(try late.line() == nil)
            #expect(rig.server.counters.refusedClientsPerUser == 1)
            #expect(try seated[0].code(requestText("status")) == 0)
        }

        @Test("survives clients that vanish with answers on the way")
        func vanishing() throws {
            let rig = try ServerRig()
            for _ in 0..<50 {
                let client = try RawClient(rig.path)
                client.send((0..<20).map { requestText("snapshot.config", id: String($0)) + "\n" }.joined())
            }
            let client = try RawClient(rig.path)
            #expect(try client.code(requestText("status")) == 0)
        }

        @Test("serves others while a deferred call runs, sends its notices first, then its answer")
        func deferred() throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            client.send(requestText("mode.switch", id: "9", params: #"{"mode":"replay"}"#) + "\n")
            let reply = try rig.nextReply()
            #expect(try client.code(requestText("killswitch.engage")) == 0)
            reply.notify("mode.switching", ["step": "drain"])
            reply.succeed(["mode": "replay"])
            reply.fail(.timeout("too late to matter"))
            #expect(
                try client.line() == #"{"jsonrpc":"2.0","method":"mode.switching","params":{"step":"drain"}}"#
            )
            #expect(try client.line() == #"{"jsonrpc":"2.0","id":9,"result":{"mode":"replay"}}"#)
        }

        @Test("tells the caller when a deferred call takes too long, and keeps its result for a repeat")
        func deferredTooLate() throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            let request = requestText("mode.switch", params: #"{"mode":"sim","request_id":"k"}"#)
            client.send(request + "\n")
            let reply = try rig.nextReply()
            rig.advance(seconds: 59)
            #expect(try client.code(requestText("status")) == 0)
            rig.advance(seconds: 2)
            #expect(try client.json()["error"]?["code"] == -32004)
            reply.succeed("sim")
            client.send(request + "\n")
            #expect(try client.line() == #"{"jsonrpc":"2.0","id":1,"result":"sim"}"#)
            #expect(rig.server.counters.lateAnswers == 1)
        }

        @Test("stops after the answers in flight, removes its socket and can be followed")
        func stopping() throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            client.send(requestText("mode.switch", params: #"{"mode":"sim"}"#) + "\n")
            let reply = try rig.nextReply()
            let idle = try RawClient(rig.path)
            #expect(try idle.code(requestText("status")) == 0)
            let finished = Locked(false)
            let server = rig.server
            let thread = Thread {
                server.stop()
                finished.withLockNotifying { $0 = true }
            }
            #expect(try idle.line() == nil)
            #expect(access(rig.path, F_OK) != 0)
            #expect(!finished.withLock { $0 })
            reply.succeed("sim")
            #expect(try client.json()["result"] == "sim")
            #expect(try client.line() == nil)
            thread.join()
            #expect(finished.withLock { $0 })
            let follower = try ServerRig.server(path: rig.path)
            try follower.start()
            follower.stop()
            #expect(throws: ControlServerError.notStartable) { try server.start() }
        }

        @Test("stops at its deadline although clients do not read and calls do not end")
        func stopDeadline() throws {
            let rig = try ServerRig()
            let waiting = try RawClient(rig.path)
            waiting.send(requestText("mode.switch", params: #"{"mode":"sim"}"#) + "\n")
            let reply = try rig.nextReply()
            let deaf = try RawClient(rig.path)
            deaf.send((0..<50).map { requestText("snapshot.config", id: String($0)) + "\n" }.joined())
            let idle = try RawClient(rig.path)
            #expect(try idle.code(requestText("status")) == 0)
            let server = rig.server
            let thread = Thread { server.stop() }
            #expect(try idle.line() == nil)
            rig.advance(seconds: 3)
            thread.join()
            #expect(try waiting.json()["error"]?["code"] == -32000)
            #expect(try waiting.line() == nil)
            reply.succeed("nobody listens")
        }
    }
}

/// A plain thread for calls that block.
final class Thread {
    private var handle = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        pthread_create(
            &handle, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
    }

    func join() { pthread_join(handle, nil) }

    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
