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

    @Test("drops the oldest lines when nobody writes, and reports the loss first")
    func dropsOldest() throws {
        let log = try PipeLog(maximumLines: 10)
        let logger = log.logger()
        log.queue.suspend()
        for index in 0..<25 { logger.info("line \(index)") }
        #expect(log.sink.droppedLines == 15)
        log.queue.resume()
        #expect(log.sink.flush(timeout: .seconds(60)))
        let lines = log.finish()
        #expect(try messages(lines) == ["Log lines dropped"] + (15..<25).map { "line \($0)" })
        let loss = try JSONParser.parse(lines[0])
        #expect(loss["level"] == "warning" && loss["component"] == "telemetry")
        #expect(loss["context"]?["dropped"]?.integerValue == 15)
        #expect(loss["env"] == "paper" && loss["pid"]?.integerValue == 42)
    }

    @Test("holds no more bytes than it may")
    func byteBound() throws {
        let log = try PipeLog(maximumBytes: 2_000)
        log.queue.suspend()
        for index in 0..<100 { log.logger().info("line \(index)") }
        #expect(log.sink.droppedLines > 80)
        log.queue.resume()
        #expect(log.sink.flush(timeout: .seconds(60)))
        let lines = log.finish()
        #expect(lines.dropFirst().reduce(0) { $0 + $1.utf8.count + 1 } <= 2_000)
        #expect(try messages(lines).last == "line 99")
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
        let sink = LogSink(
            .stream(-1), environment: "dev", processID: 1, queue: DispatchQueue(label: "tradingd.telemetry"))
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
