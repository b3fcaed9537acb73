import TradingModel

/// Files in one order: by time, then number, then order of the files. Pure but for reading the files.
struct RecordingMerge {
    private var lanes: [RecordingLane]
    private var marks = DepthBatchMarks()
    /// Events read on to the end of a time to learn who ends the batch; they come first next time.
    private var carried: ContiguousArray<MarketEvent> = []
    private var firstCarried = 0
    private var delivered = LoaderStatistics()
    private var failure: HistoricalLoaderError?

    init(_ lanes: [RecordingLane]) { self.lanes = lanes }

    /// Counts of all files.
    var statistics: LoaderStatistics { lanes.reduce(delivered) { $0.adding($1.statistics) } }

    /// Fills `batch` with at most `limit` events.
    ///
    /// - Returns: `false` when there are none left; an error of a file comes after the events before it.
    mutating func next(
        into batch: inout ContiguousArray<MarketEvent>, limit: Int
    ) throws(HistoricalLoaderError) -> Bool {
        takeCarried(into: &batch, limit: limit)
        while failure == nil, batch.count < limit, let lane = leader() {
            drain(lane, into: &batch, limit: limit)
        }
        settleMarks(&batch)
        for event in batch { delivered.countDelivered(event.eventType) }
        if batch.isEmpty, let failure { throw failure }
        return !batch.isEmpty
    }

    private mutating func takeCarried(into batch: inout ContiguousArray<MarketEvent>, limit: Int) {
        while firstCarried < carried.count, batch.count < limit {
            batch.append(carried[firstCarried])
            firstCarried += 1
        }
        guard firstCarried == carried.count else { return }
        carried.removeAll(keepingCapacity: true)
        firstCarried = 0
    }

    /// The file whose next event is the first of all; `nil` at the end and when a file has failed.
    private mutating func leader() -> Int? {
        var best: (lane: Int, key: EventKey)?
        for index in lanes.indices {
            guard ready(index) else {
                if failure != nil { return nil }
                continue
            }
            let key = lanes[index].block.first.key(file: index)
            if let found = best, found.key < key { continue }
            best = (index, key)
        }
        return best?.lane
    }

    private mutating func ready(_ index: Int) -> Bool {
        if lanes[index].block.isReady { return true }
        lanes[index].fill()
        if lanes[index].block.isReady { return true }
        failure = failure ?? lanes[index].failure
        return false
    }

    /// Takes events of one file while they come before those of every other.
    private mutating func drain(_ lane: Int, into batch: inout ContiguousArray<MarketEvent>, limit: Int) {
        var bound: EventKey?
        for index in lanes.indices where index != lane && lanes[index].block.isReady {
            let key = lanes[index].block.first.key(file: index)
            if let current = bound, current < key { continue }
            bound = key
        }
        while batch.count < limit, lanes[lane].block.isReady {
            if let bound, bound < lanes[lane].block.first.key(file: lane) { return }
            takeFirst(of: lane, into: &batch)
        }
    }

    @inline(__always)
    private mutating func takeFirst(of lane: Int, into output: inout ContiguousArray<MarketEvent>) {
        let record = lanes[lane].block.first
        lanes[lane].removeFirst()
        if record.isDepth, let cleared = marks.note(record, place: output.count) {
            output[cleared].clearEndsBatch()
        }
        if record.other < 0 {
            output.append(record.event)
        } else {
            output.append(lanes[lane].block.otherEvent(of: record))
        }
    }

    /// Learns the marks that the end of the batch left open, by reading on to the end of their time.
    private mutating func settleMarks(_ batch: inout ContiguousArray<MarketEvent>) {
        defer { marks.close() }
        let inBatch = batch.count
        while failure == nil, let time = marks.openTime, let lane = leader(),
            lanes[lane].block.first.time == time
        {
            let record = lanes[lane].block.first
            lanes[lane].removeFirst()
            if record.isDepth, let cleared = marks.note(record, place: inBatch + carried.count) {
                if cleared < inBatch {
                    batch[cleared].clearEndsBatch()
                } else {
                    carried[cleared - inBatch].clearEndsBatch()
                }
            }
            carried.append(record.other < 0 ? record.event : lanes[lane].block.otherEvent(of: record))
        }
    }
}
