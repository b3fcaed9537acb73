import ArgumentParser
import ExactJSON

/// `tradectl mode show|arm|disarm|switch`
struct ModeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mode", abstract: "Shows and changes mode and arming.",
        subcommands: [Show.self, Arm.self, Disarm.self, Switch.self])

    static func table(_ mode: JSONValue) -> String {
        var fields = Fields()
        fields.add("profile", mode.cell("profile"))
        fields.add("mode", mode.cell("mode"))
        fields.add("state", mode.cell("state"))
        fields.add("armed", mode.cell("armed"))
        for reason in mode["blocked_by"]?.arrayValue ?? [] { fields.add("blocked by", reason.cell) }
        fields.add("allowed", (mode["allowed"]?.arrayValue ?? []).map(\.cell).joined(separator: ", "))
        return fields.text
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows mode, arming and what blocks it.")

        @OptionGroup var connection: ConnectionOptions

        func run() throws { connection.show(try connection.call("mode.show"), ModeCommand.table) }
    }

    struct Arm: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets strategies trade.")

        @OptionGroup var connection: ConnectionOptions

        @Option(help: "Why; kept in the audit log.")
        var reason: String?

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("reason", reason)
            connection.show(try connection.call("mode.arm", members, seconds: 10), ModeCommand.table)
        }
    }

    struct Disarm: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stops new orders; working orders stay.")

        @OptionGroup var connection: ConnectionOptions

        @Option(help: "Why; kept in the audit log.")
        var reason: String?

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("reason", reason)
            connection.show(try connection.call("mode.disarm", members, seconds: 10), ModeCommand.table)
        }
    }

    struct Switch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends the session at work and begins one in another mode.")

        @Argument(help: "sim, replay or ibkr.")
        var mode: String

        @Option(help: "Recording, for replay; a path as the daemon sees it.")
        var file: String?

        @Option(help: "Why; kept in the audit log.")
        var reason: String?

        @OptionGroup var connection: ConnectionOptions

        func run() throws {
            var members: [JSONValue.Member] = [.init("mode", .string(mode))]
            members.add("file", file)
            members.add("reason", reason)
            connection.show(try connection.call("mode.switch", members, seconds: 60), ModeCommand.table)
        }
    }
}
