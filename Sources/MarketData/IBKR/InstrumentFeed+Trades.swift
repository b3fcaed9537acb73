import TWSProtocol
import TradingModel

extension InstrumentFeed {
    /// A print, tick by tick.
    @inline(__always)
    mutating func take(
        _ trade: TickByTick.Print, second: Int64, _ time: Timestamp, _ options: IBKREventsOptions,
        _ out: inout EventBatch, _ counts: inout IBKRFeedCounts
    ) {
        guard trade.price > .zero && trade.size > .zero else {
            return takeMarker(trade, time, options, &out, &counts)
        }
        if !isSteady[StreamRole.trades.index] {
            if plan[.trades].phase != .flowing { balance.handOver(at: time, isWhole: wishes.trades != .last) }
            settle(.trades, time, options, &out)
        }
        plan.touch(.trades, at: time)
        balance.printed(trade.size)
        if facts.isHaltedByPrints && trade.mask & Self.pastLimit == 0 {
            setHalted(byPrints: false, time, options, &out)
        }
        guard let aggressor = judge(trade, options, &counts) else { return }
        out.append(
            symbol, Self.exchangeTime(second, time), receivedAt: time,
            .trade(Trade(price: trade.price, size: trade.size, aggressor: aggressor)))
    }

    /// Who took liquidity; `nil` for a print that is left out.
    @inline(__always)
    private mutating func judge(
        _ trade: TickByTick.Print, _ options: IBKREventsOptions, _ counts: inout IBKRFeedCounts
    ) -> Aggressor? {
        if trade.mask & Self.unreported != 0 && options.unreportedTrades != .full {
            counts.unreportedTrades += 1
            return options.unreportedTrades == .drop ? nil : .unknown
        }
        guard options.infersAggressor else { return .unknown }
        if !trade.conditions.isEmpty && TradeConditions.hidesAggressor(trade.conditions) { return .unknown }
        return aggressor.classify(trade.price)
    }

    /// No trade: price 0, size 0 and "past limit" tell a halt, the next such tick its end, as does a print.
    @inline(never)
    private mutating func takeMarker(
        _ trade: TickByTick.Print, _ time: Timestamp, _ options: IBKREventsOptions, _ out: inout EventBatch,
        _ counts: inout IBKRFeedCounts
    ) {
        let isMarker = trade.price == .zero && trade.size == .zero
        guard isMarker, facts.isHaltedByPrints || trade.mask & Self.pastLimit != 0 else {
            counts.nonsense += 1
            return
        }
        settle(.trades, time, options, &out)
        setHalted(byPrints: !facts.isHaltedByPrints, time, options, &out)
    }

    /// Trading is halted, or goes on, by the word of one source; the other's stands.
    @inline(never)
    mutating func setHalted(
        byLevel1: Bool? = nil, byPrints: Bool? = nil, _ time: Timestamp, _ options: IBKREventsOptions,
        _ out: inout EventBatch
    ) {
        let wasHalted = facts.isHalted
        if let byLevel1 { facts.isHaltedByLevel1 = byLevel1 }
        if let byPrints { facts.isHaltedByPrints = byPrints }
        guard facts.isHalted != wasHalted else { return }
        facts.isUnhalted = wasHalted
        tell(time, options, &out)
    }

    /// The day volume of level 1 has risen.
    mutating func level1Traded(
        _ price: Price, _ size: Quantity, _ time: Timestamp, _ options: IBKREventsOptions,
        _ out: inout EventBatch
    ) {
        plan.level1Moved(.trades, at: time)
        let isWhole = wishes.trades != .last
        switch plan.tradeSupply {
        case .nobody: balance.reset()
        case .level1:
            balance.rose(by: size, at: time)
            publishVolume(balance.release(), price, time, options, &out)
        case .tickByTick where plan[.trades].phase == .flowing:
            let missed = balance.rose(by: size, at: time, printedAt: plan[.trades].lastAt, isWhole: isWhole)
            publishVolume(missed, price, time, options, &out)
        case .tickByTick:
            // Asked for: either it begins to print, or level 1 goes on.
            balance.rose(by: size, at: time)
            if isWhole || time.since(plan[.trades].since) <= VolumeBalance.lag { balance.keepForHandover() }
        }
    }

    /// Volume that was held while it was not known whether tick by tick tells it, if it is known now.
    mutating func publishHeldVolume(
        _ time: Timestamp, _ options: IBKREventsOptions, _ out: inout EventBatch
    ) {
        guard balance.held > .zero, let price = level1.last else { return }
        let size =
            switch plan.tradeSupply {
            case .level1: balance.release()
            case .tickByTick: balance.endHandover(at: time)
            case .nobody: Quantity.zero
            }
        publishVolume(size, price, time, options, &out)
    }

    /// Several trades in one, at the price of the last: nobody can say who took liquidity.
    private mutating func publishVolume(
        _ size: Quantity, _ price: Price, _ time: Timestamp, _ options: IBKREventsOptions,
        _ out: inout EventBatch
    ) {
        guard size > .zero else { return }
        if hasNewLevel1Quote { publishLevel1Quote(time, options, &out) }
        out.append(
            symbol, level1TradeTime(time), receivedAt: time,
            .trade(Trade(price: price, size: size, aggressor: .unknown)))
    }

    /// The time the gateway tells of the last trade, unless it is of another one.
    private func level1TradeTime(_ time: Timestamp) -> Timestamp {
        guard let told = level1.lastTradeAt, told <= time, time.since(told) < 10_000_000_000 else {
            return time
        }
        return told
    }

    private static let pastLimit: Int32 = 1
    private static let unreported: Int32 = 2
}

/// Conditions of prints on US exchanges.
enum TradeConditions {
    /// Whether a print tells nothing of who took liquidity: auctions, crosses, average or derived prices, late reports.
    ///
    /// - Parameter text: codes of one letter or digit, separated by blanks; others are normal.
    static func hidesAggressor(_ text: ShortText) -> Bool {
        for position in 0..<text.count where isAlone(position, in: text) {
            switch text[position] {
            case UInt8(ascii: "4"), UInt8(ascii: "5"), UInt8(ascii: "6"), UInt8(ascii: "7"),
                UInt8(ascii: "9"),
                UInt8(ascii: "B"), UInt8(ascii: "C"), UInt8(ascii: "G"), UInt8(ascii: "H"),
                UInt8(ascii: "L"), UInt8(ascii: "M"), UInt8(ascii: "N"), UInt8(ascii: "O"),
                UInt8(ascii: "P"), UInt8(ascii: "Q"), UInt8(ascii: "R"), UInt8(ascii: "U"),
                UInt8(ascii: "V"), UInt8(ascii: "W"), UInt8(ascii: "X"), UInt8(ascii: "Z"):
                return true
            default: break
            }
        }
        return false
    }

    private static func isAlone(_ position: Int, in text: ShortText) -> Bool {
        let blank = UInt8(ascii: " ")
        let isFirst = position == 0 || text[position - 1] == blank
        return isFirst && (position + 1 == text.count || text[position + 1] == blank)
    }
}
