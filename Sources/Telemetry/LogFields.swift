import ExactJSON
import Logging
import TradingModel

/// What one log line says, before it has a form.
struct LogFields {
    /// The key under which `Logger.record` puts the kind of event.
    static let eventKey = "event"

    /// Metadata keys with a field of their own in a JSON line, in the order of the fields.
    enum Lifted: String, CaseIterable {
        case trace = "trace.id"
        case span = "span.id"
        case symbol = "symbol"
        case order = "order.id"
        case signal = "signal.id"
    }

    /// When it was logged.
    var time: Timestamp
    /// How grave it is.
    var level: Logger.Level
    /// The part of the daemon.
    var component: String
    /// A constant sentence.
    var message: String
    /// Metadata with a field of its own, by position in `Lifted.allCases`; `nil` when absent or empty.
    private(set) var lifted = [String?](repeating: nil, count: Lifted.allCases.count)
    /// All other metadata, by key.
    private(set) var context: [(key: String, value: Logger.MetadataValue)] = []
    /// Where in the code.
    var place: (file: String, function: String, line: UInt)?

    /// A line without metadata.
    init(time: Timestamp, level: Logger.Level, component: String, message: String) {
        self.time = time
        self.level = level
        self.component = component
        self.message = message
    }

    /// Sorts metadata into fields of their own and the context.
    mutating func take(_ metadata: Logger.Metadata) {
        for (index, key) in Lifted.allCases.enumerated() {
            guard let value = metadata[key.rawValue] else { continue }
            lifted[index] = Self.text(value)
        }
        context = metadata.filter { Lifted(rawValue: $0.key) == nil }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    /// The kind of event, where the line is one of the catalogue.
    var event: TradeEvent? {
        for (key, value) in context where key == Self.eventKey {
            if case .stringConvertible(let event as TradeEvent) = value { return event }
        }
        return nil
    }

    /// Replaces a context that is too long to be written; the kind of event stays.
    mutating func replaceContext(droppingBytes count: Int) {
        let kind = context.filter { $0.key == Self.eventKey && event != nil }
        context = kind + [("truncated_bytes", .stringConvertible(count))]
    }

    private static func text(_ value: Logger.MetadataValue) -> String? {
        let text = value.description
        return text.isEmpty ? nil : text
    }
}

extension JSONWriter {
    /// The context as one object; numbers and flags as such, everything else as text.
    mutating func logContext(_ context: [(key: String, value: Logger.MetadataValue)]) {
        beginObject()
        for (key, value) in context {
            self.key(dynamic: key)
            metadata(value, depth: 1)
        }
        endObject()
    }

    private mutating func metadata(_ value: Logger.MetadataValue, depth: Int) {
        switch value {
        case .array(let elements) where depth < 8:
            beginArray()
            for element in elements { metadata(element, depth: depth + 1) }
            endArray()
        case .dictionary(let members) where depth < 8:
            beginObject()
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                self.key(dynamic: key)
                metadata(value, depth: depth + 1)
            }
            endObject()
        case .stringConvertible(let number as Int): integer(number)
        case .stringConvertible(let number as Int64): integer(number)
        case .stringConvertible(let number as UInt64): integer(number)
        case .stringConvertible(let number as Double): double(number)
        case .stringConvertible(let flag as Bool): bool(flag)
        default: string(value.description)
        }
    }
}
