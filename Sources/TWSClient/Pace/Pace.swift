/// How many messages may leave: a token a message, and a token comes back a second after it was spent.
///
/// So no second, wherever it begins, sees more messages than the limit, and all of them may leave at once. What matters less
/// leaves tokens for what matters more: requests never keep an order waiting, nor orders a cancel.
///
/// Source: reference of the TWS socket protocol, "limits and pacing": all messages of a client count.
struct Pace: Sendable {
    /// What a message is; the lower, the sooner.
    enum Rank: Int, Sendable, CaseIterable {
        /// Of an order.
        case cancel
        /// Or a change of one.
        case order
        /// Anything else.
        case request
    }

    /// After which a token comes back, ns: a second, and a little for what the way to the gateway may squeeze together.
    static let window: UInt64 = 1_020_000_000
    /// Messages a second that make sense.
    static let limits = 1...10_000

    /// Messages a second.
    private(set) var limit: Int
    private let fullLimit: Int
    /// When the last messages left, the oldest overwritten.
    private var times: [UInt64]
    private var spent = 0
    private var heldUntil: UInt64 = 0

    /// - Parameter limit: messages a second, brought into `limits`.
    init(limit: Int) {
        fullLimit = min(max(limit, Self.limits.lowerBound), Self.limits.upperBound)
        self.limit = fullLimit
        times = Array(repeating: 0, count: fullLimit)
    }

    /// When the next message of this rank may leave, or the next `count` together; a time that is past or now means at
    /// once.
    func due(_ rank: Pace.Rank, count: Int = 1) -> UInt64 {
        let usable = max(1, limit - kept(from: rank) - (count - 1))
        guard spent >= usable else { return heldUntil }
        return max(heldUntil, times[(spent - usable) % times.count] &+ Self.window)
    }

    /// Tokens that a rank leaves to those above it.
    private func kept(from rank: Pace.Rank) -> Int {
        switch rank {
        case .cancel: 0
        case .order: limit / 9
        case .request: limit / 5
        }
    }

    /// A message leaves. Threads read the clock apart from each other: what is earlier than the last one counts as it.
    mutating func spend(at now: UInt64) {
        let last = spent == 0 ? 0 : times[(spent - 1) % times.count]
        times[spent % times.count] = max(now, last)
        spent += 1
    }

    /// The gateway finds us too fast: nothing leaves until then, and four fifths as much a second afterwards.
    mutating func holdOff(until time: UInt64) {
        heldUntil = max(heldUntil, time)
        limit = max(1, limit * 4 / 5)
    }

    /// A new session: what the last one taught is forgotten, what has left is not.
    mutating func beginSession() {
        limit = fullLimit
        heldUntil = 0
    }
}
