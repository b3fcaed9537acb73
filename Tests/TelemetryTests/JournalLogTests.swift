import Logging
import Platform
import Systemd
import TestSupport
import Testing

@testable import Telemetry

/// A sink into a stand-in for journald.
private final class JournalLog {
    let directory: TemporaryDirectory
    let journal: JournalStandIn
    let sink: LogSink

    init(maximumLines: Int = 8_192) throws {
        directory = try TemporaryDirectory()
        journal = try JournalStandIn(directory.path + "/socket")
        sink = try LogSink(
            .journal(JournalSocket(path: journal.path)), environment: "prod", processID: 7,
            maximumLines: maximumLines)
    }

    func logger(_ label: String = "tradingd.execution") -> Logger {
        Logger(label: label) { JSONLogHandler(label: $0, sink: self.sink) }
    }

    /// Every record until the sink has nothing left.
    func drain() -> [[String: [UInt8]]] {
        var records: [[String: [UInt8]]] = []
        while !sink.flush(timeout: .milliseconds(1)) {
            while let record = journal.receive() { records.append(record) }
        }
        while let record = journal.receive() { records.append(record) }
        return records
    }
}

@Suite("Log lines in the journal")
struct JournalLogTests {
    private func text(_ record: [String: [UInt8]]?, _ field: String) -> String? {
        record?[field].map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("a line has the standard fields, its own ones, and the rest as JSON")
    func fields() throws {
        let log = try JournalLog()
        log.logger().critical(
            "Kill switch\nengaged", metadata: ["order.id": "o-9", "by": "uid:1000", "trace.id": "abc"],
            file: "File.swift", function: "run()", line: 12)
        let record = try #require(log.drain().first)
        #expect(
            record.mapValues { String(decoding: $0, as: UTF8.self) } == [
                "MESSAGE": "Kill switch engaged", "PRIORITY": "2", "SYSLOG_IDENTIFIER": "tradingd",
                "TRADE_COMPONENT": "execution", "TRADE_PROFILE": "prod", "TRACE_ID": "abc",
                "TRADE_ORDER_ID": "o-9", "TRADE_JSON": #"{"by":"uid:1000"}"#, "CODE_FILE": "File.swift",
                "CODE_FUNC": "run()", "CODE_LINE": "12", "TRADE_SEQ": "1",
            ])
    }

    @Test("an event has its number and topic, and every key of the table its field")
    func event() throws {
        let log = try JournalLog()
        var metadata: Logger.Metadata = ["free": "text"]
        for row in JournalFields.table { metadata[row.key] = "value of \(row.key)" }
        log.logger().record(.orderDenied, metadata)
        let record = try #require(log.drain().first)
        #expect(text(record, "MESSAGE_ID") == "\(TradeEvent.orderDenied.messageID)")
        #expect(text(record, "TRADE_EVENT") == "deny" && text(record, "MESSAGE") == "Order denied")
        for row in JournalFields.table { #expect(text(record, row.field) == "value of \(row.key)") }
        #expect(text(record, "TRADE_JSON") == #"{"free":"text"}"#)
        #expect(text(record, "PRIORITY") == "5")
    }

    @Test("text of a caller cannot forge a field")
    func forgery() throws {
        let log = try JournalLog()
        log.logger().record(
            .callRefused,
            ["uid": "1\nTRADE_EVENT=checkpoint", "method": "a\nAUDIT_ROOT=00", "x\nMESSAGE_ID": "1"])
        let record = try #require(log.drain().first)
        #expect(text(record, "TRADE_EVENT") == "auth" && record["AUDIT_ROOT"] == nil)
        #expect(text(record, "TRADE_UID") == "1\nTRADE_EVENT=checkpoint")
    }

    @Test("a checkpoint arrives byte for byte, its line feeds too")
    func checkpoint() throws {
        let log = try JournalLog()
        let note = "tradingd.audit/1\n12\nroot=\n\n— key signature\n"
        CheckpointAnchor(log.logger("tradingd.audit")).write(size: 12, root: "00ff", note: note)
        let record = try #require(log.drain().first)
        #expect(record["AUDIT_NOTE"] == Array(note.utf8))
        #expect(text(record, "AUDIT_SIZE") == "12" && text(record, "AUDIT_ROOT") == "00ff")
        #expect(text(record, "TRADE_EVENT") == "checkpoint" && record["TRADE_JSON"] == nil)
    }

    @Test(
        "a journal that stands still holds up nobody; the loss is counted, told, and the numbers have no hole"
    )
    func stopped() throws {
        let log = try JournalLog(maximumLines: 100)
        let logger = log.logger()
        for index in 0..<5_000 { logger.info("line \(index)") }
        // Nothing was read: what is not dropped waits in the ring, in the writer's hands or in the socket.
        #expect(!log.sink.flush(timeout: .zero))
        let dropped = log.sink.droppedLines
        #expect(dropped > 0)
        let records = log.drain()
        let numbers = records.compactMap { text($0, "TRADE_SEQ").flatMap { Int($0) } }
        #expect(numbers == Array(1...records.count))
        let losses = records.filter { text($0, "TRADE_EVENT") == "fault" }
        #expect(!losses.isEmpty)
        #expect(records.count - losses.count + Int(log.sink.droppedLines) == 5_000)
        #expect(text(records.last, "MESSAGE") == "line 4999")
        #expect(log.sink.refusedLines == 0)
        let told = losses.compactMap { text($0, "TRADE_JSON") }
            .compactMap { Int($0.filter { $0.isNumber }) }.reduce(0, +)
        #expect(told == Int(log.sink.droppedLines))
    }

    @Test("a journal that is killed and comes back gets what waits, without a hole in the numbers")
    func killed() throws {
        let log = try JournalLog()
        let logger = log.logger()
        logger.info("before")
        #expect(log.drain().count == 1)
        log.journal.kill()
        for index in 0..<20 { logger.info("during \(index)") }
        #expect(!log.sink.flush(timeout: .milliseconds(1)))
        try log.journal.start()
        let records = log.drain()
        #expect(records.map { text($0, "MESSAGE") } == (0..<20).map { "during \($0)" })
        #expect(records.map { text($0, "TRADE_SEQ") } == (2...21).map { "\($0)" })
        #expect(log.sink.droppedLines == 0 && log.sink.refusedLines == 0)
    }

    @Test("a record that is refused for good is told of by the next line, and spends no number")
    func refused() throws {
        final class Refusing: Journal.Connection {
            let taken = Locked<[Journal.Record]>([])
            let refuses = Locked(true)

            func send(_ record: Journal.Record) -> Journal.Outcome {
                if refuses.withLock({ $0 }) { return .refused }
                taken.withLock { $0.append(record) }
                return .taken
            }

            func wait(milliseconds: Int32) {}
        }
        let journal = Refusing()
        let sink = try LogSink(.journal(journal), environment: "dev", processID: 1)
        let logger = Logger(label: "tradingd.bus") { JSONLogHandler(label: $0, sink: sink) }
        logger.info("lost")
        #expect(sink.flush(timeout: .seconds(60)))
        journal.refuses.withLock { $0 = false }
        logger.info("kept")
        #expect(sink.flush(timeout: .seconds(60)))
        let records = journal.taken.withLock { $0 }.map { JournalStandIn.fields($0.bytes) }
        #expect(records.map { text($0, "MESSAGE") } == ["Log lines dropped", "kept"])
        #expect(records.map { text($0, "TRADE_SEQ") } == ["1", "2"])
        #expect(sink.refusedLines == 1)
    }
}
