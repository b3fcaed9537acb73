import ArgumentParser
import ExactJSON

/// `tradectl recon show|accept`
struct ReconciliationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recon", abstract: "Compares our books with the broker's, and takes over what differs.",
        subcommands: [Show.self, Accept.self])

    static func lines(_ books: JSONValue) -> String {
        let isEqual = books["equal"] == true
        var text = "compared \(books.cell("compared_at")), \(isEqual ? "equal" : "NOT EQUAL")"
        text += books["ready"] == true ? "\n" : ", no new orders\n"
        for difference in books["differences"]?.arrayValue ?? [] {
            let may = difference["acceptable"] == true ? "may be accepted" : "not settled yet"
            text +=
                "DIFFERS \(difference.cell("symbol")): the broker holds \(difference.cell("broker")), "
                + "our books \(difference.cell("ours")) (\(may))\n"
        }
        for order in books["restored"]?.arrayValue ?? [] {
            text += "earlier session: \(order.cell("order")) is \(order.cell("state"))\n"
        }
        for finding in books["external"]?.arrayValue ?? [] { text += "external: \(finding.cell)\n" }
        for awaited in books["awaited"]?.arrayValue ?? [] { text += "awaited: \(awaited.cell)\n" }
        return text
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows when the books were compared, what differs, and what was found.")

        @OptionGroup var connection: ConnectionOptions

        func run() throws {
            connection.show(try connection.call("recon.show"), ReconciliationCommand.lines)
        }
    }

    struct Accept: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes the broker's positions for right where they differ from ours.",
            discussion: """
                Releases nothing: a kill that drift has engaged is released afterwards. Under prod two persons accept: one \
                asks with --request and gets an id, another one approves it with --approve ID within ten minutes.
                """)

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "Instruments whose position is accepted.")
        var symbols: [String] = []

        @Flag(help: "All that differ.")
        var all = false

        @Option(help: "Why, at least 10 characters; kept in the audit log.")
        var reason: String

        @Flag(help: "Ask for it; another person approves.")
        var request = false

        @Option(help: "Approve what another person has asked for.")
        var approve: String?

        func validate() throws {
            guard !request || approve == nil else { throw ValidationError("either --request or --approve") }
            guard approve != nil || all != !symbols.isEmpty else {
                throw ValidationError("either instruments, or --all")
            }
        }

        func run() throws {
            var members: [JSONValue.Member] = []
            members.add("reason", reason)
            if !symbols.isEmpty { members.append(.init("symbols", .string(symbols.joined(separator: ",")))) }
            if all { members.append(.init("all", .bool(true))) }
            if request { members.append(.init("request", .bool(true))) }
            members.add("approve", approve)
            connection.show(try connection.call("recon.accept", members, seconds: 10)) { answer in
                if let id = answer["request"]?.stringValue {
                    return "REQUESTED \(id) — another person approves with: tradectl recon accept "
                        + "--approve \(id) --reason …   before \(answer.cell("expires"))\n"
                }
                let accepted = (answer["accepted"]?.arrayValue ?? []).map { "ACCEPTED \($0.cell)\n" }
                return accepted.joined() + ReconciliationCommand.lines(answer["books"] ?? .null)
            }
        }
    }
}
