import ExactJSON
import Glibc
import Logging
import Platform
import Systemd
import Testing
import TradingModel

@testable import Telemetry

/// A sink into a pipe, and what came out of it.
final class PipeLog {
    let sink: LogSink
    private let readEnd: Int32
    let writeEnd: Int32

    init(nonBlocking: Bool = false, maximumLines: Int = 8_192, maximumBytes: Int = 4 << 20) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemError("pipe", "log") }
        (readEnd, writeEnd) = (ends[0], ends[1])
        if nonBlocking, fcntl(writeEnd, F_SETFL, O_NONBLOCK) != 0 { throw SystemError("fcntl", "log") }
        sink = try LogSink(
            .stream(writeEnd), environment: "paper", processID: 42, maximumLines: maximumLines,
            maximumBytes: maximumBytes)
    }

    func logger(_ label: String = "tradingd.risk") -> Logger {
        Logger(label: label) { JSONLogHandler(label: $0, sink: self.sink) }
    }

    /// Every line until the writer's end is closed.
    func finish() -> [String] {
        close(writeEnd)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(readEnd, &chunk, chunk.count)
            if count <= 0 { break }
            bytes += chunk.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Takes some bytes out, to make room.
    func read(_ count: Int) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: count)
        let taken = Glibc.read(readEnd, &chunk, count)
        return Array(chunk.prefix(max(0, taken)))
    }

    /// Takes away the room of a non-blocking pipe.
    func fill() {
        let filler = [UInt8](repeating: 0x0A, count: 4_096)
        while Glibc.write(writeEnd, filler, filler.count) > 0 {}
    }

    deinit { close(readEnd) }
}

@Suite("JSON log lines")
struct LogLineTests {
    /// The keys of a line, in their order.
    private func keys(_ line: String) throws -> [String] {
        try #require(try JSONParser.parse(line).objectValue).map(\.key)
    }

    @Test("a line has exactly the fields, in their order")
    func fullLine() throws {
        let log = try PipeLog()
        log.logger().notice(
            "Order refused",
            metadata: [
                "signal.id": "s-1", "symbol": "XAUUSD", "span.id": "b7ad6b7169203331",
                "trace.id": "0af7651916cd43dd8448eb211c80319c", "order.id": "o-1", "risk.reason": "throttle",
                "attempts": .stringConvertible(3),
            ])
        #expect(log.sink.flush())
        let lines = log.finish()
        #expect(lines.count == 1)
        let parsed = try JSONParser.parse(lines[0])
        let time = try #require(parsed["ts"]?.stringValue)
        #expect(time.utf8.count == 30 && Timestamp(rfc3339: time) != nil)
        #expect(
            lines[0] == #"{"ts":"\#(time)","level":"notice","component":"risk","message":"Order refused","#
                + #""trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","#
                + #""symbol":"XAUUSD","order_id":"o-1","signal_id":"s-1","#
                + #""context":{"attempts":3,"risk.reason":"throttle"},"env":"paper","pid":42}"#)
    }

    @Test("what is absent is left out")
    func shortLine() throws {
        let log = try PipeLog()
        log.logger("other").warning("Plain", metadata: ["symbol": ""])
        #expect(log.sink.flush())
        let line = try #require(log.finish().first)
        #expect(try keys(line) == ["ts", "level", "component", "message", "env", "pid"])
        #expect(try JSONParser.parse(line)["component"] == "other")
    }

    @Test("metadata of call, logger and provider is merged, the closest wins")
    func mergedMetadata() throws {
        let log = try PipeLog()
        let provider = Logger.MetadataProvider { ["a": "provider", "b": "provider", "c": "provider"] }
        var logger = Logger(label: "tradingd.bus") {
            JSONLogHandler(label: $0, sink: log.sink, metadataProvider: provider)
        }
        logger[metadataKey: "b"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("Merged", metadata: ["c": ["x": ["call", "\"é\n"]], "d": .stringConvertible(true)])
        #expect(log.sink.flush())
        let line = try #require(log.finish().first)
        #expect(
            line.contains(
                #""context":{"a":"provider","b":"logger","c":{"x":["call","\"é\n"]},"d":true}"#))
    }

    @Test("the level changes at run time; a logger may have its own")
    func levels() throws {
        let log = try PipeLog()
        let logger = log.logger()
        var verbose = log.logger("tradingd.verbose")
        verbose.logLevel = .trace
        logger.debug("no")
        verbose.trace("yes 1")
        log.sink.level = .debug
        logger.debug("yes 2")
        log.sink.level = .critical
        logger.error("no")
        logger.critical("yes 3")
        #expect(log.sink.level == .critical)
        #expect(log.sink.flush())
        let messages = try log.finish().map { try JSONParser.parse($0)["message"]?.stringValue }
        #expect(messages == ["yes 1", "yes 2", "yes 3"])
    }

    @Test("a line of excess gives up its context and the end of its message")
    func excess() throws {
        let log = try PipeLog()
        let long = String(repeating: "é", count: 50_000)
        log.logger().error("\(long)", metadata: ["big": "\(long)", "symbol": "XAUUSD"])
        #expect(log.sink.flush())
        let line = try #require(log.finish().first)
        #expect(line.utf8.count < 10_000)
        let parsed = try JSONParser.parse(line)
        #expect(parsed["symbol"] == "XAUUSD" && parsed["context"]?["truncated_bytes"] != nil)
        #expect(parsed["message"]?.stringValue?.allSatisfy { $0 == "é" } == true)
    }

    @Test("hostile text stays one line of JSON")
    func hostileText() throws {
        let log = try PipeLog()
        log.logger().error("a\n{\"ts\":\"forged\"}\r\u{1B}[31m", metadata: ["k\n\"": "v\\"])
        #expect(log.sink.flush())
        let lines = log.finish()
        #expect(lines.count == 1)
        #expect(try JSONParser.parse(lines[0])["message"] == "a\n{\"ts\":\"forged\"}\r\u{1B}[31m")
    }
}
