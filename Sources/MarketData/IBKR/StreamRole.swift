import TWSClient

/// What a stream of an instrument is for.
enum StreamRole: UInt8, BitwiseCopyable, CaseIterable {
    /// Tick by tick, BidAsk.
    case quotes
    /// Tick by tick, AllLast or Last.
    case trades
    /// Rows of the ladder.
    case depth
    /// Level 1, live or delayed.
    case level1

    var index: Int { Int(rawValue) }
}

/// Whose stream a `StreamID` is; dense by its number.
struct StreamRoute: BitwiseCopyable {
    /// Place of the instrument; negative for a stream that is closed.
    var slot: Int32 = -1
    var role = StreamRole.level1
}

/// What is to be asked of `StreamControl`.
enum StreamAction: Equatable {
    case open(slot: Int, StreamRole)
    case close(slot: Int, StreamRole)
    case retry(slot: Int, StreamRole)
}
