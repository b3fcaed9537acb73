import TradingModel

/// Files in one order: by time, then number, then order of the files. Pure but for reading the files.
struct RecordingMerge {
    private var lanes: [RecordingLane]
    private var passes: RecordingPasses
    private var marks = DepthBatchMarks()
    /// Events read on to the end of a time to learn who ends the batch; they come first next time.
    private var carried: ContiguousArray<MarketEvent> = []
    private var firstCarried = 0
    /// What was delivered, and what the passes before this one read.
    private var counted = LoaderStatistics()
    private var failure: HistoricalLoaderError?

    /// Opens the files for the first pass.
    init(_ passes: consuming RecordingPasses) throws(HistoricalLoaderError) {
        lanes = try passes.begin()
        self.passes = passes
    }

    /// Counts of all files and passes.
    var statistics: LoaderStatistics { lanes.reduce(counted) { $0.adding($1.statistics) } }

    /// Events read but not handed over.
    var held: Int { lanes.reduce(carried.count - firstCarried) { $0 + $1.block.events.count } }

    /// Fills `batch` with at most `limit` events.
    ///
    /// - Returns: `false` when there are none left; an error of a file comes after the events before it.
    mutating func next(
        into batch: inout ContiguousArray<MarketEvent>, limit: Int
    ) throws(HistoricalLoaderError) -> Bool {
        takeCarried(into: &batch, limit: limit)
        while failure == nil, batch.count < limit, let (lane, bound) = leader(mayBeginPass: true) {
            lanes[lane].take(before: bound, file: lane, into: &batch, limit: limit, &marks, &passes)
        }
        settleMarks(&batch)
        let events = batch.span
        for index in events.indices { counted.countDelivered(events[index].eventType) }
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
    private mutating func leader(mayBeginPass: Bool) -> (lane: Int, bound: EventKey)? {
        repeat {
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
            if lane >= 0 { return (lane, bound) }
        } while mayBeginPass && beginPass()
        return nil
    }

    /// Opens the files again, when there is another pass.
    private mutating func beginPass() -> Bool {
        do throws(HistoricalLoaderError) {
            guard let next = try passes.next() else { return false }
            // Every pass of an input of one moment is a change of its own, or marks would wait for the last pass.
            if !passes.movesTime { marks.close() }
            counted = statistics
            lanes = next
            return true
        } catch {
            failure = error
            return false
        }
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
    ///
    /// A pass ends at the time at which the next one begins, so this may read on into the next; not where the whole input
    /// has one time, which would read all passes at once.
    private mutating func settleMarks(_ batch: inout ContiguousArray<MarketEvent>) {
        let inBatch = batch.count
        while failure == nil, let time = marks.openTime,
            let (lane, bound) = leader(mayBeginPass: passes.movesTime),
            lanes[lane].block.first.time &+ passes.shift.time == time
        {
            lanes[lane].take(
                before: bound, file: lane, into: &batch, limit: batch.count + 1, &marks, &passes)
        }
        marks.close()
        guard batch.count > inBatch else { return }
        carried.append(contentsOf: batch[inBatch...])
        batch.removeSubrange(inBatch...)
    }
}
