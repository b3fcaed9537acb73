import Platform
import TradingModel

/// When the newest event of each instrument came from a live feed.
final class FeedTimes: Sendable {
    private let times = Locked(InstrumentTable<Timestamp>(default: .zero))

    /// Notes the events of one batch, in their order.
    func note(_ events: borrowing ContiguousArray<MarketEvent>) {
        times.withLock { times in
            let events = events.span
            for index in events.indices where events[index].symbol != .none {
                times[events[index].symbol] = events[index].receivedAt
            }
        }
    }

    /// The instruments that have events, by name, with the newest time.
    var newest: [(symbol: SymbolID, time: Timestamp)] {
        times.withLock { $0.byName }.filter { $0.value > .zero }.map { ($0.symbol, $0.value) }
    }
}
