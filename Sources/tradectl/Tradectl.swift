import ArgumentParser
import ControlPlane
import Glibc
import Platform

/// The operator's tool: `tradectl status`, `tradectl killswitch engage`.
struct Tradectl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tradectl", abstract: "Talks to a running tradingd.",
        discussion: """
            Exit codes: 0 done, 1 failed, 2 usage, 3 daemon not running, 4 no such thing, 5 not permitted, \
            6 refused by state, 7 no answer in time, 8 done in part or not proved.

            Examples:
              tradectl status
              tradectl snapshot dom XAUUSD
              tradectl why c-1-42
              tradectl killswitch engage --reason "fat finger"
              tradectl order submit XAUUSD buy 1 --limit 4000.20
              tradectl mode arm --reason "morning checks done"
              tradectl --profile paper --json status
            """,
        version: ProductVersion.current,
        subcommands: [
            StatusCommand.self, SnapshotCommand.self, KillSwitchCommand.self, ModeCommand.self,
            MetricsCommand.self, HealthCommand.self, WhyCommand.self, AuditCommand.self,
            OrderCommand.self, OrdersCommand.self, PositionsCommand.self, FillsCommand.self,
            BlotterCommand.self, ReconciliationCommand.self, FaultsCommand.self, LogCommand.self,
            FlattenCommand.self, RiskCommand.self, TripCommand.self,
        ])

    /// The commands have the same group: its options may stand before the command or after it.
    @OptionGroup var connection: ConnectionOptions
}

/// Runs the command and maps every outcome to the documented exit codes.
@main
enum Main {
    static func main() {
        do {
            var command = try Tradectl.parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            Console.error("tradectl: \(failure.message.printable)\n")
            exit(failure.exitCode)
        } catch {
            let code = Tradectl.exitCode(for: error)
            let message = Tradectl.fullMessage(for: error)
            if !message.isEmpty {
                if code.isSuccess { Console.output(message + "\n") } else { Console.error(message + "\n") }
            }
            exit(code == .validationFailure ? 2 : code.rawValue)
        }
    }
}
