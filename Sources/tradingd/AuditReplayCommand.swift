import ArgumentParser
import Platform
import TradingSystem

/// `tradingd audit-replay`: what `tradectl audit replay` runs, since only this program has the engines.
struct AuditReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit-replay",
        abstract: "Runs a recorded session again and compares its decisions with the audit trail.",
        discussion: """
            Exits 0 when every decision is the same, 1 at the first that differs; 64 to 74 when nothing could be compared.
            """)

    @Option(parsing: .upToNextOption, help: "Files of the session's journal.")
    var journal: [String]

    @Option(help: "Directory of the audit log, or one segment of it.")
    var audit: String

    func run() throws {
        StandardStreams.ensureOpen()
        let outcome: AuditReplay.Outcome
        do throws(LaunchError) {
            outcome = try AuditReplay(journal: journal, audit: audit).run { warning in
                Console.error("tradingd: warning: \(warning)\n")
            }
        } catch {
            throw failure(error.description, exitCode: error.exitCode)
        }
        Console.output(outcome.text + "\n")
        if !outcome.isReproduced { throw ExitCode(1) }
    }
}
