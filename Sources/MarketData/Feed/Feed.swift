import TradingModel

/// Where a feed hands its events: the door of the bus, or a test.
public protocol EventSink: Sendable {
    /// Takes one batch, in order, and leaves the array empty with its room; may block until there is room.
    ///
    /// - Returns: `false` when the receiver has stopped; the feed then ends with `FeedEnd.stopped`.
    func accept(_ events: inout ContiguousArray<MarketEvent>) -> Bool
}

/// How a feed came to its end.
public enum FeedEnd: Hashable, Sendable {
    /// Everything was handed over.
    case finished
    /// `stop()` was called, or the receiver stopped.
    case stopped
    /// The source failed; the text is for the operator.
    case failed(String)
}

/// A source of market events that runs by itself once started: a recording, the simulator, a broker.
public protocol Feed: AnyObject, Sendable {
    /// Begins to hand events to the sink; a second call does nothing.
    func start()

    /// Asks for the end and returns at once; the end is reported when the last batch has been taken.
    func stop()
}

/// Largest batch a feed hands over at once.
public let largestFeedBatch = 256
