import TradingModel

extension Settings {
    /// The simulated exchange: how far away it is, what it shows and what it charges (`execution.sim`).
    public struct Simulation: Sendable, Equatable {
        /// How the part of a latency that varies is spread.
        public enum LatencyShape: String, CaseIterable, Sendable {
            /// Evenly from nothing to the jitter.
            case uniform
            /// With the jitter as its middle, and a long tail.
            case lognormal
        }

        /// What of the market orders meet.
        public enum Book: String, CaseIterable, Sendable {
            /// The best bid and ask.
            case touch
            /// Every row of the ladder, where depth is known.
            case rows
        }

        /// Nanoseconds of event time that an order or cancel travels, at least.
        public internal(set) var entryLatency: Int64 = 0
        /// Nanoseconds of event time that a report travels, at least.
        public internal(set) var responseLatency: Int64 = 0
        /// Nanoseconds that come on top, by chance.
        public internal(set) var latencyJitter: Int64 = 0
        /// How they are spread.
        public internal(set) var latencyShape = LatencyShape.uniform
        /// What of the market orders meet.
        public internal(set) var book = Book.touch
        /// Fee for a unit, in the instrument's currency.
        public internal(set) var feePerUnit = Price.zero
        /// Fee of who takes, basis points of the notional.
        public internal(set) var takerFeeBps = Price.zero
        /// Fee of who was resting, basis points of the notional; negative where the venue pays.
        public internal(set) var makerFeeBps = Price.zero
        /// Least fee of an order that fills, in the instrument's currency.
        public internal(set) var minimumFee = Price.zero
        /// Chance, 0…1, that an order is refused when it arrives.
        public internal(set) var rejectProbability = 0.0
        /// Chance, 0…1, that a cancel is refused when it arrives.
        public internal(set) var cancelRejectProbability = 0.0
    }
}
