import TradingModel

extension Settings {
    /// When trading stops by itself (`risk.trips`). Zero turns a trip off.
    public struct Trips: Sendable, Equatable {
        /// Loss of a day, base currency.
        public internal(set) var dayLoss = Money.zero
        /// Fall from the best result of the session, base currency.
        public internal(set) var drawdown = Money.zero
        /// Orders of a strategy that our controls refuse within the window.
        public internal(set) var ownRejects = 10
        /// Orders of a strategy that the broker rejects within the window.
        public internal(set) var brokerRejects = 5
        /// Length of the window, nanoseconds.
        public internal(set) var rejectWindow: Int64 = 60_000_000_000
        /// Accepted orders in 60 s.
        public internal(set) var ordersPerMinute = 0
        /// Move of a reference price within the window, basis points.
        public internal(set) var velocityBps = 0
        /// Length of that window, nanoseconds.
        public internal(set) var velocityWindow: Int64 = 10_000_000_000
        /// Silence of an instrument, nanoseconds.
        public internal(set) var staleAfter: Int64 = 10_000_000_000
        /// Time without synchronisation of the clock, nanoseconds.
        public internal(set) var unsynchronisedAfter: Int64 = 60_000_000_000
        /// Step of the clock, nanoseconds.
        public internal(set) var clockStep: Int64 = 100_000_000
        /// Absence of the broker with orders at work, nanoseconds.
        public internal(set) var disconnectAfter: Int64 = 10_000_000_000
        /// Lag of the bus, nanoseconds.
        public internal(set) var lag: Int64 = 1_000_000_000
    }
}
