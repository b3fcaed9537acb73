import TradingModel

/// Events of one file between parsing and merging, put in order within the reorder window.
///
/// Events are *sealed*, that is final in their order, once the file has passed their time by more than the
/// window. Among events of one time their numbers decide where all have one, else the order of the file.
struct OrderingBlock {
    /// Events held back at most: about 72 MB.
    static let mostHeld = 1_000_000

    private(set) var events: ContiguousArray<FlatRecord> = []
    /// Events that no flat record can tell; `FlatRecord.other` is the place.
    private var others: ContiguousArray<MarketEvent> = []
    private let window: Int64
    private var head = 0
    private var sealed = 0
    private var latest = Int64.min
    private var latestNumber: UInt64 = 0
    private var isOutOfOrder = false

    init(window: Int64) {
        self.window = window
        events.reserveCapacity(512)
    }

    /// Whether a sealed event is at hand.
    @inline(__always)
    var isReady: Bool { head < sealed }

    /// Events that are not sealed yet.
    var held: Int { events.count - sealed }

    /// The first sealed event; `isReady` must hold.
    @inline(__always)
    var first: FlatRecord { events[head] }

    /// Takes the sealed events that come before `bound`, until `output` holds `limit`.
    mutating func take(
        before bound: EventKey, file: Int, into output: inout ContiguousArray<MarketEvent>, limit: Int,
        _ marks: inout DepthBatchMarks, _ passes: inout RecordingPasses
    ) {
        let held = events
        let records = held.span
        let last = min(sealed, head + max(0, limit - output.count))
        let shift = passes.shift
        let noTrace = TraceContext.none
        var highest: UInt64 = 0
        var index = head
        while index < last {
            var record = records[index]
            guard record.key(file: file) < bound else { break }
            record.time &+= shift.time
            if record.isDepth {
                let cleared = marks.note(record, place: output.count)
                if cleared >= 0 { output[cleared].clearEndsBatch() }
            }
            if record.other < 0 {
                highest = max(highest, record.number)
                if record.number != 0 { record.number &+= shift.feedSequence }
                output.append(record.event(noTrace))
            } else {
                output.append(other(record, &passes))
            }
            index += 1
        }
        guard index > head else { return }
        passes.extent.note(from: records[head].time, to: records[index - 1].time)
        passes.extent.note(feedSequence: highest)
        head = index
    }

    private func other(_ record: FlatRecord, _ passes: inout RecordingPasses) -> MarketEvent {
        var event = others[Int(record.other)]
        passes.extent.note(event)
        passes.shift.move(&event)
        return event
    }

    /// Adds an event that is no flat record behind the others.
    ///
    /// - Throws: as `append(_:)`.
    mutating func append(_ event: MarketEvent, keepsBatchMark: Bool) throws(RowFault) {
        let place = Int32(truncatingIfNeeded: others.count)
        try append(FlatRecord(event, other: place, keepsBatchMark: keepsBatchMark))
        others.append(event)
    }

    /// Adds a record behind the others.
    ///
    /// - Throws: `RowFault` when it goes back in time further than the window.
    @inline(__always)
    mutating func append(_ record: FlatRecord) throws(RowFault) {
        if record.time > latest {
            latest = record.time
        } else if record.time < latest {
            guard latest - record.time <= window else { throw goesBack(latest - record.time) }
            isOutOfOrder = true
        } else if record.number < latestNumber {
            isOutOfOrder = true
        }
        latestNumber = record.number
        events.append(record)
    }

    private func goesBack(_ distance: Int64) -> RowFault {
        RowFault("time goes back by \(distance) ns, more than the reorder window of \(window) ns")
    }

    /// Drops the events passed over.
    mutating func compact() {
        events.removeSubrange(0..<head)
        sealed -= head
        head = 0
        guard !others.isEmpty else { return }
        var kept: ContiguousArray<MarketEvent> = []
        for index in events.indices where events[index].other >= 0 {
            kept.append(others[Int(events[index].other)])
            events[index].other = Int32(truncatingIfNeeded: kept.count - 1)
        }
        others = kept
    }

    /// Seals what the window has passed; everything when the file is over.
    mutating func seal(isOver: Bool) {
        if isOutOfOrder {
            sortHeld()
            isOutOfOrder = false
        }
        guard !isOver else {
            sealed = events.count
            return
        }
        guard latest != .min else { return }
        let watermark = latest - window
        var end = events.count
        while end > sealed, events[end - 1].time >= watermark { end -= 1 }
        sealed = end
    }

    private mutating func sortHeld() {
        var order = events[sealed...].enumerated().map { (index: $0, time: $1.time, number: $1.number) }
        order.sort { ($0.time, $0.index) < ($1.time, $1.index) }
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, order[end].time == order[start].time { end += 1 }
            if end - start > 1, order[start..<end].allSatisfy({ $0.number != 0 }) {
                order[start..<end].sort { ($0.number, $0.index) < ($1.number, $1.index) }
            }
            start = end
        }
        let held = ContiguousArray(events[sealed...])
        for (place, source) in order.enumerated() { events[sealed + place] = held[source.index] }
    }
}
