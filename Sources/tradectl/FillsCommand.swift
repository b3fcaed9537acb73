import ArgumentParser
import ExactJSON

/// `tradectl fills`
struct FillsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fills", abstract: "Executions of all sessions, newest first, with what they cost.",
        discussion: "Example: tradectl fills --symbol XAUUSD --since 2026-11-23 --limit 20")

    @Option(help: "Instrument.") var symbol: String?
    @Option(help: "Strategy; also (manual) and (unassigned).") var strategy: String?
    @Option(help: "Only at this UTC time or later: 2026-11-23, or 2026-11-23T14:30:00Z.") var since: String?
    @Option(help: "How many, at most 1000.") var limit = 50
    @Option(help: "The page before this line; the last line of a page names it.") var before: Int?
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000") }
    }

    func run() throws {
        var members: [JSONValue.Member] = []
        members.add("symbol", symbol)
        members.add("strategy", strategy)
        members.add("since", since.map { $0.utf8.count == 10 ? $0 + "T00:00:00Z" : $0 })
        members.add("limit", limit)
        members.add("before", before)
        connection.show(try connection.call("fill.list", members), Self.text)
    }

    static func text(_ result: JSONValue) -> String {
        var table = Table(
            "<time", "<order", "<symbol", "<strategy", "<side", "qty", "price", "<currency", "<commission",
            "<note")
        for fill in result["fills"]?.arrayValue ?? [] {
            let commissions = (fill["commissions"]?.arrayValue ?? []).map {
                "\($0.cell("amount")) \($0.cell("currency"))"
            }
            table.add(
                fill.cell("ts"), fill.cell("order_id"), fill.cell("symbol"), fill.cell("strategy"),
                fill.cell("side"), fill.cell("qty"), fill.cell("price"), fill.cell("currency"),
                commissions.joined(separator: " + "), fill.cell("reason"))
        }
        guard let next = result["next"], next != .null else { return table.text }
        return table.text + "more: --before \(next.cell)\n"
    }
}
