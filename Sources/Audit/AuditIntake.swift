import ExactJSON
import TradingModel

/// What has been staged and has no place in the chain yet: the words of lines, or what they are to say, and wishes for a
/// checkpoint.
struct AuditIntake {
    /// One entry.
    struct Entry {
        /// `nil` for the wish to have everything before it covered by a checkpoint where one is due.
        let type: AuditLineType?
        let time: Timestamp
        /// Whether its data are the next of `records`.
        var isRecord = false
        /// Where its data end in `bytes`; they begin where those of the entry before end.
        let end: Int
    }

    private(set) var entries: ContiguousArray<Entry> = []
    private(set) var bytes: [UInt8] = []
    /// What has been written stays here until the next is staged: mostly the thread that made it gives it back, so that no
    /// allocator is asked by two.
    private(set) var records: ContiguousArray<AuditRecord> = []

    /// Nothing, with room for what an ordinary batch has.
    init() {
        entries.reserveCapacity(256)
        bytes.reserveCapacity(262_144)
        records.reserveCapacity(256)
    }

    /// About how many bytes of data it stands for.
    var size: Int { bytes.count + (entries.isEmpty ? 0 : records.count) * Self.recordSize }

    /// An ordinary decision in words.
    private static let recordSize = 3_072

    /// Takes a line.
    mutating func add(_ type: AuditLineType, at time: Timestamp, _ data: Span<UInt8>) {
        forgetWritten()
        bytes.append(atMost: data.count) { $0.put(data) }
        entries.append(Entry(type: type, time: time, end: bytes.count))
    }

    /// Takes a line whose words are found when it is written.
    mutating func add(_ type: AuditLineType, at time: Timestamp, _ record: AuditRecord) {
        forgetWritten()
        records.append(record)
        entries.append(Entry(type: type, time: time, isRecord: true, end: bytes.count))
    }

    /// Takes the wish for a checkpoint.
    mutating func addCheckpoint(at time: Timestamp) {
        forgetWritten()
        entries.append(Entry(type: nil, time: time, end: bytes.count))
    }

    /// Everything is written: keeps the room, and `records` for a while.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func forgetWritten() {
        if entries.isEmpty && !records.isEmpty { records.removeAll(keepingCapacity: true) }
    }
}
