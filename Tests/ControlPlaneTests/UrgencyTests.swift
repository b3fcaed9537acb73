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

        @Test("a client that reads none of its answers is heard all the same, and then gets them all")
        func unread() throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            // More than the output may hold, and the socket besides.
            let big = 8
            for id in 1...big { client.send(requestText("snapshot.config", id: "\(id)") + "\n") }
            client.send(requestText("status", id: "77") + "\n")
            client.send(requestText("killswitch.engage", id: "88") + "\n")
            let deadline = MonotonicClock.now() + 30_000_000_000
            #expect(rig.engaged.wait(until: deadline) { $0 == 1 ? true : nil } == true)
            var ids: [Int] = []
            for _ in 0..<(big + 2) { try ids.append(#require(try client.json()["id"]?.integerValue)) }
            #expect(Set(ids) == Set(Array(1...big) + [77, 88]))
            // What was held back keeps its order.
            #expect(ids.filter { $0 != 88 } == Array(1...big) + [77])
        }

        @Test("a client that sends on without reading is heard when it engages, and closed in the end")
        func shedding() throws {
            let rig = try ServerRig()
            let client = try RawClient(rig.path)
            for id in 1...8 { client.send(requestText("snapshot.config", id: "\(id)") + "\n") }
            let flood = String(repeating: requestText("status") + "\n", count: 4_000)
            client.send(flood)
            client.send(requestText("killswitch.engage") + "\n")
            let deadline = MonotonicClock.now() + 30_000_000_000
            #expect(rig.engaged.wait(until: deadline) { $0 == 1 ? true : nil } == true)
            while try client.line() != nil {}
        }
    }
}

@Suite("A client that does not read")
struct UnreadOutputTests {
    private func state(mayEngage: Bool = true) -> ClientState {
        var limits = ControlLimits()
        limits.outputBytes = 4
        limits.answerBytes = 4
        limits.requestBytes = 100
        return ClientState(limits: limits, mayEngage: mayEngage, now: 0)
    }

    private let engage = Array(#"{"method":"killswitch.engage"}"#.utf8)

    @Test("is served what engages, before what it sent earlier; the rest once its output is gone")
    func order() {
        var state = state()
        state.send([1, 2, 3], now: 0)
        state.received(Array("1\n".utf8) + engage + [0x0A] + Array("2\n".utf8), now: 0)
        #expect(state.isBlocked && state.wantsToRead && state.holdsEngage)
        #expect(state.nextLine(now: 0) == .line(engage))
        #expect(!state.holdsEngage && state.nextLine(now: 0) == nil && !state.mayServeOn)
        state.wrote(4, now: 0)
        #expect(state.mayServeOn && !state.isFinished)
        #expect(state.nextLine(now: 0) == .line([0x31]) && !state.mayServeOn)
        #expect(state.nextLine(now: 0) == .line([0x32]))
        #expect(state.nextLine(now: 0) == nil && !state.isFinished)
    }

    @Test("is not read from where it may not engage")
    func others() {
        var state = state(mayEngage: false)
        state.send([1, 2, 3], now: 0)
        state.received(engage + [0x0A], now: 0)
        #expect(!state.wantsToRead && state.nextLine(now: 0) == nil)
    }

    @Test("loses the lines that no room is left for, but none that engages, and is closed at the end")
    func shedding() {
        var state = state()
        state.send([1, 2, 3], now: 0)
        for _ in 0..<100 {
            state.received(Array("0123456789\n".utf8), now: 0)
            #expect(state.wantsToRead)
        }
        #expect(state.isShedding)
        state.received(engage + [0x0A], now: 0)
        #expect(state.nextLine(now: 0) == .line(engage) && state.nextLine(now: 0) == nil)
        state.send([9, 9, 9], now: 0)
        let full = state.unsentBytes
        state.send([9], now: 0)
        #expect(full == 8 && state.unsentBytes == full && !state.isFinished)
        state.wrote(full, now: 0)
        #expect(state.isFinished)
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
