import ArgumentParser
import MarketData
import Platform
import TWSGateway
import TWSProtocol
import TradingModel

/// Who may connect to the simulated gateway, and how.
struct GatewayConnectionArguments: ParsableArguments {
    @Option(help: "Numeric address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "Port; 0 lets the system choose.")
    var port: UInt16 = 4_002

    @Option(help: "Server versions it speaks, such as 178..200.")
    var serverVersions: String?

    @Option(help: "The one server version it speaks.")
    var serverVersion: Int32?

    @Option(help: "Requests a second that a client may send before it gets error 100 (default: any number).")
    var pace: Int?

    func apply(to options: inout GatewayOptions) throws {
        options.versions = try versions()
        if let pace, pace < 1 { throw failure("--pace: must be 1 or more, is \(pace)", exitCode: 64) }
        options.limits.requestsPerSecond = pace
    }

    private func versions() throws -> ClosedRange<ServerVersion> {
        if serverVersion != nil && serverVersions != nil {
            throw failure("--server-version and --server-versions exclude each other", exitCode: 64)
        }
        if let serverVersion {
            return try range(serverVersion, serverVersion, "--server-version", "\(serverVersion)")
        }
        guard let serverVersions else { return .lowest ... .highest }
        let bounds = serverVersions.split(separator: ".", omittingEmptySubsequences: false)
        guard bounds.count == 3, bounds[1].isEmpty, let lowest = Int32(bounds[0]),
            let highest = Int32(bounds[2])
        else { throw refused("--server-versions", serverVersions) }
        return try range(lowest, highest, "--server-versions", serverVersions)
    }

    private func range(
        _ lowest: Int32, _ highest: Int32, _ flag: String, _ text: String
    ) throws -> ClosedRange<ServerVersion> {
        let (first, last) = (ServerVersion(lowest), ServerVersion(highest))
        guard first.isSpoken, last.isSpoken, first <= last else { throw refused(flag, text) }
        return first...last
    }

    private func refused(_ flag: String, _ text: String) -> ExitCode {
        failure("\(flag): '\(text)' is not within 178..200", exitCode: 64)
    }
}

/// What the markets of the simulated gateway do.
struct GatewayMarketArguments: ParsableArguments {
    @Option(help: "Seed of the simulated market (default: 1).")
    var seed: UInt64?

    @Option(
        help:
            "Events a second of the simulated market, of all instruments together; 0 for none at all (default: 200)."
    )
    var rate: Int?

    @Option(
        help:
            "Local symbol of an instrument that is simulated, such as XAUUSD; may be given again (default: all)."
    )
    var symbol: [String] = []

    @Option(
        parsing: .upToNextOption, help: "Recordings to play instead: CSV, JSON lines or array, plain or gzip."
    )
    var file: [String] = []

    @Option(help: "Speed of the recording: a factor such as 2.0, or max (default: 1).")
    var speed: String?

    @Flag(
        name: .customLong("wait-for-request"),
        help: "Let the recording begin when a client first asks for market data.")
    var waitsForRequest = false

    @Option(name: .customLong("repeat"), help: "Play the recording N times (default: 1).")
    var repeats: Int?

    @Option(
        help: ArgumentHelp(
            "What a name in the recording stands for, such as GOLD=XAUUSD; may be given again.",
            valueName: "name=symbol"))
    var map: [String] = []

    @Option(help: "Local symbol of an instrument without market data subscription; may be given again.")
    var notSubscribed: [String] = []

    /// The catalogue, as it stands today.
    func instruments() throws -> [GatewayInstrument] {
        GatewayInstrument.catalogue(at: Timestamp(nanoseconds: AnchoredClock.wallNanoseconds()))
    }

    func unsubscribed(_ instruments: [GatewayInstrument]) throws -> Set<String> {
        Set(try notSubscribed.map { try known($0, "--not-subscribed", instruments).name })
    }

    func feed(_ instruments: [GatewayInstrument]) throws -> GatewayFeed {
        if file.isEmpty { return try simulator(instruments) }
        for (flag, isGiven) in [
            ("--symbol", !symbol.isEmpty), ("--seed", seed != nil), ("--rate", rate != nil),
        ]
        where isGiven {
            throw failure("\(flag): only for a simulated market", exitCode: 64)
        }
        var names: [String: SymbolID] = [:]
        for entry in map {
            let parts = entry.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw failure("--map: '\(entry)' is not NAME=SYMBOL", exitCode: 64)
            }
            guard names[parts[0]] == nil else {
                throw failure("--map: '\(parts[0])' is given twice", exitCode: 64)
            }
            names[parts[0]] = try known(parts[1], "--map", instruments).symbol
        }
        let repeats = repeats ?? 1
        guard repeats >= 1 else { throw failure("--repeat: must be 1 or more, is \(repeats)", exitCode: 64) }
        return .recording(files: file, speed: try replaySpeed(), repeats: repeats, names: names)
    }

    private func simulator(_ instruments: [GatewayInstrument]) throws -> GatewayFeed {
        for (flag, isGiven) in [
            ("--speed", speed != nil), ("--repeat", repeats != nil), ("--map", !map.isEmpty),
            ("--wait-for-request", waitsForRequest),
        ]
        where isGiven {
            throw failure("\(flag): only with --file", exitCode: 64)
        }
        let rate = rate ?? 200
        guard (0...1_000_000).contains(rate) else {
            throw failure("--rate: must be 0 to 1000000, is \(rate)", exitCode: 64)
        }
        if let twice = symbol.firstGivenTwice {
            throw failure("--symbol: '\(twice)' is given twice", exitCode: 64)
        }
        let simulated =
            symbol.isEmpty ? instruments : try symbol.map { try known($0, "--symbol", instruments) }
        return .simulator(seed: seed ?? 1, instruments: rate == 0 ? [] : simulated, eventsPerSecond: rate)
    }

    private func replaySpeed() throws -> ReplaySpeed {
        guard let speed else { return .realTime }
        guard let known = ReplaySpeed(speed) else {
            throw failure("--speed: '\(speed)' is neither a factor such as 2.0 nor max", exitCode: 64)
        }
        return known
    }

    private func known(
        _ name: String, _ flag: String, _ instruments: [GatewayInstrument]
    ) throws -> GatewayInstrument {
        guard let instrument = instruments.first(where: { $0.name == name }) else {
            let names = instruments.map(\.name).joined(separator: ", ")
            throw failure("\(flag): '\(name)' is none of \(names)", exitCode: 64)
        }
        return instrument
    }
}

extension [String] {
    /// The first that was there before; `nil` when each is there once.
    var firstGivenTwice: String? {
        var known: Set<String> = []
        return first { !known.insert($0).inserted }
    }
}
