import ExactJSON
import TradingModel

/// What a line is to say, without its words: they are found on the log's queue, so that who decides does not wait for them.
public struct AuditRecord: Sendable {
    private let writer: AuditRecordWriter
    private let payload: MarketEvent.Payload
    private let sequence: UInt64

    /// The record of an event.
    ///
    /// - Parameters:
    ///   - payload: what the event says.
    ///   - sequence: the event's number.
    ///   - writer: finds the words.
    public init(_ payload: MarketEvent.Payload, sequence: UInt64, in writer: AuditRecordWriter) {
        self.payload = payload
        self.sequence = sequence
        self.writer = writer
    }

    func write(at time: Timestamp, to json: inout JSONWriter) {
        writer.body(payload, sequence, time, &json)
    }
}

/// Finds the words of records of one kind, in the order in which they were staged.
///
/// `@unchecked Sendable` holds because `body`, with whatever it remembers, is run by one log alone, on its queue.
public final class AuditRecordWriter: @unchecked Sendable {
    /// What an event says, its number, and the time of its line, in words: one JSON object without white space, the same
    /// whenever it is asked for.
    public typealias Body = (
        _ payload: MarketEvent.Payload, _ sequence: UInt64, _ time: Timestamp, _ json: inout JSONWriter
    ) -> Void

    fileprivate let body: Body

    /// A writer for the records of one log.
    public init(_ body: sending @escaping Body) { self.body = body }
}
