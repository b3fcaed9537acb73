/// How long to wait before the next attempt: longer each time, the last wait for ever.
struct Backoff {
    /// How long a session must have been live, in one piece, until its loss counts as the first: long enough to tell a gateway
    /// that lets nobody stay, short enough that two losses in a row do not keep the desk out of the market.
    static let steady: UInt64 = 2_000_000_000

    private let waits: [UInt64]
    private var used = 0

    /// - Parameter waits: nanoseconds, none negative; without any, one second.
    init(_ waits: [Int64]) {
        self.waits = waits.isEmpty ? [1_000_000_000] : waits.map(UInt64.init(clamping:))
    }

    /// The wait that is due, nanoseconds.
    mutating func next() -> UInt64 {
        defer { used = min(used + 1, waits.count - 1) }
        return waits[used]
    }

    /// A session has started: who lets us in is tried again after the second wait at the latest, however unsteady the line.
    mutating func shorten() { used = min(used, 1) }

    /// Begins anew with the first wait.
    mutating func reset() { used = 0 }
}
