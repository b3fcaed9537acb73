import TradingModel

/// Tells when streams of instruments fall silent while their market is open, and when they are heard again.
///
/// Pure: all times come with events and calls. One `feed_status` a change: `stale` after the limit, `live` ahead of the next
/// event of the stream. A stream is watched from its first event on, an expected one from the start. It is for feeds
/// that do not know their own quality, such as the simulator; `IBKREvents` tells its own.
public struct StalenessMonitor: Sendable {
    /// How patient it is.
    public struct Options: Sendable, Equatable {
        /// Silence after which quotes and depth are stale, ns.
        public var staleAfter: Int64 = 2_000_000_000
        /// Silence after which trades are stale while quotes or depth flow, ns; 0: never.
        public var tradesStaleAfter: Int64 = 0
        /// How long the first event of an expected stream may take, ns.
        public var firstDataGrace: Int64 = 10_000_000_000
        /// Who its events say they come from.
        public var source = EventSource.simulator

        /// The defaults above.
        public init() {}
    }

    /// An instrument to watch.
    public struct Instrument: Sendable, Equatable {
        /// Which one.
        public var symbol: SymbolID
        /// When it trades.
        public var calendar: TradingCalendar
        /// Streams that must come.
        public var expected: [FeedStream]

        /// An instrument; what it is expected to deliver may be left open.
        public init(symbol: SymbolID, calendar: TradingCalendar = .always, expected: [FeedStream] = []) {
            self.symbol = symbol
            self.calendar = calendar
            self.expected = expected
        }
    }

    private struct Watch {
        /// Newest event; the start, for an expected stream before its first.
        var lastAt = Timestamp.zero
        var isWatched = false
        var isStale = false
        var hasFlowed = false
    }

    private var watches: InstrumentTable<InlineArray<3, Watch>?>
    private let instruments: [Instrument]
    private let options: Options
    /// Streams that are stale now.
    public private(set) var staleStreams = 0

    /// Watches instruments from `start` on.
    public init(_ options: Options = Options(), instruments: [Instrument], from start: Timestamp) {
        self.options = options
        self.instruments = instruments
        watches = InstrumentTable(default: nil)
        for instrument in instruments {
            var fresh: InlineArray<3, Watch> = [Watch(), Watch(), Watch()]
            for stream in instrument.expected {
                fresh[Int(stream.rawValue)].isWatched = true
                fresh[Int(stream.rawValue)].lastAt = start
            }
            watches[instrument.symbol] = fresh
        }
    }

    /// Notes an event.
    ///
    /// - Returns: what is to be handed over ahead of it: its stream is heard again.
    @inline(__always)
    public mutating func note(_ event: MarketEvent) -> MarketEvent? {
        let stream: FeedStream
        switch event.payload {
        case .tick: stream = .quotes
        case .trade: stream = .trades
        case .domDelta, .domSnapshot: stream = .depth
        default: return nil
        }
        let index = Int(stream.rawValue)
        guard watches[event.symbol] != nil else { return nil }
        let time = event.receivedAt > .zero ? event.receivedAt : event.timestamp
        let wasStale = watches[event.symbol]?[index].isStale == true
        watches[event.symbol]?[index].lastAt = time
        watches[event.symbol]?[index].isWatched = true
        watches[event.symbol]?[index].hasFlowed = true
        return wasStale ? revive(event.symbol, stream, time) : nil
    }

    /// Notes the events of a batch and puts what is to go ahead of them in its place.
    public mutating func pass(_ events: inout ContiguousArray<MarketEvent>) {
        var index = 0
        while index < events.count {
            if let status = note(events[index]) {
                events.insert(status, at: index)
                index += 1
            }
            index += 1
        }
    }

    /// Finds what has fallen silent by `now`.
    public mutating func poll(_ now: Timestamp) -> [MarketEvent] {
        var found: [MarketEvent] = []
        for instrument in instruments {
            guard let openSince = instrument.calendar.openSince(now) else { continue }
            for stream in FeedStream.allCases where isSilent(instrument.symbol, stream, now, openSince) {
                watches[instrument.symbol]?[Int(stream.rawValue)].isStale = true
                staleStreams += 1
                found.append(event(instrument.symbol, stream, .stale, "nothing for too long", now))
            }
        }
        return found
    }

    private func isSilent(
        _ symbol: SymbolID, _ stream: FeedStream, _ now: Timestamp, _ openSince: Timestamp
    ) -> Bool {
        guard let watches = watches[symbol] else { return false }
        let watch = watches[Int(stream.rawValue)]
        guard watch.isWatched, !watch.isStale else { return false }
        var limit = watch.hasFlowed ? options.staleAfter : max(options.firstDataGrace, options.staleAfter)
        if stream == .trades {
            let flows = [FeedStream.quotes, .depth].contains {
                watches[Int($0.rawValue)].hasFlowed && !watches[Int($0.rawValue)].isStale
            }
            guard options.tradesStaleAfter > 0, flows else { return false }
            limit = max(options.tradesStaleAfter, watch.hasFlowed ? 0 : options.firstDataGrace)
        }
        return now.since(max(watch.lastAt, openSince)) > limit
    }

    @inline(never)
    private mutating func revive(_ symbol: SymbolID, _ stream: FeedStream, _ time: Timestamp) -> MarketEvent {
        watches[symbol]?[Int(stream.rawValue)].isStale = false
        staleStreams -= 1
        return event(symbol, stream, .live, "heard again", time)
    }

    private func event(
        _ symbol: SymbolID, _ stream: FeedStream, _ quality: FeedStatus.Quality, _ reason: String,
        _ time: Timestamp
    ) -> MarketEvent {
        MarketEvent(
            timestamp: time, receivedAt: time, symbol: symbol, source: options.source,
            payload: .feedStatus(FeedStatus(stream: stream, quality: quality, reason: reason)))
    }
}
