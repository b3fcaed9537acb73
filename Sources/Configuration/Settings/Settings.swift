import TradingModel

/// Everything the daemon was told, typed, checked and fixed for the life of the process.
///
/// Made by `SettingsLoader`; the meaning, range and default of every value stand in `SettingsSchema` and, made
/// from it, in docs/configuration.md.
public struct Settings: Sendable, Equatable {
    /// The profile in force (`env`).
    public internal(set) var profile: Profile
    /// Instruments the simulator or the IBKR feed delivers.
    public internal(set) var symbols = ["XAUUSD"]
    /// What orders need to know, by instrument name.
    public internal(set) var instruments: [String: InstrumentData] = [:]
    /// Where market data and execution come from.
    public internal(set) var providers = Providers()
    /// What holds for every feed.
    public internal(set) var feed = Feed()
    /// Logs, metrics, traces.
    public internal(set) var telemetry = Telemetry()
    /// Mode and simulated exchange.
    public internal(set) var execution = Execution()
    /// Limits.
    public internal(set) var risk = Risk()
    /// What to trade, and how much.
    public internal(set) var strategy = Strategy()
    /// Bars and tape.
    public internal(set) var orderFlow = OrderFlow()
    /// Recorded input.
    public internal(set) var replay = Replay()
    /// Simulated market.
    public internal(set) var simulator = Simulator()
    /// The control socket.
    public internal(set) var control = Control()
    /// The audit log.
    public internal(set) var audit = Audit()
    /// The journal of inputs.
    public internal(set) var recorder = Recorder()
    /// What survives a restart.
    public internal(set) var state = State()
    /// What is allowed but suspicious, one line each; blocks arming.
    public internal(set) var warnings: [String] = []

    /// The built-in defaults under `profile`.
    public init(profile: Profile = .dev) {
        self.profile = profile
        if profile == .prod { audit.durability = .disk }
    }

    /// What an order needs to know of `name`; `nil` when the settings do not say, or no symbol number is free.
    public func instrument(named name: String) -> Instrument? {
        guard let data = instruments[name], let symbol = SymbolID(name) else { return nil }
        return Instrument(
            symbol: symbol, tickSize: data.tickSize, lotSize: data.lotSize, multiplier: data.multiplier,
            currency: data.currency)
    }
}

extension Settings {
    /// One instrument (`instruments.<NAME>`).
    public struct InstrumentData: Sendable, Equatable {
        /// Smallest price step of our own orders; positive.
        public internal(set) var tickSize = Price.zero
        /// Smallest quantity step; positive.
        public internal(set) var lotSize = Quantity.zero
        /// Units of the underlying one contract stands for; positive.
        public internal(set) var multiplier = Money.one
        /// Currency of the price.
        public internal(set) var currency = "USD"
    }

    /// Logs, metrics, traces (`telemetry`).
    public struct Telemetry: Sendable, Equatable {
        /// The levels, the most talkative first.
        public enum LogLevel: String, CaseIterable, Sendable {
            /// The six levels of swift-log without `trace`.
            case debug, info, notice, warning, error, critical
        }

        /// The least important level that is written.
        public internal(set) var logLevel = LogLevel.info
        /// The same by component, where it differs.
        public internal(set) var levels: [String: LogLevel] = [:]
        /// Unix socket that answers `GET /metrics`; `nil`: none.
        public internal(set) var metricsSocket: String?
        /// Loopback address that answers `GET /metrics`; `nil`: none.
        public internal(set) var metricsAddress: LoopbackAddress?
        /// File that gets the spans; `nil`: none.
        public internal(set) var traceFile: String?
        /// Size at which that file begins anew, bytes.
        public internal(set) var traceFileBytes = 67_108_864
    }
}
