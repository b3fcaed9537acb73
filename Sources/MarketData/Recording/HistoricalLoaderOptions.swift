import TradingModel

/// How recordings are read.
public struct HistoricalLoaderOptions: Sendable {
    /// What to do with a row that is not an event.
    public enum MalformedRowPolicy: Sendable {
        /// Count it, report it to `onMalformed`, go on.
        case skip
        /// Stop with `HistoricalLoaderError.malformed`.
        case fail
    }

    /// What to do with a row that is not an event.
    public var malformedRows: MalformedRowPolicy
    /// Names of the instruments wanted; `nil` for all. Events without instrument always pass.
    public var symbols: Set<String>?
    /// How far the time of one file may go back and still be put in order, in nanoseconds.
    public var reorderWindow: Int64
    /// Types of event wanted; others are counted in `LoaderStatistics.skipped`. `nil` for all that can be read.
    public var types: Set<EventType>?
    /// How many times the whole input is played, at least once.
    ///
    /// Pass k, from 0, has all times (of the source and of reception) moved by k × span of the input, that is the time of
    /// its last event less that of its first, and all sequence numbers but 0 by k × the highest of the input. A pass thus
    /// begins at the very time at which the one before ends, and its numbers put it behind: the sequence is that of the
    /// shifted passes written one after another. Source: `--repeat` of the command line.
    public var repeats = 1 {
        willSet { precondition(newValue >= 1, "an input is played once at least") }
    }
    /// Called for each malformed row, on the thread that reads.
    public var onMalformed: (@Sendable (MalformedRow) -> Void)?
    /// Called for each journal that ends within a block, on the thread that reads.
    public var onTornTail: (@Sendable (JournalTornTail) -> Void)?
    /// Bytes asked of a file at once; tests make it small.
    var readSize = 65_536
    /// Whether every row goes through the careful readers; tests compare the fast ones with them.
    var readsCarefully = false

    /// Fails on the first malformed row, takes every instrument, allows no step back in time.
    public init(
        malformedRows: MalformedRowPolicy = .fail, symbols: Set<String>? = nil, reorderWindow: Int64 = 0,
        onMalformed: (@Sendable (MalformedRow) -> Void)? = nil
    ) {
        precondition(reorderWindow >= 0, "a reorder window is not negative")
        self.malformedRows = malformedRows
        self.symbols = symbols
        self.reorderWindow = reorderWindow
        self.onMalformed = onMalformed
    }
}

extension EventType {
    /// What a feed may say: the market and the state of the feed, never what the daemon itself concludes.
    ///
    /// A recording of a session holds signals, decisions, orders and operator commands, too; fed back in, they would
    /// act a second time.
    public static let ofFeeds = Set(allCases.filter(\.isOfFeeds))

    /// Whether it is one of `ofFeeds`.
    @inlinable
    public var isOfFeeds: Bool {
        switch self {
        case .tick, .trade, .domDelta, .domSnapshot, .feedStatus: true
        case .deltaBar, .tapeSnapshot, .footprintSnapshot, .signal, .riskDecision, .orderEvent, .system,
            .timer:
            false
        }
    }
}

/// What a loader has read so far.
///
/// Rows are counted when read, events when handed over; `rows` = rows that became events, plus malformed,
/// skipped and filtered ones.
public struct LoaderStatistics: Hashable, Sendable {
    /// Rows read, without headers and blank lines.
    public var rows = 0
    /// Rows that are no event.
    public var malformed = 0
    /// Rows of instruments that are not wanted.
    public var filtered = 0
    /// Records that are well formed but no events, by their type, e.g. `ib_tick`.
    public var skipped: [String: Int] = [:]
    private var delivered = EventCounts()

    /// Nothing read.
    public init() {}

    /// Events of that type handed over.
    public func events(_ type: EventType) -> Int { delivered[type] }

    /// All events handed over.
    public var events: Int { delivered.total }

    mutating func countDelivered(_ type: EventType) { delivered[type] &+= 1 }

    /// Both together.
    func adding(_ other: LoaderStatistics) -> LoaderStatistics {
        var sum = self
        sum.rows += other.rows
        sum.malformed += other.malformed
        sum.filtered += other.filtered
        sum.skipped.merge(other.skipped, uniquingKeysWith: +)
        for type in EventType.allCases { sum.delivered[type] += other.events(type) }
        return sum
    }
}
