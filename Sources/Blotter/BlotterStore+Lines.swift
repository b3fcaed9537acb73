import Audit
import ExactJSON
import Positions
import TradingModel

/// What each line of the audit trail changes in the tables.
extension BlotterStore {
    mutating func fold(_ line: AuditLine) throws(SQLiteError) {
        guard let type = line.type, let data = try? JSONParser.parse(line.data),
            let entry = BlotterEntry(line, data, session)
        else {
            misunderstood += 1
            return
        }
        switch type {
        case .sessionStart: try begin(entry)
        case .orderIntent: try enter(entry)
        case .orderSend: try update(entry, status: "sent")
        case .orderAck, .orderCancel, .orderReject, .orderReplace: try update(entry, status: entry["status"])
        case .orderFill:
            try update(entry, status: entry["status"])
            let isRepeat = try isRepeat(entry)
            if !isRepeat { try execute(entry) }
            if !isRepeat { try charge(entry) }
        case .orderCommission: try charge(entry)
        case .positionAdopt: try adopt(entry)
        default: break
        }
    }

    private mutating func begin(_ entry: BlotterEntry) throws(SQLiteError) {
        session = BlotterSession(
            number: Int64(entry.data["session"]?.integerValue ?? 0), account: entry["account"] ?? "",
            instruments: entry.data["instruments"])
        try database.run(
            "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", .integer(session.number),
            entry.line, entry.time, .text(entry["profile"] ?? ""), .text(entry["mode"] ?? ""),
            .text(session.account), .text(entry["version"] ?? ""),
            .text(entry.data["instruments"]?.text ?? "null"))
    }

    // MARK: Orders

    private func enter(_ entry: BlotterEntry) throws(SQLiteError) {
        let strategy = StrategyID(entry["strategy"] ?? "")
        try insert(entry, owner: PositionOwner.strategy(strategy).name, quantity: entry["qty"] ?? "0")
    }

    private func insert(
        _ entry: BlotterEntry, owner: String, quantity: String
    ) throws(SQLiteError) {
        try database.run(
            "INSERT OR IGNORE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'approved', '0', '0', "
                + "?, '0', '', ?, ?)",
            .text(entry["cid"] ?? ""), entry.line, .integer(session.number), entry.time,
            .text(session.account), .text(owner), .text(entry["symbol"] ?? ""), .text(entry["side"] ?? ""),
            .text(entry["type"] ?? ""), .text(entry["tif"] ?? ""), .text(quantity), entry.text("limit"),
            entry.text("stop"), entry.integer("decision_seq"), .text(quantity), entry.line, entry.time)
    }

    private func update(_ entry: BlotterEntry, status: String?) throws(SQLiteError) {
        // An order whose approval is no longer in the trail.
        try insert(entry, owner: PositionOwner.unassigned.name, quantity: entry["qty"] ?? "0")
        try database.run(
            "UPDATE orders SET status = coalesce(?, status), qty = coalesce(?, qty), filled = coalesce(?, filled), "
                + "avg_price = coalesce(?, avg_price), leaves = coalesce(?, leaves), "
                + "venue_id = coalesce(?, venue_id), reason = coalesce(?, reason), updated_line = ?, updated_ts = ? "
                + "WHERE cid = ?",
            status.map(SQLValue.text) ?? .null, entry.text("qty"), entry.text("filled"),
            entry.text("avg_price"), entry.text("leaves"), entry.text("venue_id"), entry.text("reason"),
            entry.line, entry.time, .text(entry["cid"] ?? ""))
    }

    private func owner(of cid: String) throws(SQLiteError) -> String {
        try database.row("SELECT owner FROM orders WHERE cid = ?", .text(cid))?.first?.text
            ?? PositionOwner.unassigned.name
    }

    // MARK: Executions

    /// The same execution once more, or one that is taken back twice.
    private func isRepeat(_ entry: BlotterEntry) throws(SQLiteError) -> Bool {
        guard let execution = entry.execution, execution.number != 0 else { return entry.execution == nil }
        let last = try database.row(
            "SELECT qty FROM executions WHERE session = ? AND exec_id = ? ORDER BY line DESC LIMIT 1",
            .integer(session.number), .integer(execution.number))
        guard let last = last?.first?.text else { return false }
        return last.hasPrefix("-") == (execution.quantity < .zero)
    }

    private mutating func execute(_ entry: BlotterEntry) throws(SQLiteError) {
        guard let execution = entry.execution, let symbol = entry.symbol else { return }
        let name = try owner(of: entry["cid"] ?? "")
        let owner = PositionOwner(name: name)
        try database.run(
            "INSERT INTO executions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", entry.line,
            .integer(session.number), entry.time, .text(session.account), .text(entry["cid"] ?? ""),
            .text(name), .text(symbol.name), .text(entry["side"] ?? ""),
            .text("\(execution.quantity)"), .text("\(execution.price)"), .text(session.currency(symbol)),
            .integer(execution.number), entry.venue, .text(entry["reason"] ?? ""))
        let before = position(owner, symbol)
        session.book.book(execution.side, execution.quantity, at: execution.price, symbol, for: owner)
        let after = position(owner, symbol)
        let change = after.quantity - before.quantity
        try note(
            entry, symbol, owner, "fill", change: change, price: execution.price,
            realized: after.realized - before.realized)
        try keep(entry, symbol)
    }

    private mutating func adopt(_ entry: BlotterEntry) throws(SQLiteError) {
        guard let symbol = entry.symbol, let change = entry["change"].flatMap({ try? Quantity($0) }),
            change != .zero
        else { return }
        let price = entry["avg_price"].flatMap { try? Price($0) }
        let before = position(.adopted, symbol)
        session.book.adopt(AdoptedPosition(symbol, change, averagePrice: price), at: price)
        let after = position(.adopted, symbol)
        try note(
            entry, symbol, .adopted, "adopted", change: change, price: price,
            realized: after.realized - before.realized)
        try keep(entry, symbol)
    }

    private func position(_ owner: PositionOwner, _ symbol: SymbolID) -> KeptPosition {
        session.book.parts(of: symbol).first { $0.owner == owner }?.position.kept ?? Position().kept
    }

    private func note(
        _ entry: BlotterEntry, _ symbol: SymbolID, _ owner: PositionOwner, _ source: String,
        change: Quantity, price: Price?, realized: Money
    ) throws(SQLiteError) {
        try database.run(
            "INSERT INTO position_changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", entry.line,
            .text(owner.name), .integer(session.number), entry.time, .text(session.account),
            .text(symbol.name), .text(source), .text("\(change)"), price.map { .text("\($0)") } ?? .null,
            .text("\(position(owner, symbol).quantity)"), .text("\(realized)"),
            .text(session.currency(symbol)))
        if realized != .zero {
            try add(realized, session.currency(symbol), "realized", entry, symbol, owner.name)
        }
    }

    /// Keeps the books of an instrument, for a store that is opened again.
    private func keep(_ entry: BlotterEntry, _ symbol: SymbolID) throws(SQLiteError) {
        try keep(session.book.position(symbol).kept, BlotterSession.whole, entry, symbol)
        for part in session.book.parts(of: symbol) {
            try keep(part.position.kept, part.owner.name, entry, symbol)
        }
    }

    private func keep(
        _ kept: KeptPosition, _ owner: String, _ entry: BlotterEntry, _ symbol: SymbolID
    ) throws(SQLiteError) {
        try database.run(
            "INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            .integer(session.number), .text(owner), .text(symbol.name), .text(session.account),
            .text("\(kept.quantity)"), .text("\(kept.cost)"), .text("\(kept.realized)"),
            .integer(Int64(kept.fills)), .text("\(kept.traded)"), .text("\(kept.adopted)"),
            .integer(kept.lacksPrice ? 1 : 0), entry.line)
    }

    // MARK: Commissions

    private func charge(_ entry: BlotterEntry) throws(SQLiteError) {
        guard let currency = entry["currency"], let symbol = entry.symbol,
            let amount = entry["commission"].flatMap(ExactText.money)
        else { return }
        let owner = try owner(of: entry["cid"] ?? "")
        try database.run(
            "INSERT INTO commissions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", entry.line,
            .integer(session.number), entry.time, .text(session.account), .text(entry["cid"] ?? ""),
            .text(owner), .text(symbol.name), .integer(Int64(entry.data["exec_id"]?.integerValue ?? 0)),
            .text("\(amount)"), .text(currency))
        try add(amount, currency, "commission", entry, symbol, owner)
    }

    /// Adds to what a day of the session has brought or cost.
    private func add(
        _ amount: Money, _ currency: String, _ kind: String, _ entry: BlotterEntry, _ symbol: SymbolID,
        _ owner: String
    ) throws(SQLiteError) {
        let key: [SQLValue] = [
            .text(entry.day), .integer(session.number), .text(owner), .text(symbol.name), .text(kind),
            .text(currency),
        ]
        let known = try database.rows(
            "SELECT amount FROM results WHERE day = ? AND session = ? AND owner = ? AND symbol = ? AND kind = ? "
                + "AND currency = ?", key)
        let sum = amount + (known.first?[0].text.flatMap(ExactText.money) ?? .zero)
        _ = try database.rows(
            "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            key + [.text(session.account), .text("\(sum)")])
    }
}
