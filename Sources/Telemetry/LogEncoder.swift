import ExactJSON
import Glibc
import Logging
import Platform
import Systemd
import TradingModel

/// Gives log lines the form that their destination wants.
struct LogEncoder: Sendable {
    /// Bytes of a line; beyond it the context is left out.
    private static let maximumBytes = 65_536
    /// Bytes of a message, in either form.
    private static let maximumMessageBytes = 8_192
    /// Bytes of a message in the journal.
    private static let maximumJournalMessageBytes = 1_024

    private let isForJournal: Bool
    private let environment: String
    private let processID: Int32

    /// An encoder for that destination.
    init(_ destination: LogSink.Destination, environment: String, processID: Int32) {
        if case .journal = destination { isForJournal = true } else { isForJournal = false }
        self.environment = environment
        self.processID = processID
    }

    /// The line in its form.
    func entry(_ fields: LogFields) -> LogEntry {
        let entry = isForJournal ? record(fields) : line(fields)
        guard entry.count > Self.maximumBytes else { return entry }
        var shorter = fields
        shorter.replaceContext(droppingBytes: entry.count)
        shorter.message = cut(fields.message, to: Self.maximumMessageBytes)
        return isForJournal ? record(shorter) : line(shorter)
    }

    /// The line that reports dropped lines.
    func lossEntry(lines: UInt64) -> LogEntry {
        let event = TradeEvent.linesDropped
        var fields = LogFields(
            time: Timestamp(nanoseconds: AnchoredClock.wallNanoseconds()), level: event.level,
            component: "telemetry", message: "\(event.sentence)")
        fields.take([
            LogFields.eventKey: .stringConvertible(event), "dropped": .stringConvertible(lines),
        ])
        return entry(fields)
    }

    private func line(_ fields: LogFields) -> LogEntry {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.key("ts")
        json.timestamp(fields.time)
        json.key("level")
        json.string(fields.level.rawValue)
        json.key("component")
        json.string(fields.component)
        json.key("message")
        json.string(fields.message)
        for (name, value) in zip(LogFields.Lifted.allCases, fields.lifted) {
            guard let value else { continue }
            json.key(name.fieldName)
            json.string(value)
        }
        if !fields.context.isEmpty {
            json.key("context")
            json.logContext(fields.context)
        }
        json.key("env")
        json.string(environment)
        json.key("pid")
        json.integer(processID)
        json.endObject()
        json.newline()
        return .line(json.bytes)
    }

    /// Source: `systemd.journal-fields(7)`; `_PID` and the time are journald's own.
    private func record(_ fields: LogFields) -> LogEntry {
        var record = Journal.Record()
        let message = fields.message.split { $0.isNewline }.joined(separator: " ")
        record.add("MESSAGE", cut(message, to: Self.maximumJournalMessageBytes))
        record.add("PRIORITY", String(fields.level.journalPriority))
        record.add("SYSLOG_IDENTIFIER", "tradingd")
        record.add("TRADE_COMPONENT", fields.component)
        record.add("TRADE_PROFILE", environment)
        if let event = fields.event {
            record.add("MESSAGE_ID", "\(event.messageID)")
            record.add("TRADE_EVENT", "\(event.topic)")
        }
        for (key, value) in zip(LogFields.Lifted.allCases, fields.lifted) {
            if let value, let field = JournalFields.field(key.rawValue) { record.add(field, value) }
        }
        addContext(fields, to: &record)
        if let place = fields.place {
            record.add("CODE_FILE", place.file)
            record.add("CODE_FUNC", place.function)
            record.add("CODE_LINE", String(place.line))
        }
        return .record(record)
    }

    /// Fields for what has one, the rest as one JSON object.
    private func addContext(_ fields: LogFields, to record: inout Journal.Record) {
        let isEvent = fields.event != nil
        var rest: [(key: String, value: Logger.MetadataValue)] = []
        for (key, value) in fields.context where !(isEvent && key == LogFields.eventKey) {
            if let field = JournalFields.field(key) {
                record.add(field, value.description)
            } else {
                rest.append((key, value))
            }
        }
        guard !rest.isEmpty else { return }
        var json = JSONWriter()
        json.logContext(rest)
        record.add("TRADE_JSON") { $0.append(contentsOf: json.bytes) }
    }

    /// The beginning of a text, in whole characters.
    private func cut(_ text: String, to bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: bytes)
        while end > text.startIndex, String.Index(end, within: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return String(text[..<end])
    }
}

extension LogFields.Lifted {
    /// The field in JSON.
    var fieldName: StaticString {
        switch self {
        case .trace: "trace_id"
        case .span: "span_id"
        case .symbol: "symbol"
        case .order: "order_id"
        case .signal: "signal_id"
        }
    }
}

extension Logger.Level {
    /// Source: `syslog(3)`, 0 emergency to 7 debug.
    var journalPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
