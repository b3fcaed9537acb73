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
        while failure == nil, batch.count < limit, let (lane, bound) = leader() {
            lanes[lane].take(before: bound, file: lane, into: &batch, limit: limit, &marks)
        }
        settleMarks(&batch)
        let events = batch.span
        for index in events.indices { delivered.countDelivered(events[index].eventType) }
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

    /// The file whose next event is the first of all, and the key of the first event of the others; `nil` at the end and
    /// when a file has failed.
    private mutating func leader() -> (lane: Int, bound: EventKey)? {
        var lane = -1
        var best = EventKey.end
        var bound = EventKey.end
        for index in lanes.indices {
            guard ready(index) else {
                if failure != nil { return nil }
                continue
            }
            let key = lanes[index].block.first.key(file: index)
            if key < best {
                (lane, bound, best) = (index, best, key)
            } else if key < bound {
                bound = key
            }
        }
        return lane < 0 ? nil : (lane, bound)
    }

    @inline(__always)
    private mutating func ready(_ index: Int) -> Bool {
        lanes[index].block.isReady || refilled(index)
    }

    private mutating func refilled(_ index: Int) -> Bool {
        lanes[index].fill()
        if lanes[index].block.isReady { return true }
        failure = failure ?? lanes[index].failure
        return false
    }

    /// Learns the marks that the end of the batch left open, by reading on to the end of their time.
    private mutating func settleMarks(_ batch: inout ContiguousArray<MarketEvent>) {
        defer { marks.close() }
        let inBatch = batch.count
        while failure == nil, let time = marks.openTime, let lane = leader()?.lane {
            let record = lanes[lane].block.first
            guard record.time == time else { return }
            if record.isDepth {
                let cleared = marks.note(record, place: inBatch + carried.count)
                if cleared >= inBatch {
                    carried[cleared - inBatch].clearEndsBatch()
                } else if cleared >= 0 {
                    batch[cleared].clearEndsBatch()
                }
            }
            carried.append(lanes[lane].takeFirst())
        }
    }
}
