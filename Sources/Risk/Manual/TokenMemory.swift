import TradingModel

/// What became of the newest things that operators have asked for, by who asked and under which token.
struct TokenMemory<Answer: Sendable>: Sendable {
    /// How many are remembered.
    static var kept: Int { 1_000 }

    private var entries: ContiguousArray<(key: String, answer: Answer)> = []
    private var oldest = 0
    /// Looked up only, never walked.
    private var places: [String: Int] = [:]

    /// The answer; `nil` where nothing was asked for under that token, or it is forgotten.
    subscript(actor: String, token: String) -> Answer? {
        places[Self.key(actor, token)].map { entries[$0].answer }
    }

    private static func key(_ actor: String, _ token: String) -> String { "\(actor) \(token)" }

    /// Remembers one more.
    ///
    /// - Returns: the oldest, where it had to be forgotten.
    @discardableResult
    mutating func insert(_ answer: Answer, _ actor: String, _ token: String) -> Answer? {
        let key = Self.key(actor, token)
        guard entries.count == Self.kept else {
            places[key] = entries.count
            entries.append((key, answer))
            return nil
        }
        let forgotten = entries[oldest]
        places[forgotten.key] = nil
        places[key] = oldest
        entries[oldest] = (key, answer)
        oldest = (oldest + 1) % Self.kept
        return forgotten.answer
    }

    /// Changes the newest answer for which `isMeant` holds.
    mutating func update(where isMeant: (Answer) -> Bool, _ change: (inout Answer) -> Void) {
        // Newest first: behind the oldest they go round.
        for step in 1...max(1, entries.count) where !entries.isEmpty {
            let place = (oldest + entries.count - step) % entries.count
            guard isMeant(entries[place].answer) else { continue }
            return change(&entries[place].answer)
        }
    }
}
