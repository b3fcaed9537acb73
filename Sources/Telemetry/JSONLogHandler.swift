import Glibc
import Logging
import Platform
import TradingModel

/// The daemon's log handler: one line for each event, into a `LogSink`.
///
/// A line holds exactly `ts level component message trace_id span_id symbol order_id signal_id context env
/// pid`, in that order. `component` is the logger's label without `tradingd.`; the metadata keys `trace.id
/// span.id symbol order.id signal.id` become fields, all others members of `context`, sorted; what is absent
/// is left out.
public struct JSONLogHandler: LogHandler {
    /// Metadata of every line of this logger.
    public var metadata: Logger.Metadata = [:]
    /// Adds metadata when a line is logged.
    public var metadataProvider: Logger.MetadataProvider?
    private let sink: LogSink
    private let component: String
    private let standard: LogLevels.Cell
    private var ownLevel: Logger.Level?

    /// A handler for the logger of that label.
    public init(label: String, sink: LogSink, metadataProvider: Logger.MetadataProvider? = nil) {
        self.sink = sink
        self.metadataProvider = metadataProvider
        component = label.hasPrefix("tradingd.") ? String(label.dropFirst("tradingd.".count)) : label
        standard = sink.levels.cell(component)
    }

    /// Makes every `Logger` of the process write to `sink`; once in a process.
    ///
    /// Ignores `SIGPIPE`, so that a reader of standard output who goes away does not end the daemon.
    public static func bootstrap(_ sink: LogSink) {
        signal(SIGPIPE, SIG_IGN)
        LoggingSystem.bootstrap(
            { label, provider in JSONLogHandler(label: label, sink: sink, metadataProvider: provider) },
            metadataProvider: nil)
    }

    /// The level of this logger when it was set, else that of its component, else that of all.
    public var logLevel: Logger.Level {
        get { ownLevel ?? standard.level }
        set { ownLevel = newValue }
    }

    /// One item of the metadata of every line.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Takes a line; never waits for it to be written.
    public func log(event: LogEvent) {
        var fields = LogFields(
            time: Timestamp(nanoseconds: AnchoredClock.wallNanoseconds()), level: event.level,
            component: component, message: event.message.description)
        fields.take(merged(event))
        fields.place = (event.file, event.function, event.line)
        sink.take(sink.encoder.entry(fields))
    }

    /// The closer to the call, the stronger.
    private func merged(_ event: LogEvent) -> Logger.Metadata {
        var merged = metadataProvider?.get() ?? [:]
        merged.merge(metadata) { $1 }
        if let own = event.metadata { merged.merge(own) { $1 } }
        if let error = event.error { merged["error"] = .string(String(describing: error)) }
        return merged
    }
}
