import TradingModel

/// Events of one read of the socket, numbered, until they are handed over.
///
/// Which row operation of an instrument is the last of the read is known only at its end, so that one, and what follows it,
/// stays here: room grows to what one read can bring and no further.
struct EventBatch {
    /// In order.
    private(set) var events: ContiguousArray<MarketEvent> = []
    /// The feed's own number of the newest event.
    private(set) var sequence: UInt64 = 0
    /// Place of the newest row operation of each instrument; -1 where there is none.
    private var depthPlaces: ContiguousArray<Int>
    /// Instruments with such a place.
    private var openSlots: ContiguousArray<Int> = []

    /// Room for the instruments' marks.
    init(instruments: Int) {
        events.reserveCapacity(2 * largestFeedBatch)
        depthPlaces = ContiguousArray(repeating: -1, count: instruments)
        openSlots.reserveCapacity(instruments)
    }

    /// Adds an event.
    @inline(__always)
    mutating func append(
        _ symbol: SymbolID, _ timestamp: Timestamp, receivedAt: Timestamp, _ payload: MarketEvent.Payload
    ) {
        sequence &+= 1
        events.append(
            MarketEvent(
                timestamp: timestamp, receivedAt: receivedAt, symbol: symbol, source: .ibkr,
                feedSequence: sequence, payload: payload))
    }

    /// Adds a row operation; whether it ends its batch is decided by `endRead`.
    @inline(__always)
    mutating func append(_ delta: DomDelta, slot: Int, _ symbol: SymbolID, receivedAt: Timestamp) {
        if depthPlaces[slot] < 0 { openSlots.append(slot) }
        depthPlaces[slot] = events.count
        append(symbol, receivedAt, receivedAt: receivedAt, .domDelta(delta))
    }

    /// The read is over: the newest row operation of each instrument ends its batch.
    mutating func endRead() {
        for slot in openSlots {
            let place = depthPlaces[slot]
            if case .domDelta(var delta) = events[place].payload {
                delta.endsBatch = true
                events[place].payload = .domDelta(delta)
            }
            depthPlaces[slot] = -1
        }
        openSlots.removeAll(keepingCapacity: true)
    }

    /// Moves what may be handed over to `outgoing`, which must be empty, at most `largestFeedBatch`.
    ///
    /// - Returns: whether anything was moved.
    mutating func hand(to outgoing: inout ContiguousArray<MarketEvent>) -> Bool {
        var ready = events.count
        for slot in openSlots { ready = min(ready, depthPlaces[slot]) }
        guard ready > 0 else { return false }
        let moved = min(ready, largestFeedBatch)
        if ready <= largestFeedBatch {
            // What stays is one event as a rule: the batch goes as it lies.
            swap(&events, &outgoing)
            events.append(contentsOf: outgoing[moved...])
            outgoing.removeLast(outgoing.count - moved)
        } else {
            outgoing.append(contentsOf: events[..<moved])
            events.removeFirst(moved)
        }
        for slot in openSlots { depthPlaces[slot] -= moved }
        return true
    }
}
