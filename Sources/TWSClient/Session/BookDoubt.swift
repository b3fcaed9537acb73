/// When to compare the books again because they are in doubt: a message about orders could not be read, or who follows orders
/// asks for it.
///
/// An answer that cannot be read stays so when it is asked for again, so the time between two tries doubles, from five
/// seconds to five minutes, until a reconciliation brings no doubt.
struct BookDoubt {
    private static let shortest: UInt64 = 5_000_000_000
    private static let longest: UInt64 = 300_000_000_000

    private var pause = shortest
    private var lastBegan: UInt64?
    /// The first doubt since the last reconciliation began; `nil` while there is none.
    private var reason: String?

    /// The books may be wrong, for a reason in words.
    mutating func raise(_ reason: String) { self.reason = self.reason ?? reason }

    /// A reconciliation begins, which answers all doubts so far.
    mutating func began(_ now: UInt64) {
        lastBegan = now
        reason = nil
    }

    /// A reconciliation has come to its end, with or without a doubt of its own.
    mutating func ended() {
        pause = reason != nil ? min(pause * 2, Self.longest) : Self.shortest
    }

    /// Why to compare again now; `nil` while there is no doubt, or its time has not come.
    func due(_ now: UInt64) -> String? {
        guard let lastBegan else { return reason }
        return now >= lastBegan &+ pause ? reason : nil
    }
}
