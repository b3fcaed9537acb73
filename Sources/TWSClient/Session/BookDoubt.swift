/// When to compare the books again because a message about orders could not be read.
///
/// An answer that cannot be read stays so when it is asked for again, so the time between two tries doubles, from five
/// seconds to five minutes, until a reconciliation brings no doubt.
struct BookDoubt {
    private static let shortest: UInt64 = 5_000_000_000
    private static let longest: UInt64 = 300_000_000_000

    private var pause = shortest
    private var lastBegan: UInt64?
    private var isDoubtful = false

    /// A message could not be read.
    mutating func raise() { isDoubtful = true }

    /// A reconciliation begins, which answers all doubts so far.
    mutating func began(_ now: UInt64) {
        lastBegan = now
        isDoubtful = false
    }

    /// A reconciliation has come to its end, with or without a doubt of its own.
    mutating func ended() {
        pause = isDoubtful ? min(pause * 2, Self.longest) : Self.shortest
    }

    /// Whether to compare again.
    func isDue(_ now: UInt64) -> Bool {
        guard isDoubtful else { return false }
        guard let lastBegan else { return true }
        return now >= lastBegan &+ pause
    }
}
