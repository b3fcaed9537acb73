import ArgumentParser
import ExactJSON

/// `tradectl mode show|arm|disarm|switch`
struct ModeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mode", abstract: "Shows and changes mode and arming.",
        subcommands: [Show.self, Arm.self, Disarm.self, Switch.self, AckWarnings.self])

    static func table(_ mode: JSONValue) -> String {
        var fields = Fields()
        fields.add("profile", mode.cell("profile"))
        fields.add("mode", mode.cell("mode"))
        fields.add("state", mode.cell("state"))
        fields.add("armed", mode.cell("armed"))
        for check in mode["checks"]?.arrayValue ?? [] {
            let note = check.cell("note")
            fields.add(
                check.cell("check"),
                (check["ok"]?.boolValue == true ? "ok" : "NO") + (note.isEmpty ? "" : ": \(note)"))
        }
        for reason in mode["blocked_by"]?.arrayValue ?? [] { fields.add("blocked by", reason.cell) }
        for warning in mode["acknowledged"]?.arrayValue ?? [] { fields.add("acknowledged", warning.cell) }
        fields.add("allowed", (mode["allowed"]?.arrayValue ?? []).map(\.cell).joined(separator: ", "))
        return fields.text
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows mode, arming and what blocks it.")

        @OptionGroup var connection: ConnectionOptions

        func run() throws { connection.show(try connection.call("mode.show"), ModeCommand.table) }
    }

    /// A change of mode or arming, with the operator's reason.
    struct Change: ParsableArguments {
        @OptionGroup var connection: ConnectionOptions

        @Option(help: "Why; kept in the audit log.")
        var reason: String?

        /// Calls `method`, which answers with the mode, and shows it.
        func run(_ method: String, _ members: [JSONValue.Member] = [], seconds: Double = 10) throws {
            var members = members
            members.add("reason", reason)
            connection.show(try connection.call(method, members, seconds: seconds), ModeCommand.table)
        }
    }

    struct Arm: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets strategies trade.")

        @OptionGroup var change: Change

        func run() throws { try change.run("mode.arm") }
    }

    struct Disarm: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stops new orders; working orders stay.")

        @OptionGroup var change: Change

        func run() throws { try change.run("mode.disarm") }
    }

    struct AckWarnings: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ack-warnings",
            abstract: "Says that the start-up warnings have been read; arming is then allowed.",
            discussion: """
                It holds for the warnings that are open now and until the session ends: a new one blocks again. Some cannot \
                be acknowledged; `mode show` says which and why.
                """)

        @OptionGroup var connection: ConnectionOptions

        @Option(help: "Why, at least 10 characters; kept in the audit log.")
        var reason: String

        func run() throws {
            connection.show(
                try connection.call("mode.ack_warnings", [.init("reason", .string(reason))], seconds: 10),
                ModeCommand.table)
        }
    }

    struct Switch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends the session at work and begins one in another mode.")

        @Argument(help: "sim, replay or ibkr.")
        var mode: String

        @Option(help: "Recording, for replay; a path as the daemon sees it.")
        var file: String?

        @OptionGroup var change: Change

        func run() throws {
            var members: [JSONValue.Member] = [.init("mode", .string(mode))]
            members.add("file", file)
            try change.run("mode.switch", members, seconds: 60)
        }
    }
}
