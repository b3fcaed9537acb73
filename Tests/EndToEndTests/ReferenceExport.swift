import ExactJSON
import TradingModel

/// What an export must hold of one instrument, worked out from a whole recording in memory, with plain loops and dictionaries.
struct ReferenceExport {
    let events: [MarketEvent]
    let barInterval: Int64

    /// - Parameter barInterval: nanoseconds.
    init(_ recording: Recording, symbol: SymbolID, barInterval: Int64) {
        events = recording.events.filter { $0.symbol == symbol }
        self.barInterval = barInterval
    }

    private typealias Print = (event: MarketEvent, trade: Trade)

    private var prints: [Print] {
        events.compactMap { event in
            if case .trade(let trade) = event.payload { return (event, trade) }
            return nil
        }
    }

    private var quotes: [(event: MarketEvent, tick: Tick)] {
        events.compactMap { event in
            if case .tick(let tick) = event.payload { return (event, tick) }
            return nil
        }
    }

    private func start(_ event: MarketEvent, _ length: Int64) -> Int64 {
        event.timestamp.nanoseconds / length * length
    }

    private func time(_ nanoseconds: Int64) -> JSONValue {
        .string(Timestamp(nanoseconds: nanoseconds).description)
    }

    private func number(_ value: some CustomStringConvertible) -> JSONValue { .number(value.description) }

    private func volume(_ prints: [Print], _ aggressor: Aggressor? = nil) -> Volume {
        Volume(
            rawValue: prints.filter { aggressor == nil || $0.trade.aggressor == aggressor }
                .reduce(0) { $0 + Int128($1.trade.size.rawValue) })
    }

    private func count(_ prints: [Print], _ aggressor: Aggressor) -> JSONValue {
        number(prints.count { $0.trade.aggressor == aggressor })
    }

    private func delta(_ prints: some Sequence<Print>) -> Volume {
        volume(Array(prints), .buy) - volume(Array(prints), .sell)
    }

    // MARK: Bars

    /// Bars of trades.
    var deltaBars: JSONValue {
        var bars: [JSONValue] = []
        for (start, group) in Dictionary(grouping: prints, by: { start($0.event, barInterval) }).sorted(by: {
            $0.key < $1.key
        }) {
            let prices = group.map(\.trade.price)
            let deltas = group.indices.map { delta(group[...$0]) }
            let upToEnd = prints.filter { self.start($0.event, barInterval) <= start }
            bars.append([
                "start": time(start), "open": number(prices[0]), "high": number(prices.max() ?? .zero),
                "low": number(prices.min() ?? .zero), "close": number(prices[prices.count - 1]),
                "volume": number(volume(group)), "buy_volume": number(volume(group, .buy)),
                "sell_volume": number(volume(group, .sell)),
                "unknown_volume": number(volume(group, .unknown)), "delta": number(delta(group)),
                "max_delta": number(deltas.max() ?? .zero), "min_delta": number(deltas.min() ?? .zero),
                "cum_delta": number(delta(upToEnd)), "trades": number(group.count),
                "buy_trades": count(group, .buy), "sell_trades": count(group, .sell),
                "first_seq": number(group[0].event.feedSequence),
                "last_seq": number(group[group.count - 1].event.feedSequence),
            ])
        }
        return .array(bars)
    }

    /// Footprints with rows of that height.
    func footprints(row: Price) -> JSONValue {
        var bars: [JSONValue] = []
        for (start, group) in Dictionary(grouping: prints, by: { start($0.event, barInterval) }).sorted(by: {
            $0.key < $1.key
        }) {
            let rows = Dictionary(grouping: group) { $0.trade.price.rawValue / row.rawValue * row.rawValue }
            let greatest = rows.values.map { volume($0) }.max() ?? .zero
            let prices = rows.keys.sorted()
            bars.append([
                "start": time(start),
                "levels": .array(
                    prices.map { price in
                        let prints = rows[price] ?? []
                        return [
                            number(Price(rawValue: price)), number(volume(prints, .sell)),
                            number(volume(prints, .buy)), number(volume(prints, .unknown)),
                            number(prints.count),
                        ]
                    }),
                "poc": .array(
                    prices.filter { volume(rows[$0] ?? []) == greatest }
                        .map { number(Price(rawValue: $0)) }),
                "poc_volume": number(greatest),
            ])
        }
        return .array(bars)
    }

    /// Bars of quotes.
    var tickBars: JSONValue {
        var bars: [JSONValue] = []
        for (start, group) in Dictionary(grouping: quotes, by: { start($0.event, barInterval) }).sorted(by: {
            $0.key < $1.key
        }) {
            bars.append([
                "start": time(start), "ticks": number(group.count),
                "bid": range(group.map(\.tick.bid)), "ask": range(group.map(\.tick.ask)),
                "spread_min": number(spreads(group.map(\.tick)).min() ?? .zero),
                "spread_max": number(spreads(group.map(\.tick)).max() ?? .zero),
                "spread_sum": number(spreads(group.map(\.tick)).reduce(.zero, +)),
            ])
        }
        return .array(bars)
    }

    private func range(_ prices: [Price]) -> JSONValue {
        [
            number(prices[0]), number(prices.max() ?? .zero), number(prices.min() ?? .zero),
            number(prices[prices.count - 1]),
        ]
    }

    private func spreads(_ ticks: [Tick]) -> [Volume] {
        ticks.map { Volume(rawValue: Int128($0.ask.rawValue - $0.bid.rawValue)) }
    }

    // MARK: Tape

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

    // MARK: Ladders

    /// The ladder after the last event up to `moment`; `nil` before its first event.
    func ladder(at moment: Timestamp) -> JSONValue? {
        var sides: [BookSide: [Level]] = [.bid: [], .ask: []]
        var last: UInt64?
        for event in events where event.timestamp <= moment {
            switch event.payload {
            case .domSnapshot(let snapshot): sides = [.bid: snapshot.bids, .ask: snapshot.asks]
            case .domDelta(let delta): apply(delta, to: &sides[delta.side, default: []])
            default: continue
            }
            last = event.feedSequence
        }
        guard let last else { return nil }
        return [
            "ts": time(moment.nanoseconds), "after_seq": number(last), "bids": rows(sides[.bid] ?? []),
            "asks": rows(sides[.ask] ?? []),
        ]
    }

    private func apply(_ delta: DomDelta, to rows: inout [Level]) {
        let level = Level(price: delta.price, size: delta.size)
        let position = Int(delta.position)
        switch delta.operation {
        case .insert: rows.insert(level, at: position)
        case .update: if position == rows.count { rows.append(level) } else { rows[position] = level }
        case .delete: rows.remove(at: position)
        }
    }

    private func rows(_ levels: [Level]) -> JSONValue {
        .array(levels.map { [number($0.price), number($0.size)] })
    }
}
