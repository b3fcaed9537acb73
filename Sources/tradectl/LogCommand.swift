import ArgumentParser
import ExactJSON

/// `tradectl log level`
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Shows and changes what is logged.", subcommands: [Level.self])

    struct Level: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the levels, or changes one until the daemon ends.",
            discussion: """
                Examples:
                  tradectl log level                    all levels
                  tradectl log level debug              of every component without one of its own
                  tradectl log level risk               of one component
                  tradectl log level risk debug         changes that of one component
                  tradectl log level risk default       takes it back
                """)

        private static let levels = [
            "trace", "debug", "info", "notice", "warning", "error", "critical", "default",
        ]

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "A component, such as risk, trading or feed; or a level for all.")
        var component: String?

        @Argument(help: "trace, debug, info, notice, warning, error, critical or default.")
        var level: String?

        @Option(help: "Why; kept in the audit log.")
        var reason: String?

        func validate() throws {
            guard let level, !Self.levels.contains(level) else { return }
            throw ValidationError("'\(level)' is no level: \(Self.levels.joined(separator: ", "))")
        }

        func run() throws {
            let isLevelAlone = level == nil && component.map(Self.levels.contains) == true
            let wanted = isLevelAlone ? component : level
            let subject = isLevelAlone ? nil : component
            var members: [JSONValue.Member] = []
            guard wanted != nil else {
                return connection.show(try connection.call("log.show")) { Self.table($0, only: subject) }
            }
            members.add("level", wanted)
            members.add("component", subject)
            members.add("reason", reason)
            connection.show(try connection.call("log.level", members)) { Self.table($0, only: subject) }
        }

        private static func table(_ answer: JSONValue, only component: String?) -> String {
            var table = Table("<component", "<level", "<")
            if component == nil { table.add("(all)", answer.cell("level"), "") }
            for entry in answer["components"]?.arrayValue ?? [] {
                guard component == nil || entry["component"]?.stringValue == component else { continue }
                let isOwn = entry["own"]?.boolValue == true
                table.add(entry.cell("component"), entry.cell("level"), isOwn ? "its own" : "")
            }
            return table.text
        }
    }
}
