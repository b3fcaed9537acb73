import TWSClient
import TWSProtocol
import TradingModel

/// Makes `MarketEvent`s of what a gateway delivers, decides which streams to ask for, and tells how good each is.
///
/// One batch a read of the socket is handed to the sink, on the caller's thread; what is on the way costs no allocation.
/// Batches have at most `largestFeedBatch` events; the last row operation of an instrument in a read, and only that, has
/// `endsBatch`. Quality of a stream is told by `feed_status` events, ahead of the data that changed it, once a change.
///
/// `@unchecked Sendable` holds because every call comes on the client's queue, as `MarketDataListener` says.
public final class IBKREvents: MarketDataListener, @unchecked Sendable {
    private var core: IBKREventCore
    private let streams: any StreamControl
    private let sink: any EventSink
    /// Events on their way to the sink; empty between calls.
    private var outgoing: ContiguousArray<MarketEvent> = []
    /// Messages of a read have come whose end is not told yet.
    private var isReading = false
    /// The client is being asked for something: what it says meanwhile waits.
    private var isAsking = false
    private var early: [(notice: StreamNotice, stream: StreamID, time: Timestamp)] = []
    private var isStopped = false

    /// Asks for nothing yet: streams are opened when their contracts are resolved.
    ///
    /// - Parameters:
    ///   - streams: asked on the client's queue, never while events are handed over.
    ///   - sink: may run all that follows from an event before it returns.
    public init(options: IBKREventsOptions, streams: any StreamControl, sink: any EventSink) {
        core = IBKREventCore(options)
        self.streams = streams
        self.sink = sink
        outgoing.reserveCapacity(2 * largestFeedBatch)
    }

    /// What was not made an event, and retries. On the client's queue only.
    public var counts: IBKRFeedCounts { core.counts }

    /// How often data were not told by the short way. For tests.
    var settlements: Int { core.feeds.reduce(0) { $0 + $1.settlements } }

    /// The feed's number of the newest event. On the client's queue only.
    public var sequence: UInt64 { core.out.sequence }

    // MARK: MarketDataListener

    /// What it means for streams is told stream by stream; a read that was cut short is over.
    public func sessionChanged(_ change: SessionChange) {
        endOpenRead(at: change.time)
        guard change.to == .connecting else { return }
        core.sessionBegins()
        finish(at: change.time)
    }

    /// The frequent messages.
    public func take(_ messages: Span<MarketMessage>, at time: Timestamp) {
        isReading = true
        var next = 0
        while true {
            next = core.take(messages, from: next, at: time)
            guard next < messages.count else { return }
            handOver()
        }
    }

    /// A less frequent message.
    public func take(_ message: ServerMessage, of stream: StreamID, at time: Timestamp) {
        core.take(message, of: stream, at: time)
        finish(at: time)
    }

    /// What became of a stream.
    public func take(_ notice: StreamNotice, of stream: StreamID, at time: Timestamp) {
        guard !isAsking else { return early.append((notice, stream, time)) }
        // The read that brought it may never be told to end.
        if notice == .lost { endOpenRead(at: time) }
        core.take(notice, of: stream, at: time)
        finish(at: time)
    }

    /// A contract is resolved.
    public func take(_ contract: ResolvedContract?, for symbol: SymbolID, text: String, at time: Timestamp) {
        core.take(contract, for: symbol, text: text, at: time)
        finish(at: time)
    }

    /// A read is over: a batch ends.
    public func readEnded(at time: Timestamp) {
        isReading = false
        core.endRead(at: time)
        handOver()
        guard !core.actions.isEmpty else { return }
        ask(at: time)
        handOver()
    }

    /// Time has passed.
    public func timePassed(_ time: Timestamp) {
        endOpenRead(at: time)
        core.timePassed(time)
        finish(at: time)
    }

    // MARK: What follows

    /// Within a read events wait for its end; requests do not.
    private func finish(at time: Timestamp) {
        if !core.actions.isEmpty { ask(at: time) }
        if !isReading { handOver() }
    }

    /// A read of which no end was told ends here: what it brought must not wait for the next one.
    private func endOpenRead(at time: Timestamp) {
        guard isReading, !isAsking else { return }
        readEnded(at: time)
    }

    /// Hands over what may go. The array is taken out of `self` meanwhile: the sink may run for long.
    private func handOver() {
        while core.out.hand(to: &outgoing) {
            var batch: ContiguousArray<MarketEvent> = []
            swap(&batch, &outgoing)
            if isStopped || !sink.accept(&batch) {
                isStopped = true
                core.counts.refusedEvents += batch.count
                batch.removeAll(keepingCapacity: true)
            }
            swap(&batch, &outgoing)
        }
    }

    /// Asks the client, one thing after another: what it says at once is looked at afterwards.
    private func ask(at time: Timestamp) {
        guard !isAsking else { return }
        isAsking = true
        while !core.actions.isEmpty {
            let actions = core.actions
            core.actions.removeAll(keepingCapacity: true)
            for action in actions { perform(action, at: time) }
            let early = early
            self.early.removeAll(keepingCapacity: true)
            for (notice, stream, time) in early { core.take(notice, of: stream, at: time) }
        }
        isAsking = false
    }

    private func perform(_ action: StreamAction, at time: Timestamp) {
        switch action {
        case .open(let slot, let role):
            guard let request = core.request(slot, role), core.feeds[slot].ids[role.index] == nil else {
                return
            }
            let id = streams.open(request)
            core.opened(slot, role, as: id, at: time)
        case .close(let slot, let role):
            if let id = core.closed(slot, role) { streams.close(id) }
        case .retry(let slot, let role):
            guard let id = core.feeds[slot].ids[role.index] else { return }
            core.counts.retries += 1
            streams.retry(id)
        }
    }
}
