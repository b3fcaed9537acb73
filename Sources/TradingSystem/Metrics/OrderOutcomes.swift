import TradingModel

/// What became of orders, counted by instrument and side.
struct OrderOutcomes: Sendable {
    /// What can become of an order; one order has several.
    enum Outcome: String, CaseIterable, Sendable {
        case approved, denied, ack, fill, cancel, reject, expire, replace
        case replaceReject = "replace_reject"

        /// `nil` for what an execution cost, which changes nothing of its order.
        init?(_ report: OrderReport) {
            switch report {
            case .ack: self = .ack
            case .fill: self = .fill
            case .cancel: self = .cancel
            case .reject: self = .reject
            case .commission: return nil
            case .expire: self = .expire
            case .replace: self = .replace
            case .replaceReject: self = .replaceReject
            }
        }
    }

    /// One cell of the counts.
    struct Entry: Sendable {
        let symbol: SymbolID
        let side: Side
        let outcome: Outcome
        let count: Int
    }

    private static let sides: [Side] = [.buy, .sell]
    private var counts = InstrumentTable<[Int]>(default: [])

    mutating func count(_ symbol: SymbolID, _ side: Side, _ outcome: Outcome) {
        guard let place = Outcome.allCases.firstIndex(of: outcome) else { return }
        if counts[symbol].isEmpty {
            counts[symbol] = [Int](repeating: 0, count: Outcome.allCases.count * Self.sides.count)
        }
        counts[symbol][place * Self.sides.count + (side == .buy ? 0 : 1)] += 1
    }

    /// Every count that is not 0, by name.
    var entries: [Entry] {
        counts.byName.flatMap { symbol, cells in
            cells.indices.filter { cells[$0] > 0 }.map { index in
                Entry(
                    symbol: symbol, side: Self.sides[index % Self.sides.count],
                    outcome: Outcome.allCases[index / Self.sides.count], count: cells[index])
            }
        }
    }
}
