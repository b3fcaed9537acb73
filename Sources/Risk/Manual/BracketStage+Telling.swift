import TradingModel

/// What operators are told of exits: that they are not for what is open of their entry, and that they are again.
extension BracketStage {
    /// What has become otherwise.
    public struct Telling: Sendable, Hashable {
        /// Whose exits.
        public let entry: ClientOrderID
        /// Whether they are not for what is open.
        public let isLacking: Bool
        /// In words.
        public let reason: String
    }

    /// Notes what has become otherwise with one bracket.
    mutating func tell(_ place: Int) {
        // What is on its way decides.
        guard !brackets[place].isAsking else { return }
        let lack = brackets[place].lack
        guard (lack != nil) != brackets[place].isTold else { return }
        brackets[place].isTold = lack != nil
        tellings.append(
            Telling(
                entry: brackets[place].entry.id, isLacking: lack != nil,
                reason: lack ?? "the exits are for what is open"))
    }

    /// The same of one that is over: what is still open then stays told.
    mutating func tellEnd(_ bracket: Bracket) {
        guard bracket.isTold, bracket.open <= .zero || bracket.isGivenUp else { return }
        tellings.append(
            Telling(
                entry: bracket.entry.id, isLacking: false,
                reason: bracket.isGivenUp ? "given up" : "nothing is open"))
    }
}

extension Bracket {
    /// Whether something is asked for and not answered.
    fileprivate var isAsking: Bool {
        legs.contains { leg in
            if case .pending = leg.state { true } else { false }
        }
    }

    /// What is wrong with the exits; `nil` where they are for what is open, or nobody on our side wants them to be.
    fileprivate var lack: String? {
        guard open > .zero else { return nil }
        for leg in legs {
            switch leg.state {
            case .unsent where leg.refusedAt != nil: return "\(open) open: \(leg.name) cannot be sent"
            case .working where leg.refusedAt != nil && leg.leaves != open:
                return "\(open) open: \(leg.name) is for \(leg.leaves) and cannot be changed"
            case .over(byVenue: true): return "\(open) open: the venue has ended \(leg.name)"
            case .unsent, .pending, .working, .cancelling, .over: continue
            }
        }
        return nil
    }
}

extension Bracket.Leg {
    fileprivate var name: String { takesProfit ? "the take-profit" : "the stop-loss" }
}
