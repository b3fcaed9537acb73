import ArgumentParser
import Configuration
import ExactJSON
import Glibc
import Logging
import Messaging
import Platform
import Systemd
import Telemetry
import TradingSystem

/// One run of the daemon, from settings to exit code.
struct Launch {
    let settings: Settings
    let options: LaunchOptions

    func run() throws {
        let queues = QueuePlan()
        let sink = try sink()
        JSONLogHandler.bootstrap(sink)
        let log = Logger(label: "tradingd.main")
        for warning in settings.warnings {
            log.record(.startupWarning, ["warning": "\(warning)"])
        }
        let began = MonotonicClock.now()
        let outcome: Daemon.Outcome
        do throws(LaunchError) {
            outcome = try Daemon(settings: settings, options: options, queues: queues, logs: sink).run()
        } catch {
            sink.flush()
            throw failure(error.description, exitCode: error.exitCode)
        }
        defer { sink.flush() }
        let reported = Result {
            try report(outcome, log, seconds: Double(MonotonicClock.now() - began) / 1e9)
        }
        // What went wrong in the run counts more than a summary that could not be written.
        if let reason = outcome.failure { throw failure(reason, exitCode: outcome.exitCode) }
        try reported.get()
    }

    private func sink() throws -> LogSink {
        do throws(SystemError) {
            return try LogSink(
                .standard(ServiceManager()), environment: settings.profile.rawValue, levels: levels)
        } catch {
            throw failure(error.description, exitCode: 71)
        }
    }

    private var levels: LogLevels {
        LogLevels(
            Self.level(settings.telemetry.logLevel), own: settings.telemetry.levels.mapValues(Self.level))
    }

    private static func level(_ level: Settings.Telemetry.LogLevel) -> Logger.Level {
        Logger.Level(rawValue: level.rawValue) ?? .info
    }

    /// The summary: for people after a replay, as JSON where asked for, and one log line in any case.
    private func report(_ outcome: Daemon.Outcome, _ log: Logger, seconds: Double) throws {
        guard let summary = outcome.summary else { return }
        var json = JSONWriter(capacity: 4_096)
        summary.write(to: &json, input: outcome.input)
        log.notice("Session summary", metadata: summary.headline.mapValues { "\($0)" })
        if options.mode == .replay {
            Console.error(summary.text(input: outcome.input) + pace(summary, seconds))
        }
        if options.mode == .replay && outcome.failure == nil && !summary.sawMarket {
            Console.error("tradingd: warning: the recording gave no market event\(filterHint)\n")
        }
        guard let path = options.summaryFile else { return }
        json.newline()
        do throws(SystemError) {
            try DurableFile.replace(path, with: json.bytes, mode: 0o644)
        } catch {
            throw failure(error.description, exitCode: 74)
        }
    }

    private var filterHint: String {
        options.symbols.map { " of \($0.joined(separator: ", "))" } ?? ""
    }

    private func pace(_ summary: SessionSummary, _ seconds: Double) -> String {
        let milliseconds = Int(seconds * 1_000)
        let rate = seconds > 0 ? Int(Double(summary.eventCount) / seconds) : 0
        return
            "wall     \(milliseconds / 1_000).\(String(1_000 + milliseconds % 1_000).dropFirst()) s   \(rate) events/s\n"
    }
}
