import ExactJSON
import TradingModel

/// What has been staged and has no place in the chain yet: the words of lines, and wishes for a checkpoint.
struct AuditIntake {
    /// One entry.
    struct Entry {
        /// `nil` for the wish to have everything before it covered by a checkpoint where one is due.
        let type: AuditLineType?
        let time: Timestamp
        /// Where its data end in `bytes`; they begin where those of the entry before end.
        let end: Int
    }

    private(set) var entries: ContiguousArray<Entry> = []
    private(set) var bytes: [UInt8] = []

    /// Nothing, with room for what an ordinary batch has.
    init() {
        entries.reserveCapacity(256)
        bytes.reserveCapacity(262_144)
    }

    /// Takes a line.
    mutating func add(_ type: AuditLineType, at time: Timestamp, _ data: Span<UInt8>) {
        bytes.append(atMost: data.count) { $0.put(data) }
        entries.append(Entry(type: type, time: time, end: bytes.count))
    }

    /// Takes the wish for a checkpoint.
    mutating func addCheckpoint(at time: Timestamp) {
        entries.append(Entry(type: nil, time: time, end: bytes.count))
    }

    /// Forgets everything, keeps the room.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }
}
