import TWSProtocol
import TradingModel

/// Where an open stream stands.
enum StreamState: Hashable, Sendable {
    /// To be asked for; why not yet, as far as it was told.
    case wanted(StreamWait?)
    /// Asked for, so monotonic ns.
    case subscribed(since: UInt64)
    /// Not delivered, or no longer; `code` said so. Not asked for again before `retry`.
    case refused(code: Int32)
}

/// A place in the table of streams.
struct StreamSlot: Sendable {
    /// The wish; `nil` while the place is free.
    var request: StreamRequest?
    /// Which opening of the table it is of.
    var opening = 0
    /// Where it stands.
    var state = StreamState.wanted(nil)
    /// Counts subscriptions of this place, over all streams that had it.
    var generation: Int32 = 0
    /// Not before, monotonic ns.
    var notBefore: UInt64 = 0
    /// Was refused in this session: takes a line that is free, and none that another one holds.
    var isDoubtful = false

    /// Whether it takes part in what is asked for.
    var isCandidate: Bool {
        guard request != nil else { return false }
        if case .refused = state { return false }
        return true
    }

    /// Whether it has been asked for.
    var isSubscribed: Bool {
        if case .subscribed = state { return true }
        return false
    }
}

extension StreamKind {
    /// Of one instrument, what is asked for first.
    var rank: Int {
        switch self {
        case .tickByTickQuotes: 0
        case .tickByTickTrades: 1
        case .depth: 2
        case .level1: 3
        }
    }

    /// What it takes of the gateway.
    var resource: StreamResource {
        switch self {
        case .tickByTickQuotes, .tickByTickTrades: .tickByTick
        case .depth: .depth
        case .level1: .level1
        }
    }
}

/// What the gateway has only so much of.
enum StreamResource: Int, Sendable, CaseIterable {
    /// Tick-by-tick streams.
    case tickByTick
    /// Distinct instruments with depth.
    case depth
    /// Market data lines.
    case level1

    /// The code that says there are no more.
    var exhaustedCode: Int32 {
        switch self {
        case .tickByTick: 10_190
        case .depth: 309
        case .level1: 101
        }
    }
}
