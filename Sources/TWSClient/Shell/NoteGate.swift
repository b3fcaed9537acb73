/// Lets so many notes through: twenty at once, five a second in the long run, so that a storm cannot fill a log.
struct NoteGate {
    static let burst: UInt64 = 20
    /// Nanoseconds for one more.
    static let interval: UInt64 = 200_000_000

    private var credit = burst * interval
    private var last: UInt64 = 0
    /// How many were held back.
    private(set) var lost: UInt64 = 0

    /// Whether one more may pass. Changes of state and alarms always may: there is a bound to them already.
    mutating func admits(_ kind: ClientNote.Kind, _ now: UInt64) -> Bool {
        credit = min(Self.burst * Self.interval, credit &+ (now &- last))
        last = now
        if credit >= Self.interval {
            credit -= Self.interval
            return true
        }
        if kind == .state { return true }
        lost += 1
        return false
    }
}
