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

    typealias Print = (event: MarketEvent, trade: Trade)

    var prints: [Print] {
        events.compactMap { event in
            if case .trade(let trade) = event.payload { return (event, trade) }
            return nil
        }
    }

    var quotes: [(event: MarketEvent, tick: Tick)] {
        events.compactMap { event in
            if case .tick(let tick) = event.payload { return (event, tick) }
            return nil
        }
    }

    func start(_ event: MarketEvent, _ length: Int64) -> Int64 {
        event.timestamp.nanoseconds / length * length
    }

    func time(_ nanoseconds: Int64) -> JSONValue {
        .string(Timestamp(nanoseconds: nanoseconds).description)
    }

    func number(_ value: some CustomStringConvertible) -> JSONValue { .number(value.description) }

    func volume(_ prints: [Print], _ aggressor: Aggressor? = nil) -> Volume {
        Volume(
            rawValue: prints.filter { aggressor == nil || $0.trade.aggressor == aggressor }
                .reduce(0) { $0 + Int128($1.trade.size.rawValue) })
    }

    func count(_ prints: [Print], _ aggressor: Aggressor) -> JSONValue {
        number(prints.count { $0.trade.aggressor == aggressor })
    }

    func delta(_ prints: some Sequence<Print>) -> Volume {
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

    func spreads(_ ticks: [Tick]) -> [Volume] {
        ticks.map { Volume(rawValue: Int128($0.ask.rawValue - $0.bid.rawValue)) }
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
