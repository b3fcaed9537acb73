import ExactJSON
import Positions
import TradingModel

/// The session whose lines are being taken: its number, account and books.
struct BlotterSession: Sendable {
    /// 0 where the trail does not tell.
    var number: Int64 = 0
    var account = ""
    var book = PositionBook(instruments: [])

    init() {}

    /// A session that begins, with its instruments as its line has them.
    init(number: Int64, account: String, instruments: JSONValue?) {
        self.number = number
        self.account = account
        book = PositionBook(instruments: (instruments?.arrayValue ?? []).compactMap(Instrument.init(row:)))
    }

    /// The newest session of a store, with its books as they were kept.
    static func newest(in database: SQLiteConnection) throws(SQLiteError) -> BlotterSession {
        let row = try database.row(
            "SELECT session, account, instruments FROM sessions ORDER BY line DESC LIMIT 1")
        var session = BlotterSession()
        if let row {
            session = BlotterSession(
                number: row[0].integer ?? 0, account: row[1].text ?? "",
                instruments: try? JSONParser.parse(Array((row[2].text ?? "").utf8)))
        }
        let kept = try database.rows(
            "SELECT owner, symbol, quantity, cost, realized, fills, traded, adopted, lacks_price FROM positions "
                + "WHERE session = ? ORDER BY owner, symbol", [.integer(session.number)])
        for row in kept { session.restore(row) }
        return session
    }

    private mutating func restore(_ row: [SQLValue]) {
        guard let owner = row[0].text, let symbol = SymbolID(row[1].text ?? ""),
            let quantity = try? Quantity(row[2].text ?? ""), let cost = ExactText.money(row[3].text ?? ""),
            let realized = ExactText.money(row[4].text ?? ""),
            let traded = ExactText.volume(row[6].text ?? ""), let adopted = try? Quantity(row[7].text ?? "")
        else { return }
        let kept = KeptPosition(
            quantity: quantity, cost: cost, realized: realized, fills: Int(row[5].integer ?? 0),
            traded: traded, adopted: adopted, lacksPrice: row[8].integer == 1)
        if owner == Self.whole {
            book.restore(kept, whole: symbol)
        } else {
            book.restore(kept, symbol, of: PositionOwner(name: owner))
        }
    }

    /// The owner of the whole position of an instrument in `positions`.
    static let whole = "(all)"

    func currency(_ symbol: SymbolID) -> String { book.instrument(symbol)?.currency ?? "" }
}

extension Instrument {
    /// `[symbol, tick, lot, multiplier, currency]`, as `session.start` has it.
    fileprivate init?(row: JSONValue) {
        guard let cells = row.arrayValue, cells.count >= 5,
            let symbol = cells[0].stringValue.flatMap({ SymbolID($0) }),
            let tick = cells[1].stringValue.flatMap({ try? Price($0) }), tick > .zero,
            let lot = cells[2].stringValue.flatMap({ try? Quantity($0) }), lot > .zero,
            let multiplier = cells[3].stringValue.flatMap({ try? Quantity($0) }), multiplier > .zero,
            let currency = cells[4].stringValue
        else { return nil }
        self.init(symbol: symbol, tickSize: tick, lotSize: lot, multiplier: multiplier, currency: currency)
    }
}
