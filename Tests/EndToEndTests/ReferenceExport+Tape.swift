import ExactJSON
import TradingModel

extension ReferenceExport {
    /// Everything told of the tape but the mean price, which is checked by its definition.
    var tape: JSONValue {
        let prices = prints.map(\.trade.price)
        let changes = zip(prices.dropFirst(), prices).map { $0.rawValue - $1.rawValue }
        let seconds = Dictionary(grouping: prints) { start($0.event, 1_000_000_000) }.mapValues(\.count)
        let busiest = seconds.values.max() ?? 0
        let largest = prints.sorted {
            ($1.trade.size, $0.event.feedSequence) < ($0.trade.size, $1.event.feedSequence)
        }.prefix(10)
        return [
            "trades": number(prints.count), "buy_trades": count(prints, .buy),
            "buy_volume": number(volume(prints, .buy)), "sell_trades": count(prints, .sell),
            "sell_volume": number(volume(prints, .sell)), "unknown_trades": count(prints, .unknown),
            "unknown_volume": number(volume(prints, .unknown)), "volume": number(volume(prints)),
            "zero_size_trades": 0, "first_price": number(prices.first ?? .zero),
            "last_price": number(prices.last ?? .zero), "high": number(prices.max() ?? .zero),
            "low": number(prices.min() ?? .zero), "delta": number(delta(prints)),
            "notional": number(Money(rawValue: notional)),
            "busiest_second": [
                "trades": number(busiest),
                "start": .array(seconds.filter { $0.value == busiest }.keys.sorted().map(time)),
            ],
            "largest": .array(
                largest.map { print in
                    [
                        "seq": number(print.event.feedSequence), "price": number(print.trade.price),
                        "size": number(print.trade.size),
                        "aggressor": .string("\(print.trade.aggressor.name)"),
                    ]
                }),
            "upticks": number(changes.count { $0 > 0 }), "downticks": number(changes.count { $0 < 0 }),
            "ticks": ticks, "quote_rule": quoteRule, "tick_rule": tickRule,
        ]
    }

    private var notional: Int128 {
        prints.reduce(0) { $0 + Int128($1.trade.price.rawValue) * Int128($1.trade.size.rawValue) }
    }

    /// Whether `mean` is notional ÷ volume to ten digits, for prices from 1,000 to 9,999.
    func isMean(_ mean: Price) -> Bool {
        let volume = volume(prints).rawValue
        // Four digits before the point leave six behind it: units of 1e-6.
        let error = Int128(mean.rawValue) * volume - notional
        return mean.rawValue % 1_000 == 0 && error.magnitude * 2 <= volume.magnitude * 1_000
    }

    private var ticks: JSONValue {
        let all = quotes.map(\.tick)
        let pairs = zip(quotes, quotes.dropFirst())
        let gaps = pairs.filter { $1.event.timestamp.since($0.event.timestamp) > 60_000_000_000 }
        return [
            "ticks": number(all.count), "bid_min": number(all.map(\.bid).min() ?? .zero),
            "bid_max": number(all.map(\.bid).max() ?? .zero),
            "ask_min": number(all.map(\.ask).min() ?? .zero),
            "ask_max": number(all.map(\.ask).max() ?? .zero),
            "first": [number(all[0].bid), number(all[0].ask)],
            "last": [number(all[all.count - 1].bid), number(all[all.count - 1].ask)],
            "spread_min": number(spreads(all).min() ?? .zero),
            "spread_max": number(spreads(all).max() ?? .zero),
            "spread_sum": number(spreads(all).reduce(.zero, +)),
            "crossed": number(all.count { $0.bid > $0.ask }),
            "locked": number(all.count { $0.bid == $0.ask }),
            "bid_changes": number(pairs.count { $0.tick.bid != $1.tick.bid }),
            "ask_changes": number(pairs.count { $0.tick.ask != $1.tick.ask }),
            "gaps_over_60s": .array(
                gaps.map { before, after in
                    let pause = after.event.timestamp.since(before.event.timestamp)
                    return [
                        "after_seq": number(before.event.feedSequence),
                        "seconds": number(Price(rawValue: (pause + 500_000) / 1_000_000 * 1_000_000)),
                    ]
                }),
        ]
    }

    // MARK: Rules

    private var quoteRule: JSONValue {
        var counts: [String: [String: Int]] = [:]
        var quote: Tick?
        for event in events {
            if case .tick(let tick) = event.payload { quote = tick }
            guard case .trade(let trade) = event.payload else { continue }
            counts[guess(trade.price.rawValue, quote), default: [:]]["\(trade.aggressor.name)", default: 0] +=
                1
        }
        return [
            "guess": .object(
                counts.map { .init($0.key, .object($0.value.map { .init($0.key, number($0.value)) })) })
        ]
    }

    private func guess(_ price: Int64, _ quote: Tick?) -> String {
        guard let bid = quote?.bid.rawValue, let ask = quote?.ask.rawValue else { return "no_quote" }
        if price >= ask { return "buy" }
        if price <= bid { return "sell" }
        if 2 * price == bid + ask { return "mid" }
        return 2 * price > bid + ask ? "inside_buy" : "inside_sell"
    }

    private var tickRule: JSONValue {
        var direction = "unknown"
        var last: Price?
        var found: [String: (trades: Int, volume: Int128)] = [:]
        for print in prints {
            if let last, print.trade.price > last { direction = "buy" }
            if let last, print.trade.price < last { direction = "sell" }
            last = print.trade.price
            if print.trade.aggressor == .unknown {
                let sum = found[direction] ?? (0, 0)
                found[direction] = (sum.trades + 1, sum.volume + Int128(print.trade.size.rawValue))
            }
        }
        return .object(
            ["buy", "sell", "unknown"].flatMap { name in
                [
                    JSONValue.Member(name + "_trades", number(found[name]?.trades ?? 0)),
                    .init(name + "_volume", number(Volume(rawValue: found[name]?.volume ?? 0))),
                ]
            })
    }
}
