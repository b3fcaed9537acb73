import Glibc
import Platform
import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Sockets", .timeLimit(.minutes(2)))
struct SocketTests {
    /// A gateway on a port of its own, stopped when the test ends.
    private final class Running {
        let gateway: Gateway
        let port: UInt16

        init(_ change: (inout GatewayOptions) -> Void = { _ in }) throws {
            var options = GatewayOptions(instruments: GatewayInstrument.catalogue(at: CoreFixture.start))
            change(&options)
            gateway = try Gateway(
                options, feed: .simulator(seed: 3, instruments: options.instruments, eventsPerSecond: 500))
            port = try gateway.start()
        }

        deinit { gateway.stop() }
    }

    private func subscribe(_ client: TestClient) throws {
        guard case .requestTickByTick(let request) = Asked.ticks(5, Asked.gold, "BidAsk") else { return }
        try client.say(request)
    }

    private func isTick(_ message: ServerMessage) -> TickByTick? {
        if case .market(.tickByTick(let tick)) = message { tick } else { nil }
    }

    private func currentTime(_ client: TestClient) throws {
        try client.say(RequestCurrentTime())
        try client.message { if case .currentTime = $0 { () } else { nil } }
    }

    @Test("a client connects, starts, and is told time and market", arguments: [178, 190, 200])
    func session(version: Int32) throws {
        let running = try Running()
        let client = try TestClient.ready(port: running.port, client: 1, version: version)
        try currentTime(client)
        try subscribe(client)
        for _ in 0..<20 { _ = try client.message(isTick) }
        #expect(running.gateway.status.contains("\"ready\":1"))
    }

    @Test("what a half-closed client asked before is still answered, then the connection ends")
    func halfClosed() throws {
        let running = try Running()
        let client = try TestClient.ready(port: running.port, client: 1)
        try client.say(RequestCurrentTime())
        client.finish()
        try client.message { if case .currentTime = $0 { () } else { nil } }
        try client.readToEnd()
    }

    @Test("a second client of the same id is told 326 and let go")
    func clientInUse() throws {
        let running = try Running()
        let first = try TestClient.ready(port: running.port, client: 4)
        let second = try TestClient(port: running.port)
        _ = try second.frame()
        try second.start(client: 4)
        _ = try second.error(326)
        try second.readToEnd()
        try currentTime(first)
    }

    @Test("a broken stream is closed, others go on")
    func broken() throws {
        let running = try Running()
        let good = try TestClient.ready(port: running.port, client: 1)
        let bad = try TestClient.ready(port: running.port, client: 2)
        try bad.send([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
        try bad.readToEnd()
        try currentTime(good)
    }

    @Test("the stream is cut after exactly so many bytes")
    func cut() throws {
        let running = try Running()
        try running.gateway.perform("after 150 bytes drop")
        let client = try TestClient(port: running.port)
        _ = try client.frame()
        try client.start(client: 1)
        try client.readToEnd()
        #expect(client.received == 150)
    }

    @Test("messages that are held back come all together")
    func hold() throws {
        let running = try Running()
        let client = try TestClient.ready(port: running.port, client: 1)
        try running.gateway.perform("hold 100")
        for _ in 0..<100 { try client.say(RequestCurrentTime()) }
        let before = client.reads.count
        for _ in 0..<100 { try client.message { if case .currentTime = $0 { () } else { nil } } }
        #expect(client.reads.count - before <= 2)
    }

    @Test("a trickle comes byte by byte and whole")
    func trickle() throws {
        let running = try Running()
        let client = try TestClient.ready(port: running.port, client: 1)
        try running.gateway.perform("trickle 10m")
        let before = client.reads.count
        for _ in 0..<50 { try currentTime(client) }
        // Whole messages would be a read each.
        #expect(client.reads.count - before > 50)
    }

    @Test("after silence everything comes that was asked meanwhile")
    func silence() throws {
        let running = try Running()
        let client = try TestClient.ready(port: running.port, client: 1)
        try running.gateway.perform("silence 200ms")
        let began = MonotonicClock.now()
        try currentTime(client)
        #expect(MonotonicClock.now() - began >= 150_000_000)
    }

    @Test("a firehose brings every message, then the marker")
    func firehose() throws {
        let running = try Running()
        let client = try TestClient.ready(port: running.port, client: 1)
        try running.gateway.perform("pause")
        try subscribe(client)
        try currentTime(client)
        try running.gateway.perform("firehose bidask 20000")
        var ticks = 0
        try client.message { message in
            if isTick(message) != nil { ticks += 1 }
            if case .currentTime = message { return () }
            return nil
        }
        #expect(ticks == 20_000)
    }

    @Test("a client that does not read is disconnected at the bound")
    func overrun() throws {
        let running = try Running {
            $0.limits.outputBytes = 20_000
            $0.limits.outputPatience = 0
        }
        let client = try TestClient.ready(port: running.port, client: 1)
        // Many questions, no reading: the answers fill the sockets, then the bound.
        var request = RequestContractData()
        request.contract = Asked.contract("GC", "FUT", "COMEX")
        var writer = FrameWriter(.client, version: .highest)
        for _ in 0..<500 { try writer.append(request) }
        do {
            while running.gateway.status.contains("\"overrun\":0") { try client.send(writer.bytes) }
            try client.readToEnd()
        } catch is SystemError {
            // The gateway has closed the connection while we were speaking.
        }
        #expect(running.gateway.status.contains("\"overrun\":1"))
    }

    @Test("a client that reads gets answers of any length")
    func longAnswers() throws {
        let running = try Running { $0.limits.outputBytes = 20_000 }
        let client = try TestClient.ready(port: running.port, client: 1)
        var request = RequestContractData()
        request.contract = Asked.contract("GC", "FUT", "COMEX")
        var writer = FrameWriter(.client, version: .highest)
        for _ in 0..<300 { try writer.append(request) }
        try client.send(writer.bytes)
        for _ in 0..<300 { try client.message { if case .contractDataEnd = $0 { () } else { nil } } }
        try currentTime(client)
    }

    @Test("a client that goes away from held output gives its id back")
    func heldAndGone() throws {
        let running = try Running()
        let first = try TestClient.ready(port: running.port, client: 1)
        try running.gateway.perform("hold 1000")
        for _ in 0..<3 { try first.say(RequestCurrentTime()) }
        first.finish()
        for _ in 0..<3 { try first.message { if case .currentTime = $0 { () } else { nil } } }
        try first.readToEnd()
        try currentTime(try TestClient.ready(port: running.port, client: 1))
    }

    @Test("a stream that is past its cut is told so, and goes on")
    func cutTooLate() throws {
        let running = try Running()
        let client = try TestClient.ready(port: running.port, client: 1)
        #expect(running.gateway.answer("after 5 bytes drop")?.hasPrefix("error: more than 5 bytes") == true)
        try currentTime(client)
        #expect(running.gateway.status.contains("\"faults\":{}"))
    }

    @Test("notes that nobody reads hold up nothing, and the lost ones are told later")
    func sleepingReader() throws {
        let isAwake = Locked(false)
        let told = Locked<[String]>([])
        let gateway = try Gateway(GatewayOptions(instruments: [])) { note in
            _ = isAwake.wait { $0 ? true : nil }
            told.withLockNotifying { $0.append(note.text) }
        }
        defer { isAwake.withLockNotifying { $0 = true } }
        let port = try gateway.start()
        for _ in 0..<(3 * NoteThread.room) { try gateway.perform("busy") }
        #expect(!gateway.status.contains("\"lost_notes\":0"))
        _ = try TestClient(port: port).frame()
        isAwake.withLockNotifying { $0 = true }
        let deadline = MonotonicClock.now() + 20_000_000_000
        #expect(
            told.wait(until: deadline) { $0.contains { $0.hasSuffix("nobody read them") } ? true : nil }
                != nil)
        isAwake.withLockNotifying { $0 = false }
        try gateway.perform("busy")
        gateway.stop()
    }

    @Test("commands end with their input: the last line needs no line end, a long one is refused")
    func commandLines() throws {
        let gateway = try Gateway(GatewayOptions(instruments: []))
        defer { gateway.stop() }
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let long = String(repeating: "x", count: Gateway.longestCommand + 1)
        try DurableFile.writeAll(Array("busy\n\(long)\n\nbusy 2".utf8), to: ends[1], named: "pipe")
        close(ends[1])
        var answers: [String] = []
        gateway.serveCommands(from: ends[0]) { answer in
            answers.append(answer)
            return true
        }
        close(ends[0])
        #expect(answers == ["ok", "error: the line is too long", "ok"])
    }

    @Test("a restart closes every connection and opens the same port again")
    func restart() throws {
        let running = try Running()
        let client = try TestClient.ready(port: running.port, client: 1)
        try running.gateway.perform("restart 100ms")
        do { try client.readToEnd() } catch is SystemError {}
        var again: TestClient?
        let deadline = MonotonicClock.now() + 20_000_000_000
        while again == nil, MonotonicClock.now() < deadline {
            do { again = try TestClient.ready(port: running.port, client: 1) } catch is SystemError {}
        }
        try currentTime(try #require(again))
    }

    @Test("a mute gateway accepts and says nothing until its time is over")
    func mute() throws {
        let running = try Running()
        try running.gateway.perform("accept-mute 200ms")
        let began = MonotonicClock.now()
        _ = try TestClient.ready(port: running.port, client: 1)
        #expect(MonotonicClock.now() - began >= 150_000_000)
    }

    @Test("a port in use is refused with its name")
    func portInUse() throws {
        let running = try Running()
        let options = GatewayOptions(instruments: [])
        let second = try Gateway(options, port: running.port)
        defer { second.stop() }
        #expect(throws: GatewayError.self) { try second.start() }
    }
}
