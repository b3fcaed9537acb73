import TradingModel

/// Why a row is not an event, in words: `field: what is wrong`.
struct RowFault: Error, Equatable {
    var reason: String

    init(_ reason: String) { self.reason = reason }
}

extension MarketEvent {
    /// Ranges that market data must keep: prices above zero, sizes not below zero, prints with a size, rows
    /// that a ladder can have. Crossed quotes are data.
    func checkRanges() throws(RowFault) {
        switch payload {
        case .tick(let tick):
            try Self.check(tick.bid, "bid")
            try Self.check(tick.ask, "ask")
            try Self.check(tick.bidSize, "bid_size")
            try Self.check(tick.askSize, "ask_size")
        case .trade(let trade):
            try Self.check(trade.price, "price")
            guard trade.size > .zero else { throw RowFault("size: must be positive") }
        case .domDelta(let delta):
            if delta.operation == .delete {
                guard delta.price >= .zero else { throw RowFault("price: must not be negative") }
            } else {
                try Self.check(delta.price, "price")
            }
            try Self.check(delta.size, "size")
            guard delta.position <= FlatRecord.deepestPosition else {
                throw RowFault("position: must be 0 to \(FlatRecord.deepestPosition)")
            }
        case .domSnapshot(let snapshot):
            try Self.check(snapshot.bids, "bids")
            try Self.check(snapshot.asks, "asks")
        default: break
        }
    }

    private static func check(_ price: Price, _ field: String) throws(RowFault) {
        guard price > .zero else { throw RowFault("\(field): must be positive") }
    }

    private static func check(_ size: Quantity?, _ field: String) throws(RowFault) {
        if let size, size < .zero { throw RowFault("\(field): must not be negative") }
    }

    private static func check(_ levels: [Level], _ field: String) throws(RowFault) {
        guard levels.count <= LadderSide.capacity else {
            throw RowFault("\(field): more than \(LadderSide.capacity) rows")
        }
        for (row, level) in levels.enumerated() {
            try check(level.price, "\(field)[\(row)] price")
            try check(level.size, "\(field)[\(row)] size")
        }
    }
}
