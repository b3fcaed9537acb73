import ArgumentParser
import ExactJSON

/// `tradectl positions`
struct PositionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "positions", abstract: "Positions, results and commissions by instrument and strategy.")

    @Argument(help: "Instrument; all without.") var symbol: String?
    @Option(help: "Strategy; also (manual), (adopted), (unassigned).") var strategy: String?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        var members: [JSONValue.Member] = []
        members.add("symbol", symbol)
        members.add("strategy", strategy)
        connection.show(try connection.call("position.list", members), Self.text)
    }

    static func text(_ result: JSONValue) -> String {
        let base = result.cell("base_currency")
        var table = Table(
            "<account", "<symbol", "<strategy", "position", "avg price", "mark", "realized", "unrealized",
            "commission", "net", "<currency", "net \(base)")
        var missing: [String] = []
        for row in result["positions"]?.arrayValue ?? [] {
            let inBase = row["base"] ?? .null
            missing += (inBase["missing_rates"]?.arrayValue ?? []).map(\.cell)
            table.add(
                name(row, "account"), row.cell("symbol"), row.cell("strategy"), row.cell("position"),
                row.cell("avg_price"), row.cell("mark"), row.cell("realized_pnl"), row.cell("unrealized_pnl"),
                row.cell("commission"), row.cell("net_pnl"), row.cell("currency"), inBase.cell("net_pnl"))
        }
        return table.text + missingText(missing) + earlier(result["earlier_today"] ?? .null, base)
    }

    private static func missingText(_ currencies: [String]) -> String {
        guard !currencies.isEmpty else { return "" }
        return "no rate is configured (risk.fx) for \(Set(currencies).sorted().joined(separator: ", "))\n"
    }

    private static func earlier(_ rows: JSONValue, _ base: String) -> String {
        guard let rows = rows.arrayValue else { return "earlier today: not known\n" }
        guard !rows.isEmpty else { return "" }
        var table = Table(
            "<account", "<symbol", "<strategy", "realized", "commission", "<currency", "net \(base)")
        for row in rows {
            table.add(
                name(row, "account"), row.cell("symbol"), row.cell("strategy"), row.cell("realized_pnl"),
                row.cell("commission"), row.cell("currency"), row.cell("net_pnl_base"))
        }
        return "\nearlier sessions of the day (UTC)\n" + table.text
    }

    private static func name(_ row: JSONValue, _ key: String) -> String {
        let text = row.cell(key)
        return text.isEmpty ? "–" : text
    }
}
