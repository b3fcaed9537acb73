import MarketData
import Platform
import TradingModel

/// Writes a recording so many times in a row, each pass moved behind the one before.
///
/// For a daemon that cannot repeat its input itself. What the loader reads is written again in the canonical form.
public struct RecordingRepeater {
    /// One file to write: its path and kind.
    public typealias Output = (path: String, form: FlatRecordWriter.Form)

    /// Nanoseconds between the last event of a pass and the first of the next.
    public static let gap: Int64 = 1_000_000

    /// Writes every event of `inputs`, `passes` times, to each of `outputs` that can tell it.
    ///
    /// - Returns: events written.
    /// - Throws: `HistoricalLoaderError` for an input, `SystemError` for an output.
    public static func write(_ inputs: [String], passes: Int, to outputs: [Output]) throws -> Int {
        var written = 0
        let span = try span(of: inputs)
        for output in outputs {
            var writer = FlatRecordWriter(output.form)
            let file = try PlainFile(output.path)
            for pass in 0..<passes {
                let shift = Int64(pass) * span
                try forEachEvent(of: inputs) { event in
                    event.timestamp = event.timestamp.advanced(by: shift)
                    if writer.write(event) { written += 1 }
                    if writer.bytes.count > 1 << 20 { try file.write(writer.takeBytes()) }
                }
            }
            try file.write(writer.takeBytes())
        }
        return written
    }

    /// Nanoseconds from the first event of a pass to the first of the next.
    private static func span(of inputs: [String]) throws -> Int64 {
        var first: Timestamp?
        var last = Timestamp.zero
        try forEachEvent(of: inputs) { event in
            if first == nil { first = event.timestamp }
            last = max(last, event.timestamp)
        }
        return last.since(first ?? last) + gap
    }

    private static func forEachEvent(
        of inputs: [String], _ body: (inout MarketEvent) throws -> Void
    ) throws {
        let loader = try HistoricalLoader(files: inputs)
        var batch: ContiguousArray<MarketEvent> = []
        while try loader.next(into: &batch) {
            for index in batch.indices { try body(&batch[index]) }
        }
    }
}
