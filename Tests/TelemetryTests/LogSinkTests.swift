import Dispatch
import ExactJSON
import Glibc
import Logging
import Platform
import Testing

@testable import Telemetry

@Suite("Log sink")
struct LogSinkTests {
    private func messages(_ lines: [String]) throws -> [String] {
        try lines.map { try #require(try JSONParser.parse($0)["message"]?.stringValue) }
    }

    @Test("writes every line of many threads, whole")
    func concurrentLines() throws {
        let log = try PipeLog()
        let logger = log.logger()
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for index in 0..<50 { logger.info("\(thread).\(index)") }
        }
        #expect(log.sink.flush(timeout: .seconds(60)))
        let expected = (0..<4).flatMap { thread in (0..<50).map { "\(thread).\($0)" } }
        #expect(try messages(log.finish()).sorted() == expected.sorted())
        #expect(log.sink.droppedLines == 0 && log.sink.refusedLines == 0)
    }

    @Test("a reader that stalls costs the oldest lines, which are counted and reported")
    func stalledReader() throws {
        let log = try PipeLog(nonBlocking: true, maximumLines: 10)
        let logger = log.logger()
        log.fill()
        for index in 0..<5_000 { logger.info("line \(index)") }
        // Ten lines wait in the ring, at most a batch in the hands of the writer.
        let dropped = log.sink.droppedLines
        #expect(dropped >= 5_000 - 10 - 256)
        #expect(!log.sink.flush(timeout: .zero))
        var bytes: [UInt8] = []
        while !log.sink.flush(timeout: .milliseconds(1)) { bytes += log.read(65_536) }
        let rest = log.finish()
        let lines =
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init) + rest
        let survivors = try messages(lines).filter { $0 != "Log lines dropped" }
        #expect(survivors.count + Int(dropped) == 5_000)
        #expect(Array(survivors.suffix(10)) == (4_990..<5_000).map { "line \($0)" })
        let losses = try lines.map { try JSONParser.parse($0) }.filter {
            $0["message"] == "Log lines dropped"
        }
        #expect(losses.reduce(0) { $0 + ($1["context"]?["dropped"]?.integerValue ?? 0) } == Int(dropped))
        let loss = try #require(losses.first)
        #expect(loss["level"] == "warning" && loss["component"] == "telemetry")
        #expect(loss["context"]?["event"] == "fault.log_dropped" && loss["env"] == "paper")
    }

    @Test("holds no more bytes than it may")
    func byteBound() throws {
        let log = try PipeLog(nonBlocking: true, maximumBytes: 2_000)
        log.fill()
        let text = String(repeating: "x", count: 500)
        for index in 0..<1_000 { log.logger().info("\(index) \(text)") }
        #expect(log.sink.droppedLines >= 1_000 - 256 - 3)
        var bytes: [UInt8] = []
        while !log.sink.flush(timeout: .milliseconds(1)) { bytes += log.read(65_536) }
        let lines =
            String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init) + log.finish()
        #expect(try messages(lines).last == "999 \(text)")
    }

    @Test("waits for room in a full non-blocking pipe and loses nothing")
    func fullPipe() throws {
        let log = try PipeLog(nonBlocking: true)
        let logger = log.logger()
        let text = String(repeating: "x", count: 1_000)
        for index in 0..<200 { logger.info("\(index) \(text)") }
        #expect(!log.sink.flush(timeout: .zero))
        var bytes: [UInt8] = []
        while bytes.count(where: { $0 == 0x0A }) < 200 { bytes += log.read(10_000) }
        #expect(log.sink.flush(timeout: .seconds(60)))
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(try messages(lines) == (0..<200).map { "\($0) \(text)" })
        #expect(log.finish().isEmpty)
    }

    @Test("counts the lines that a broken stream refuses")
    func brokenStream() throws {
        let sink = try LogSink(.stream(-1), environment: "dev", processID: 1)
        let logger = Logger(label: "tradingd.bus") { JSONLogHandler(label: $0, sink: sink) }
        for _ in 0..<5 { logger.error("lost") }
        #expect(sink.flush(timeout: .seconds(60)))
        #expect(sink.refusedLines == 5 && sink.droppedLines == 0)
    }

    @Test("flush of an idle sink returns at once")
    func idleFlush() throws {
        #expect(try PipeLog().sink.flush(timeout: .zero))
    }

    @Test("a ring keeps a single line of any size")
    func singleLine() {
        var ring = LogRing(maximumLines: 3, maximumBytes: 10)
        let first = ring.push(.line([UInt8](repeating: 0, count: 100)))
        let second = ring.push(.line([1]))
        #expect(first == 0 && second == 1)
        let (lost, entries) = ring.take(limit: 5)
        #expect(lost == 1 && entries.count == 1 && ring.count == 0 && ring.unreportedDrops == 0)
    }
}
