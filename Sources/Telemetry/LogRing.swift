import Systemd

/// One log line, ready to be written.
enum LogEntry: Sendable {
    /// A JSON object with its line feed, for a stream.
    case line([UInt8])
    /// A record with fields, for the journal.
    case record(Journal.Record)

    /// Its bytes.
    var count: Int {
        switch self {
        case .line(let bytes): bytes.count
        case .record(let record): record.count
        }
    }
}

/// Log lines that wait to be written: bounded in lines and in bytes; the oldest go first when it is full.
struct LogRing {
    /// Lines that were dropped and not reported yet.
    private(set) var unreportedDrops: UInt64 = 0
    /// Lines that wait.
    private(set) var count = 0
    private var slots: [LogEntry?]
    private var first = 0
    private var bytes = 0
    private let maximumBytes: Int

    /// Room for that many lines of together that many bytes; at least for one line of any size.
    init(maximumLines: Int, maximumBytes: Int) {
        slots = Array(repeating: nil, count: max(1, maximumLines))
        self.maximumBytes = maximumBytes
    }

    /// Adds a line, dropping the oldest ones while there is no room.
    ///
    /// - Returns: how many were dropped.
    mutating func push(_ entry: LogEntry) -> Int {
        var dropped = 0
        while count == slots.count || (count > 0 && bytes + entry.count > maximumBytes) {
            _ = removeFirst()
            dropped += 1
        }
        slots[(first + count) % slots.count] = entry
        count += 1
        bytes += entry.count
        unreportedDrops += UInt64(dropped)
        return dropped
    }

    /// Takes the oldest lines, at most `limit`, and the number of lines lost before them.
    mutating func take(limit: Int) -> (lost: UInt64, entries: [LogEntry]) {
        var entries: [LogEntry] = []
        while entries.count < limit, let entry = removeFirst() { entries.append(entry) }
        defer { unreportedDrops = 0 }
        return (unreportedDrops, entries)
    }

    private mutating func removeFirst() -> LogEntry? {
        guard count > 0, let entry = slots[first] else { return nil }
        slots[first] = nil
        first = (first + 1) % slots.count
        count -= 1
        bytes -= entry.count
        return entry
    }
}
