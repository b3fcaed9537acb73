import ExactJSON

/// The ladder for people: asks above bids, best prices in the middle.
enum DomView {
    static func text(_ result: JSONValue) -> String {
        let bids = result["bids"]?.arrayValue ?? []
        let asks = result["asks"]?.arrayValue ?? []
        var table = Table("bid", "price", "ask")
        let column = PriceColumn((asks + bids).map(price))
        for row in asks.reversed() { table.add("", column.text(price(row)), size(row)) }
        for row in bids { table.add(size(row), column.text(price(row)), "") }
        let state =
            "state \(result.cell("state"))   mid \(result.cell("mid"))   "
            + "\(result.cell("basis")) \(result.cell("micro_price"))   spread \(result.cell("spread"))\n"
        let ladder = bids.isEmpty && asks.isEmpty ? quote(result["quote"] ?? .null) : table.text
        return SnapshotCommand.header(result, "DOM \(bids.count)x\(asks.count)") + state + ladder
    }

    private static func price(_ row: JSONValue) -> String { row.arrayValue?.first?.cell ?? "–" }
    private static func size(_ row: JSONValue) -> String { row.arrayValue?.last?.cell ?? "–" }

    private static func quote(_ quote: JSONValue) -> String {
        "no depth; quote \(quote.cell("bid")) / \(quote.cell("ask"))\n"
    }
}

/// One footprint bar for people: highest price first, `*` marks the point of control.
enum FootprintView {
    static func text(_ bar: JSONValue) -> String {
        let controls = Set((bar["poc"]?.arrayValue ?? []).map(\.cell))
        var table = Table("price", "sell", "<x", "buy", "?", "trades", "<")
        let levels = (bar["levels"]?.arrayValue ?? []).map { ($0.arrayValue ?? []).map(\.cell) }
        let column = PriceColumn(levels.compactMap(\.first))
        for cells in levels.reversed() where cells.count == 5 {
            let mark = controls.contains(cells[0]) ? "*" : ""
            table.add(column.text(cells[0]), cells[1], "x", cells[2], cells[3], cells[4], mark)
        }
        let state = bar["closed"]?.boolValue == true ? "closed" : "under way"
        return "bar \(bar.cell("start")) \(state)   POC \(controls.sorted().joined(separator: ", "))   "
            + "volume there \(bar.cell("poc_volume"))\n" + table.text
    }
}

/// Limits and their use.
enum RiskView {
    static func text(_ result: JSONValue) -> String {
        let limits = result["limits"] ?? .null
        let decisions = result["decisions"] ?? .null
        var fields = Fields()
        fields.add("kill switch", result["killed"]?.boolValue == true ? "ENGAGED" : "released")
        fields.add("armed", result.cell("armed"))
        fields.add("max_size", limits.cell("max_size"))
        fields.add(
            "max_exposure", "\(limits.cell("max_exposure"))   gross \(limits.cell("max_gross_exposure"))")
        fields.add("throttle_max", "\(limits.cell("throttle_max")) in 60 s")
        fields.add("price collar", "\(limits.cell("price_collar_bps")) bps")
        fields.add("decisions", "\(decisions.cell("approved")) approved   \(decisions.cell("denied")) denied")
        for member in decisions["denied_by_code"]?.objectValue ?? [] {
            fields.add("  " + member.key, member.value.cell)
        }
        var table = Table(
            "<symbol", "<tradable", "position", "open buys", "open sells", "exposure", "accepted 60s")
        for row in result["symbols"]?.arrayValue ?? [] {
            table.add(
                row.cell("symbol"), row.cell("tradable"), row.cell("position"), row.cell("open_buys"),
                row.cell("open_sells"), row.cell("exposure"), row.cell("accepted_60s"))
        }
        return fields.text + table.text
    }
}
