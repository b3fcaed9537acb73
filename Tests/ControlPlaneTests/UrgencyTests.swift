import Dispatch
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

@testable import ControlPlane

extension SocketTests {
    @Suite("An engage goes before everything else")
    struct UrgencyTests {
        private static let clients = 8
        private static let requests = 200

        /// A server whose queue a test can hold, with clients that are connected and have been served once.
        private struct Siege {
            let directory: TemporaryDirectory
            let queue = DispatchQueue(label: "tradingd.control")
            let server: ControlServer
            let served = Locked<[String]>([])
            let rescuer: RawClient
            let others: [RawClient]

            init() throws {
                let directory = try TemporaryDirectory()
                self.directory = directory
                let served = served
                let handlers = ["status", "killswitch.engage"].map { method in
                    (
                        method,
                        RPCHandler.value { call in
                            served.withLock { $0.append(call.method) }
                            return ["done": true]
                        }
                    )
                }
                server = try ControlServer(
                    path: directory.path + "/control.sock", queue: queue,
                    identity: DaemonIdentity(version: "0.3.0", profile: .paper, mode: { "sim" }),
                    roles: .byOwner(geteuid(), profile: .paper),
                    handlers: Dictionary(uniqueKeysWithValues: handlers), limits: generousLimits())
                try server.start()
                let path = server.path
                rescuer = try RawClient(path)
                others = try (0..<UrgencyTests.clients).map { _ in try RawClient(path) }
                for client in others + [rescuer] { #expect(try client.code(requestText("status")) == 0) }
                served.withLock { $0 = [] }
            }

            /// Everybody sends while nothing can be served, then everything is.
            func flood(rescue: String) throws {
                let flood = String(
                    repeating: requestText("status") + "\n", count: UrgencyTests.requests)
                queue.sync {
                    for client in others { client.send(flood) }
                    rescuer.send(rescue)
                }
            }
        }

        @Test("it is served before the requests of everybody else who sent before it")
        func others() throws {
            let siege = try Siege()
            defer { siege.server.stop() }
            try siege.flood(rescue: requestText("killswitch.engage") + "\n")
            #expect(try siege.rescuer.json()["result"]?["done"] == true)
            for client in siege.others {
                for _ in 0..<Self.requests { #expect(try client.json()["result"] != nil) }
            }
            let served = siege.served.withLock { $0 }
            #expect(served.first == "killswitch.engage")
            #expect(served.count == Self.clients * Self.requests + 1)
        }

        @Test("what its own client sent before it is served before it, and nothing of anybody else")
        func own() throws {
            let siege = try Siege()
            defer { siege.server.stop() }
            let own = (1...Self.requests).map { requestText("status", id: "\($0)") + "\n" }.joined()
            try siege.flood(
                rescue: own + requestText("killswitch.engage", id: "0") + "\n"
                    + requestText("status", id: "9999") + "\n")
            for id in 1...Self.requests { #expect(try siege.rescuer.json()["id"]?.integerValue == id) }
            #expect(try siege.rescuer.json()["id"]?.integerValue == 0)
            #expect(try siege.rescuer.json()["id"]?.integerValue == 9_999)
            #expect(siege.served.withLock { $0.firstIndex(of: "killswitch.engage") } == Self.requests)
        }
    }
}

@Suite("Who sends too much")
struct RestTests {
    @Test("is to rest until it may send again, which is asked for once")
    func rest() throws {
        var limits = ControlLimits()
        limits.requestsPerSecond = 10
        let rig = try DispatcherRig(limits: limits)
        for _ in 0..<10 {
            #expect(rig.answer(requestText("status")) != nil)
            #expect(rig.dispatcher.takeRest() == 0)
        }
        #expect(try rig.code(requestText("status")) == -32002)
        #expect(rig.dispatcher.takeRest() == 100_000_000)
        #expect(rig.dispatcher.takeRest() == 0)
        #expect(try rig.code(requestText("killswitch.engage")) == 0)
        #expect(rig.dispatcher.takeRest() == 0)
    }
}

@Suite("A word in lines that wait")
struct LineWordTests {
    private func framer() -> LineFramer { LineFramer(limit: 100, lookingFor: "stop") }

    @Test("is found once its line is complete, wherever the packets were cut", arguments: 1...12)
    func cuts(_ size: Int) {
        var framer = framer()
        var rest = Array("go\nsto s st-stop!".utf8)[...]
        while !rest.isEmpty {
            framer.append(rest.prefix(size))
            rest = rest.dropFirst(size)
            #expect(!framer.holdsWord)
        }
        framer.append(Array("\n".utf8))
        #expect(framer.holdsWord)
        #expect(framer.next() == .line(Array("go".utf8)) && framer.holdsWord)
        #expect(framer.next() == .line(Array("sto s st-stop!".utf8)) && !framer.holdsWord)
    }

    @Test("holds until the last line with it is taken, whatever follows")
    func several() {
        var framer = framer()
        framer.append(Array("stop\na\nstop\nb\nsto".utf8))
        for line in ["stop", "a"] { #expect(framer.next() == .line(Array(line.utf8)) && framer.holdsWord) }
        framer.append(Array("r\n".utf8))
        #expect(framer.holdsWord)
        #expect(framer.next() == .line(Array("stop".utf8)) && !framer.holdsWord)
        #expect(framer.next() == .line(Array("b".utf8)) && framer.next() == .line(Array("stor".utf8)))
    }

    @Test("is not looked for where nobody asks")
    func nobody() {
        var framer = LineFramer(limit: 100)
        framer.append(Array("stop\n".utf8))
        #expect(!framer.holdsWord)
    }
}
