import TradingModel

/// Reads recordings of market data as one ordered sequence of events; memory does not grow with their length.
///
/// Each file is plain or gzip, and CSV, JSON lines, a JSON array or a journal, told by its content. Files are merged by
/// time, then `seq`, then their order here. Prices and times are exact. `endsBatch` is set on the last depth
/// event of a symbol at each time.
///
/// With `HistoricalLoaderOptions.repeats` the whole input is played that many times, each pass moved behind the one
/// before: its times by the span of the input, its sequence numbers by the highest one. The files are opened again for
/// every pass, nothing is kept. Reading happens on the thread that calls `next`.
public final class HistoricalLoader {
    /// Files in one order; `nil` while `journal` reads.
    private var merge: RecordingMerge?
    /// One session's journal, which needs no ordering.
    private var journal: JournalRecording?

    /// Opens the files and reads their first lines.
    ///
    /// - Throws: `HistoricalLoaderError.unreadable`, `.notAFile`, `.header`, `.corrupt`, `.journal`.
    public init(
        files: [String], options: HistoricalLoaderOptions = HistoricalLoaderOptions()
    ) throws(HistoricalLoaderError) {
        journal = try JournalRecording(files, options)
        if journal == nil { merge = try RecordingMerge(RecordingPasses(files: files, options: options)) }
    }

    /// The next events, in order; `batch` is emptied first and keeps its room.
    ///
    /// - Parameter limit: events at most, positive.
    /// - Returns: `false` at the end, with an empty batch.
    /// - Throws: what ended a file early, after every event before it has been given; again on every call.
    public func next(
        into batch: inout ContiguousArray<MarketEvent>, limit: Int = largestFeedBatch
    ) throws(HistoricalLoaderError) -> Bool {
        precondition(limit > 0, "a batch holds at least one event")
        batch.removeAll(keepingCapacity: true)
        if let isThere = try journal?.next(into: &batch, limit: limit) { return isThere }
        return try merge?.next(into: &batch, limit: limit) ?? false
    }

    /// Events read but not handed over; for tests of memory.
    var held: Int { merge?.held ?? 0 }

    /// Counts so far. Rows run ahead of events by what is read ahead.
    public var statistics: LoaderStatistics {
        journal?.statistics ?? merge?.statistics ?? LoaderStatistics()
    }
}
