import Dispatch
import ExactJSON
import Glibc
import Messaging
import Platform
import Risk
import TestSupport
import Testing

@testable import ControlPlane
@testable import TradingSystem

/// Nothing that waits may stand before an engage.
@Suite("Engaging while the bus hangs")
struct HungBusTests {
    /// A connection whose lines are sent together, and read one by one for 30 s at most.
    private final class Line {
        private let number: Int32
        private var framer = LineFramer(limit: 1 << 22)

        init(_ path: String) throws {
            let socket = try UnixSocket.open()
            try UnixSocket.connect(socket.number, to: path)
            var time = timeval(tv_sec: 30, tv_usec: 0)
            setsockopt(
                socket.number, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
            number = socket.release()
        }

        deinit { close(number) }

        func send(_ methods: String...) throws {
            var text = ""
            for (index, method) in methods.enumerated() {
                text += "{\"jsonrpc\":\"2.0\",\"id\":\(index + 1),\"method\":\"\(method)\"}\n"
            }
            #expect(try UnixSocket.send(number, Array(text.utf8)[...]) == text.utf8.count)
        }

        func next() throws -> JSONValue {
            while true {
                if case .line(let line) = framer.next() { return try JSONParser.parse(line) }
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = recv(number, &buffer, buffer.count, 0)
                try #require(count > 0, "nothing was heard")
                framer.append(buffer.prefix(count))
            }
        }
    }

    @Test(
        "whatever waits for the bus in front of it, on the same connection or another: it latches and says so",
        arguments: ["status", "mode.arm", "mode.disarm", "health", "trip.show"], [true, false])
    func latches(_ method: String, isSameConnection: Bool) throws {
        let rig = try DaemonRig()
        let path = rig.directory.path + "/socket"
        let server = try #require(try rig.daemon.startServer())
        defer { server.stop() }
        rig.queues.bus.suspend()
        defer { rig.queues.bus.resume() }
        let first = try Line(path)
        if isSameConnection {
            try first.send(method, "killswitch.engage")
            // A call that finds it latched may be refused before that is heard.
            var heard = try first.next()
            if heard["error"] != nil { heard = try first.next() }
            #expect(heard["method"] == "killswitch.latched")
        } else {
            try first.send(method)
            let second = try Line(path)
            try second.send("killswitch.engage")
            #expect(try second.next()["method"] == "killswitch.latched")
        }
        #expect(rig.daemon.killSwitch.isHalted)
    }

    @Test("once the bus goes on, everything is answered; what holds is on disk before")
    func answersLater() throws {
        let rig = try DaemonRig()
        let server = try #require(try rig.daemon.startServer())
        defer { server.stop() }
        let line = try Line(rig.directory.path + "/socket")
        rig.queues.bus.suspend()
        try line.send("status", "status", "killswitch.engage")
        #expect(try line.next()["method"] == "killswitch.latched")
        rig.queues.killState.sync {}
        #expect(rig.daemon.killSwitch.isPersisted)
        rig.queues.bus.resume()
        var answers: [JSONValue] = []
        for _ in 0..<3 { answers.append(try line.next()) }
        #expect(answers.compactMap { $0["id"]?.integerValue }.sorted() == [1, 2, 3])
        let queries = answers.compactMap { $0["id"]?.integerValue }.filter { $0 < 3 }
        #expect(queries == [1, 2] && answers.allSatisfy { $0["result"] != nil })
    }
}
