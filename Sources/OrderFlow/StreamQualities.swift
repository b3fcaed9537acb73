import TradingModel

/// How good a stream is by the newest `feed_status` of it.
public struct StreamStatus: Hashable, Sendable {
    /// How good.
    public var quality: FeedStatus.Quality
    /// Why, in words.
    public var reason: String
    /// Since when it is so.
    public var since: Timestamp
}

/// How good the streams of one instrument are; `nil` for those nobody has said anything of.
public struct StreamQualities: Hashable, Sendable {
    /// Best bid and ask.
    public private(set) var quotes: StreamStatus?
    /// Prints.
    public private(set) var trades: StreamStatus?
    /// The ladder.
    public private(set) var depth: StreamStatus?

    /// The status of a stream.
    public subscript(stream: FeedStream) -> StreamStatus? {
        switch stream {
        case .quotes: quotes
        case .trades: trades
        case .depth: depth
        }
    }

    /// Whether what a stream delivers may be traded on; a stream nobody has spoken of may.
    public func isTradable(_ stream: FeedStream) -> Bool { self[stream]?.quality.isTradable ?? true }

    /// Keeps a status: of its stream, or of all three.
    mutating func take(_ status: FeedStatus, at time: Timestamp) {
        let new = StreamStatus(quality: status.quality, reason: status.reason, since: time)
        if status.stream == nil || status.stream == .quotes { Self.replace(&quotes, new) }
        if status.stream == nil || status.stream == .trades { Self.replace(&trades, new) }
        if status.stream == nil || status.stream == .depth { Self.replace(&depth, new) }
    }

    /// `since` stays while only the words change.
    private static func replace(_ old: inout StreamStatus?, _ new: StreamStatus) {
        var new = new
        if let old, old.quality == new.quality { new.since = old.since }
        old = new
    }
}
