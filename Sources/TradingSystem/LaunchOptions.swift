import Configuration
import Export
import Glibc
import MarketData
import Platform
import TWSClient
import TradingModel

/// What the command line adds to the settings.
public struct LaunchOptions: Sendable {
    /// Feed and venue to begin with.
    public var mode: Mode
    /// Recordings, for replay or as the feed of a simulation.
    public var files: [String]
    /// How many times the recordings are played, at least once; only with files. `nil` is once.
    public var repeats: Int?
    /// Names of the instruments wanted; `nil` for all of a recording and for those of the settings.
    public var symbols: [String]?
    /// State directory chosen for this run.
    public var stateDirectory: String?
    /// Where the summary of a replay is written as JSON, too.
    public var summaryFile: String?
    /// What a replay writes besides; `nil` for nothing.
    public var export: ExportOptions?
    /// The environment.
    public var environment: [String: String]

    /// Options without files.
    public init(mode: Mode, environment: [String: String]) {
        self.mode = mode
        self.environment = environment
        files = []
    }
}

/// Where a session's events come from, checked before anything is changed on disk.
enum FeedPlan: Sendable {
    /// Recordings, at a speed; `begin` is the time of their first event, zero where there is none.
    case recording(
        files: [String], options: HistoricalLoaderOptions, speed: MarketData.ReplaySpeed, begin: Timestamp)
    /// The market simulator.
    case simulator(MarketSimulatorOptions, speed: MarketData.ReplaySpeed)
    /// IBKR, with instruments of those names in the order of their priority.
    case gateway(symbols: [String])

    /// What `mode` and the options ask for.
    ///
    /// - Throws: `LaunchError`: usage without files where they are needed, input for a file that cannot be read, configuration for a market that cannot
    ///   be simulated.
    init(_ settings: Settings, mode: Mode, options: LaunchOptions) throws(LaunchError) {
        if mode == .replay && options.files.isEmpty {
            throw .usage("mode replay needs a recording: --file PATH")
        }
        if let repeats = options.repeats {
            guard repeats >= 1 else { throw .usage("--repeat: must be 1 or more, is \(repeats)") }
            guard !options.files.isEmpty else { throw .usage("--repeat needs a recording: --file PATH") }
        }
        if mode == .ibkr {
            guard options.files.isEmpty else {
                throw .usage("--file is not for mode ibkr, whose feed is the gateway")
            }
            let symbols = Self.unique(options.symbols ?? settings.symbols)
            // Made again with the session; what is wrong with them is found before anything is changed.
            _ = try ClientOptions(settings, symbols: symbols, directory: "")
            _ = try IBKREventsOptions(settings, symbols: symbols)
            self = .gateway(symbols: symbols)
        } else if !options.files.isEmpty {
            self = try Self.recording(settings, options, realTime: mode == .sim)
        } else {
            self = try Self.simulation(settings, options)
        }
    }

    private static func recording(
        _ settings: Settings, _ options: LaunchOptions, realTime: Bool
    ) throws(LaunchError) -> FeedPlan {
        var loading = HistoricalLoaderOptions(
            malformedRows: settings.replay.onMalformed == .skip ? .skip : .fail,
            symbols: options.symbols.map(Set.init), reorderWindow: settings.replay.reorderWindow)
        loading.types = EventType.ofFeeds
        loading.repeats = options.repeats ?? 1
        let begin: Timestamp
        do throws(HistoricalLoaderError) {
            begin = Self.firstTime(try HistoricalLoader(files: options.files, options: loading))
        } catch {
            throw LaunchError(error)
        }
        let speed: MarketData.ReplaySpeed =
            switch settings.replay.speed {
            case .max: realTime ? .realTime : .maximum
            case .times(let factor): .times(Double(factor.rawValue) / 1e9)
            }
        return .recording(files: options.files, options: loading, speed: speed, begin: begin)
    }

    /// Time of the first event. A fault that comes before one is reported by the replay itself, with what was read until then.
    private static func firstTime(_ loader: HistoricalLoader) -> Timestamp {
        var batch: ContiguousArray<MarketEvent> = []
        do throws(HistoricalLoaderError) {
            _ = try loader.next(into: &batch, limit: 1)
        } catch {
            return .zero
        }
        return batch.first?.receivedAt ?? .zero
    }

    /// When a session in `mode` begins: with its recording in a replay, now otherwise.
    func begin(_ mode: Mode) -> Timestamp {
        if case .recording(_, _, _, let begin) = self, mode == .replay { return begin }
        return UTCClock.now()
    }

    private static func simulation(
        _ settings: Settings, _ options: LaunchOptions
    ) throws(LaunchError) -> FeedPlan {
        let start = settings.simulator.startPrice
        var instruments: [SimulatedInstrument] = []
        for name in Self.unique(options.symbols ?? settings.symbols) {
            guard let instrument = settings.instrument(named: name) else {
                throw .configuration(
                    "instruments.\(name): missing: the simulator needs its tick size and lot size")
            }
            guard start.rawValue / instrument.tickSize.rawValue >= 1_000, start.rawValue <= .max / 16,
                instrument.lotSize.rawValue <= 100_000_000_000_000
            else {
                throw .configuration(
                    "simulator.start_price: \(start) is not between 1,000 ticks of \(name) and \(Price(rawValue: .max / 16))"
                )
            }
            instruments.append(
                SimulatedInstrument(
                    symbol: instrument.symbol, tickSize: instrument.tickSize, lotSize: instrument.lotSize,
                    startPrice: start))
        }
        return .simulator(
            MarketSimulatorOptions(
                seed: settings.simulator.seed, instruments: instruments,
                eventsPerSecond: settings.simulator.eventsPerSecond),
            speed: .times(Double(settings.simulator.speed.rawValue) / 1e9))
    }
}

extension FeedPlan {
    /// The names in their order, each once.
    private static func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}

extension LaunchError {
    /// A recording's refusal as a refusal to start: what cannot be opened is 66, what is broken 65.
    init(_ error: HistoricalLoaderError) {
        switch error {
        case .unreadable, .notAFile: self = .input(error.description)
        case .header, .corrupt, .malformed, .tooManyHeld, .beyondTime, .changed, .journal:
            self = .data(error.description)
        }
    }
}
