import TradingModel

/// Lets so many notes through: forty at once, five a second in the long run, so that a storm cannot fill a log. Half of them
/// are for alarms alone.
struct BrokerNoteGate: Sendable {
    static let burst = 40
    static let keptForAlarms = 20
    /// Nanoseconds for one more.
    static let interval: Int64 = 200_000_000

    private var credit = burst
    private var last: Timestamp?

    var isFull: Bool { credit == Self.burst }

    /// Whether one more may pass.
    mutating func admits(_ severity: BrokerNote.Severity) -> Bool {
        guard credit > (severity == .alarm ? 0 : Self.keptForAlarms) else { return false }
        credit -= 1
        return true
    }

    /// Time has come so far.
    mutating func refill(at time: Timestamp) {
        guard let before = last, credit < Self.burst else { return last = time }
        let more = time.since(before) / Self.interval
        guard more > 0 else { return }
        last = time
        credit += Int(min(more, Int64(Self.burst - credit)))
    }
}
