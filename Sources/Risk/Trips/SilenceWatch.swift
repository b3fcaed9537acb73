import TradingModel

/// Which instruments have fallen silent, and for how long: what the feed says of its streams, and when each was heard.
///
/// Whether an instrument is in session is the feed's knowledge: one that it does not call stale is never silent.
struct SilenceWatch: Sendable {
    private let limit: Int64
    private var heard = InstrumentTable<Timestamp>(default: .zero)
    private var newest = Timestamp.zero
    /// When anything else than the newest instrument was heard, so that "others" can be told in one comparison.
    private var newestSymbol = SymbolID.none
    private var newestOther = Timestamp.zero
    /// Instruments that the feed calls stale, in the order in which it did.
    private(set) var silent: ContiguousArray<SymbolID> = []

    init(after limit: Int64) { self.limit = limit }

    /// Notes that something came of an instrument.
    @inline(__always)
    mutating func hear(_ symbol: SymbolID, at now: Timestamp) {
        heard[symbol] = now
        if symbol != newestSymbol {
            newestOther = newest
            newestSymbol = symbol
        }
        newest = now
    }

    /// Follows what the feed says of a stream of an instrument.
    mutating func note(_ status: FeedStatus, of symbol: SymbolID, at now: Timestamp) {
        guard limit > 0, symbol != .none, status.stream != .trades else { return }
        let place = silent.firstIndex(of: symbol)
        switch status.quality {
        case .stale, .unavailable: if place == nil { silent.append(symbol) }
        case .live, .conflated, .reset, .ended, .delayed: if let place { silent.remove(at: place) }
        }
    }

    /// Nanoseconds since an instrument was heard; `nil` where it is not silent or never was heard.
    func silence(_ symbol: SymbolID, at now: Timestamp) -> Int64? {
        guard silent.contains(symbol), heard[symbol] != .zero else { return nil }
        return now.since(heard[symbol])
    }

    /// Whether it has been silent for too long, while others are not.
    ///
    /// - Parameter isGone: whether the broker is gone, so that nobody can tick.
    func isOverdue(_ symbol: SymbolID, isGone: Bool, at now: Timestamp) -> Bool {
        guard limit > 0, let silence = silence(symbol, at: now), silence > limit else { return false }
        let other = symbol == newestSymbol ? newestOther : newest
        return isGone || now.since(other) <= limit
    }
}
