import ArgumentParser
import Configuration
import ControlPlane
import ExactJSON
import Glibc
import Logging
import Messaging
import Platform
import Systemd
import Telemetry
import TradingSystem

/// The daemon: `tradingd --profile dev --mode sim`.
@main
struct Tradingd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tradingd",
        abstract: "Trades a market by order flow: simulated, replayed or through IBKR.",
        discussion: """
            Logs go to standard output, one JSON object a line, or to the journal under systemd. A replay ends with a \
            summary on standard error.

            Examples:
              tradingd --profile dev --mode sim
              tradingd --mode replay --file day.csv.gz --speed max
              tradingd --profile prod --mode ibkr --symbol XAUUSD --host 127.0.0.1 --port 7497
            """,
        version: ProductVersion.current, subcommands: [AuditReplayCommand.self, GatewayCommand.self])

    /// The simulated gateway has options of the same names as the daemon; the daemon would take them for itself wherever
    /// they stand.
    static func main() {
        // Before anything else: a kill that comes while the daemon starts is held back, and must not end it.
        KillSignal.hold()
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == GatewayCommand.configuration.commandName {
            GatewayCommand.main(Array(arguments.dropFirst()))
        } else {
            main(Array(arguments))
        }
    }

    @Option(help: "Directory of the configuration (default: ./config, then /etc/tradingd).")
    var config: String?

    @Option(help: "Profile: dev, paper or prod.")
    var profile: String?

    @Option(help: "Mode: sim, replay or ibkr (alias live).")
    var mode: String?

    @Option(
        parsing: .upToNextOption, help: "Recordings to replay: CSV, JSON lines or JSON array, plain or gzip.")
    var file: [String] = []

    @Option(help: "Replay speed: a factor such as 2.0, or max.")
    var speed: String?

    @Option(
        name: .customLong("repeat"), parsing: .unconditional,
        help:
            "Play the recordings N times, each pass moved behind the one before by the time they span (default: 1).",
    )
    var repeats: Int?

    @Option(help: "What a malformed row does: fail or skip.")
    var onMalformed: String?

    @Option(
        parsing: .upToNextOption,
        help: "Instruments to take (default: all of a recording, else those configured).")
    var symbol: [String] = []

    @Option(help: "Host of TWS or IB Gateway.")
    var host: String?

    @Option(help: "Port of TWS or IB Gateway.")
    var port: String?

    @Option(help: "Client id at TWS or IB Gateway.")
    var clientID: String?

    @Option(help: "Seed of the market simulator.")
    var seed: String?

    @Option(help: "Path of the control socket.")
    var socket: String?

    @Option(
        help:
            "State directory of this run (default: one for each profile and mode; a fresh one for a replay).")
    var state: String?

    @Option(help: "Write the summary of a replay as JSON to this file, too.")
    var summary: String?

    @Option(help: "Length of the bars, such as 60s.")
    var bar: String?

    @OptionGroup(title: "Export")
    var export: ExportArguments

    @Option(help: "Lowest level that is logged: debug, info, notice, warning, error or critical.")
    var logLevel: String?

    func run() throws {
        StandardStreams.ensureOpen()
        let settings: Settings
        do throws(ConfigurationError) {
            settings = try SettingsLoader.load(
                directory: config, profile: profile, environment: ProcessEnvironment.variables,
                flags: overrides)
        } catch {
            throw failure(error.description, exitCode: 78)
        }
        try Launch(settings: settings, options: try options(settings)).run()
    }

    /// Flags that are settings; they win over files and environment.
    private var overrides: [SettingsOverride] {
        let flags: [(key: String, value: String?, origin: String)] = [
            ("execution.mode", mode, "--mode"), ("replay.speed", speed, "--speed"),
            ("replay.on_malformed", onMalformed, "--on-malformed"), ("providers.ibkr.host", host, "--host"),
            ("providers.ibkr.port", port, "--port"), ("providers.ibkr.client_id", clientID, "--client-id"),
            ("simulator.seed", seed, "--seed"), ("control.socket", socket, "--socket"),
            ("telemetry.log_level", logLevel, "--log-level"), ("order_flow.bar", bar, "--bar"),
        ]
        return flags.compactMap { flag in
            flag.value.map { SettingsOverride(key: flag.key, value: $0, origin: flag.origin) }
        }
    }

    private func options(_ settings: Settings) throws -> LaunchOptions {
        var options = LaunchOptions(
            mode: settings.execution.mode, environment: ProcessEnvironment.variables)
        options.files = file
        options.repeats = repeats
        options.symbols = symbol.isEmpty ? nil : symbol
        options.stateDirectory = state
        options.summaryFile = summary
        options.export = try export.options()
        return options
    }
}

/// Writes a message for the operator and gives the exit code to end with.
func failure(_ message: String, exitCode: Int32) -> ExitCode {
    for line in message.split(separator: "\n") { Console.error("tradingd: \(line)\n") }
    return ExitCode(exitCode)
}
