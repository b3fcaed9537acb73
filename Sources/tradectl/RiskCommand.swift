import ArgumentParser
import ExactJSON

/// `tradectl risk show|check|set|override`
struct RiskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "risk", abstract: "Shows and changes limits, and tries orders against them.",
        subcommands: [Show.self, Check.self, Set.self, Override.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every limit, its use, who answers for it, and who changed it last.")

        @OptionGroup var connection: ConnectionOptions

        func run() throws { connection.show(try connection.call("risk.show"), Self.text) }

        private static func text(_ answer: JSONValue) -> String {
            var table = Table("<limit", "value", "use", "<owner", "<changed by", "<until")
            for limit in answer["limits"]?.arrayValue ?? [] {
                table.add(
                    limit.cell("limit"), limit.cell("value"), limit.cell("use"), limit.cell("owner"),
                    limit.cell("changed_by"), limit.cell("until"))
            }
            let waiting = (answer["waiting"]?.arrayValue ?? []).map { request in
                "waits for a second person: \(request.cell("id")) by \(request.cell("by")): "
                    + "\(request.cell("limit")) = \(request.cell("value"))\n"
            }
            return table.text + waiting.joined()
                + "Changes end with the session: a restart returns to the files.\n"
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What every control would say of an order; nothing is sent, reserved or spent.",
            discussion: """
                Exits with 7 when the order would be refused.
                Example:
                  tradectl risk check XAUUSD buy 2 --limit 4000.20
                """)

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "Symbol.")
        var symbol: String

        @Argument(help: "buy or sell.")
        var side: String

        @Argument(help: "Quantity.")
        var quantity: String

        @Option(help: "Limit price; without it a market order, or with --stop a stop.")
        var limit: String?

        @Option(help: "Trigger of a stop.")
        var stop: String?

        @Option(help: "The strategy whose order it would be; without it, one by hand.")
        var strategy: String?

        @Flag(help: "An order that may only make the position smaller.")
        var reduceOnly = false

        func validate() throws {
            guard ["buy", "sell"].contains(side) else { throw ValidationError("the side is buy or sell") }
        }

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("symbol", symbol)
            members.add("side", side)
            members.add("quantity", quantity)
            members.add("limit", limit)
            members.add("stop", stop)
            members.add("strategy", strategy)
            if reduceOnly { members.append(.init("reduce_only", .bool(true))) }
            let answer = try connection.call("risk.check", members)
            connection.show(answer, Self.text)
            if answer["approved"]?.boolValue != true { throw ExitCode(7) }
        }

        private static func text(_ answer: JSONValue) -> String {
            let reasons = (answer["reasons"]?.arrayValue ?? []).compactMap(\.stringValue)
            let verdict =
                reasons.isEmpty ? "would be approved" : "would be refused: \(reasons.joined(separator: ", "))"
            return (CheckText.table(answer["record"] ?? .null) + verdict + "\n").printable
        }
    }

    /// What both ways of changing a limit share.
    struct Change: ParsableArguments {
        @Argument(help: "The limit: its key in the settings, e.g. max_size or symbols.XAUUSD.max_size.")
        var limit: String?

        @Argument(help: "Its new value.")
        var value: String?

        @Option(help: "Why; kept in the audit log.")
        var reason: String?

        @Flag(help: "Ask for it: another person has to approve within ten minutes.")
        var request = false

        @Option(help: "Approve what another person has asked for.")
        var approve: String?

        func validate() throws {
            guard approve == nil || (limit == nil && value == nil && !request) else {
                throw ValidationError("--approve takes the id of a request and nothing else")
            }
            guard approve != nil || (limit != nil && value != nil) else {
                throw ValidationError("name a limit and its new value, or --approve a request")
            }
        }

        var members: [JSONValue.Member] {
            var members: [JSONValue.Member] = []
            members.add("limit", limit)
            members.add("value", value)
            members.add("reason", reason)
            members.add("approve", approve)
            if request { members.append(.init("request", .bool(true))) }
            return members
        }

        static func text(_ answer: JSONValue) -> String {
            if let id = answer["request"]?.stringValue {
                return "request \(id): another person has \(answer.cell("seconds")) s to approve it\n"
            }
            let until = answer["until"]?.stringValue.map { " until \($0)" } ?? ", until the session ends"
            return "\(answer.cell("limit")) = \(answer.cell("value"))\(until)\n"
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes a limit until the session ends; a looser one needs two persons under prod.",
            discussion: """
                A restart returns to the files: change them as well where the limit is to stay.
                Examples:
                  tradectl risk set max_size 2 --reason "thin market"
                  tradectl risk set max_size 10 --request --reason "back to normal"
                  tradectl risk set --approve 1f2e3d4c
                """)

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var change: Change

        func run() throws {
            connection.show(try connection.call("risk.set", change.members, seconds: 10), Change.text)
        }
    }

    struct Override: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes a limit for some time; a looser one needs two persons under prod.",
            discussion: """
                Example:
                  tradectl risk override max_exposure 200000 --seconds 900 --reason "hedge of the close"
                """)

        @OptionGroup var connection: ConnectionOptions
        @OptionGroup var change: Change

        @Option(help: "How long, from the moment it is approved; at most a day.")
        var seconds: Int?

        func validate() throws {
            guard change.approve != nil || seconds.map((1...86_400).contains) == true else {
                throw ValidationError("--seconds must be from 1 to 86400")
            }
        }

        func run() throws {
            var members = change.members
            members.add("seconds", seconds)
            connection.show(try connection.call("risk.override", members, seconds: 10), Change.text)
        }
    }
}
