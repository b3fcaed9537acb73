import TradingModel

extension FootprintSnapshot {
    /// The same volume in rows of that height: prices rounded down to a multiple of `size`, which must be positive.
    func grouped(by size: Price) -> FootprintSnapshot {
        var rows: [FootprintLevel] = []
        for level in levels {
            let price = level.price.roundedDown(to: size)
            if rows.last?.price != price { rows.append(FootprintLevel(price: price)) }
            rows[rows.count - 1].add(level)
        }
        return FootprintSnapshot(
            start: start, interval: interval, levels: rows, rowSize: rowSize, isClosed: isClosed)
    }
}

extension FootprintLevel {
    fileprivate mutating func add(_ other: FootprintLevel) {
        trades &+= other.trades
        buyVolume = buyVolume + other.buyVolume
        sellVolume = sellVolume + other.sellVolume
        unknownVolume = unknownVolume + other.unknownVolume
    }
}
