import TradingModel

/// In which queue an order that is alive stands, and what finds it there.
///
/// Places in a queue shift with every order that leaves; the limit and the number of the arrival do not.
enum OrderStanding: BitwiseCopyable {
    case waiting(arrival: UInt64)
    case buys(limit: Price, arrival: UInt64)
    case sells(limit: Price, arrival: UInt64)
    case stops(arrival: UInt64)

    /// Where an order stands that has taken its place.
    init(_ entry: MatchingEntry) {
        if entry.waitsForTrigger {
            self = .stops(arrival: entry.arrival)
        } else if let limit = entry.limit {
            self =
                entry.order.side == .buy
                ? .buys(limit: limit, arrival: entry.arrival) : .sells(limit: limit, arrival: entry.arrival)
        } else {
            self = .waiting(arrival: entry.arrival)
        }
    }
}

extension ContiguousArray<MatchingEntry> {
    /// The place of the order that took it as the `arrival`th, where the orders stand by arrival.
    func index(arrival: UInt64) -> Int? {
        let place = count(before: { $0.arrival < arrival })
        return place < count && self[place].arrival == arrival ? place : nil
    }

    /// How many orders come before a place, by halving; `isBefore` holds for those and for none behind them.
    func count(before isBefore: (MatchingEntry) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
