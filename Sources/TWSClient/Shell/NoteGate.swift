/// Lets so many notes through that no storm can fill a log: twenty at once, five a second in the long run, each for alarms, for
/// changes of state and for everything else. So a storm of one costs the others nothing.
struct NoteGate {
    /// What one sort of notes may still use.
    private struct Budget {
        private var credit = NoteGate.burst * NoteGate.interval
        private var last: UInt64 = 0

        mutating func admits(_ now: UInt64) -> Bool {
            credit = min(NoteGate.burst * NoteGate.interval, credit &+ min(now &- last, 1 << 62))
            last = now
            guard credit >= NoteGate.interval else { return false }
            credit -= NoteGate.interval
            return true
        }
    }

    static let burst: UInt64 = 20
    /// Nanoseconds for one more.
    static let interval: UInt64 = 200_000_000

    private var alarms = Budget()
    private var states = Budget()
    private var others = Budget()
    /// How many were held back.
    private(set) var lost: UInt64 = 0

    /// Whether one more may pass; counted when not.
    mutating func admits(_ kind: ClientNote.Kind, _ now: UInt64) -> Bool {
        let isAdmitted =
            switch kind {
            case .alarm: alarms.admits(now)
            case .state: states.admits(now)
            case .notice, .discarded: others.admits(now)
            }
        if !isAdmitted { lost += 1 }
        return isAdmitted
    }
}
