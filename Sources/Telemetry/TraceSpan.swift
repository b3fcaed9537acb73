import Platform
import TradingModel

/// One step of a trace: what was done, from when, for how long, with what success. A plain value without text of its own.
public struct TraceSpan: Sendable, Hashable {
    /// How it went.
    public enum Status: UInt8, Sendable, Hashable {
        /// Nobody said.
        case unset
        /// Well.
        case ok
        /// Not well.
        case error
    }

    /// What may be told of a span besides; few and fixed.
    public struct Attributes: Sendable, Hashable {
        /// The instrument.
        public var symbol = SymbolID.none
        /// Our order.
        public var order: ClientOrderID?
        /// Number of the event it belongs to; 0 for none.
        public var sequence: UInt64 = 0
        /// Why it went wrong: a code from a closed list.
        public var errorType: String?

        /// Nothing.
        public init() {}

        /// The usual ones.
        public init(
            symbol: SymbolID, order: ClientOrderID? = nil, sequence: UInt64 = 0, errorType: String? = nil
        ) {
            self.symbol = symbol
            self.order = order
            self.sequence = sequence
            self.errorType = errorType
        }
    }

    /// What was done.
    public var name: String
    /// The trace, and this step's own id.
    public var context: TraceContext
    /// The step it follows from; `none` for the first.
    public var parent: SpanID
    /// When it began, nanoseconds of the monotonic clock.
    public var start: UInt64
    /// How long it took, nanoseconds.
    public var duration: UInt64
    /// How it went.
    public var status: Status
    /// What else is known.
    public var attributes: Attributes

    /// A finished step; an end before the start counts as no duration.
    public init(
        _ name: String, _ context: TraceContext, parent: SpanID = .none, from start: UInt64, to end: UInt64,
        status: Status = .ok, _ attributes: Attributes = Attributes()
    ) {
        self.name = name
        self.context = context
        self.parent = parent
        self.start = start
        duration = end > start ? end - start : 0
        self.status = status
        self.attributes = attributes
    }
}

/// Runs `body` and records it as a span of `sink`, with status `error` when it throws. Without a sink it only runs.
///
/// - Parameters:
///   - context: the trace and the span's own id; ids are never random, see `TraceID` and `SpanID`.
///   - parent: the span it follows from.
public func tracedSpan<Result, Failure: Error>(
    _ name: String, _ context: TraceContext, parent: SpanID = .none,
    _ attributes: TraceSpan.Attributes = TraceSpan.Attributes(), in sink: TraceSink?,
    _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
    guard let sink else { return try body() }
    let start = MonotonicClock.now()
    func finish(_ status: TraceSpan.Status) {
        sink.record(
            TraceSpan(
                name, context, parent: parent, from: start, to: MonotonicClock.now(), status: status,
                attributes))
    }
    do throws(Failure) {
        let result = try body()
        finish(.ok)
        return result
    } catch {
        finish(.error)
        throw error
    }
}
