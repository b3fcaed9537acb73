import TradingModel

extension Settings {
    /// Where orders go (`execution`).
    public struct Execution: Sendable, Equatable {
        /// Where a strategy's limit orders are put.
        public enum LimitPrice: String, CaseIterable, Sendable {
            /// At the best price of the other side: trades at once.
            case touch
            /// At the best price of our own side: waits.
            case join
        }

        /// What becomes of working orders when the process is asked to end.
        public enum OnStop: String, CaseIterable, Sendable {
            /// They are cancelled, and the process waits for that.
            case cancel
            /// They stay at the broker.
            case leave
        }

        /// What becomes of new intents while the broker takes no orders.
        public enum OnError: String, CaseIterable, Sendable {
            /// They are denied.
            case halt
            /// They are simulated in a book of their own.
            case shadow
        }

        /// What feeds the daemon and where its orders go.
        public internal(set) var mode = Mode.sim
        /// How much worse than the book simulated fills are, in ticks.
        public internal(set) var slippage = 0
        /// Chance, 0…1, that a resting simulated order fills when the market touches its price.
        public internal(set) var fillProbability = 1.0
        /// Seed of the simulated exchange.
        public internal(set) var seed: UInt64 = 1
        /// What else the simulated exchange does.
        public internal(set) var sim = Simulation()
        /// Where a strategy's limit orders are put.
        public internal(set) var limitPrice = LimitPrice.touch
        /// What becomes of working orders when the process is asked to end, in mode ibkr.
        public internal(set) var onStop = OnStop.cancel
        /// Nanoseconds from one comparison of our books with the broker's to the next; 0 for none but those that something
        /// calls for.
        public internal(set) var reconcileEvery: Int64 = 60_000_000_000
        /// What becomes of new intents while the broker takes no orders, in mode ibkr.
        public internal(set) var onError = OnError.halt
    }

    /// What to trade (`strategy`).
    public struct Strategy: Sendable, Equatable {
        /// Whether signals become orders.
        public internal(set) var isEnabled = true
        /// Which strategy runs.
        public internal(set) var name = "micro_price_momentum"
        /// Target position of a signal.
        public internal(set) var size = Money.one
        /// Target positions that differ from `size`, by instrument name.
        public internal(set) var sizes: [String: Quantity] = [:]
        /// Score, in ticks, a signal needs.
        public internal(set) var thresholdTicks = Price(rawValue: 100_000_000)
        /// Whether a flat signal closes the position.
        public internal(set) var exitOnFlat = false

        /// The target position for `symbol`.
        public func size(of symbol: String) -> Quantity { sizes[symbol] ?? size }
    }

    /// Derived market state (`order_flow`).
    public struct OrderFlow: Sendable, Equatable {
        /// Length of a bar, nanoseconds.
        public internal(set) var bar: Int64 = 60_000_000_000
        /// Prints the tape keeps per symbol; a power of two.
        public internal(set) var tapeCapacity = 65_536
        /// Bars kept per symbol.
        public internal(set) var barsKept = 512
    }
}
