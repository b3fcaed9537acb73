import Strategies
import TWSProtocol
import TradingModel

/// The ticks of a run, and which of them lead to an order.
///
/// Quotes jump half a dollar up and down: after ten of them each turns the momentum round, and so reverses the position.
struct TickPlan {
    /// Ticks before the first that is measured.
    static let warmUp = 64
    /// As in the settings of the daemon.
    static let threshold = Price(rawValue: 10_000_000)

    /// Quotes.
    let ticks: [Tick]
    /// Whether an order follows: 1 or 0, by tick.
    let triggers: [UInt8]

    /// - Parameter measured: ticks behind the warm-up.
    init(measured: Int) {
        let size = Quantity(rawValue: 10_000_000_000)
        ticks = (0..<(Self.warmUp + measured)).map { index in
            let bid = Price(rawValue: 4_000_000_000_000 + (index.isMultiple(of: 2) ? 0 : 500_000_000))
            return Tick(bid: bid, ask: bid.moved(by: 10_000_000), bidSize: size, askSize: size)
        }
        var samples = MicroPriceSamples()
        var position = 0
        triggers = ticks.map { tick in
            samples.append(microPrice(tick).price)
            let target = samples.features.map(Self.direction) ?? 0
            // Flat holds what there is.
            guard target != 0, target != position else { return 0 }
            position = target
            return 1
        }
    }

    /// What the strategy thinks: 1 long, −1 short, 0 flat.
    private static func direction(_ features: Features) -> Int {
        let fast = features.last.rawValue - features.mean5.rawValue
        let slow = features.mean5.rawValue - features.mean10.rawValue
        if fast >= threshold.rawValue && slow >= threshold.rawValue { return 1 }
        return fast <= -threshold.rawValue && slow <= -threshold.rawValue ? -1 : 0
    }

    /// A tick as the gateway says it.
    func message(_ index: Int, request: Int32, time: Int64) -> TickByTick {
        var quote = TickByTick.Quote()
        (quote.bid, quote.ask) = (ticks[index].bid, ticks[index].ask)
        (quote.bidSize, quote.askSize) = (ticks[index].bidSize ?? .zero, ticks[index].askSize ?? .zero)
        var message = TickByTick()
        (message.requestID, message.time, message.event) = (request, time, .bidAsk(quote))
        return message
    }
}
