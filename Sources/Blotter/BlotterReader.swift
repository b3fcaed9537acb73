import Positions
import TradingModel

/// One execution with what it cost, as the store has it.
public struct BlotterFill: Sendable, Equatable {
    /// Number of its line in the audit trail.
    public let line: UInt64
    /// When, UTC with six digits.
    public let time: String
    /// Session that traded.
    public let session: Int
    /// Account.
    public let account: String
    /// Our id of the order.
    public let order: String
    /// Strategy, or another owner in parentheses.
    public let owner: String
    /// Instrument.
    public let symbol: String
    /// `BUY` or `SELL`.
    public let side: String
    /// Quantity, exact; negative for one that was taken back.
    public let quantity: String
    /// Price, exact.
    public let price: String
    /// Currency of the price; empty where it is not known.
    public let currency: String
    /// The venue's number of it, within the session.
    public let execution: Int64
    /// Why it was corrected; empty otherwise.
    public let reason: String
    /// What it cost, by currency.
    public let commissions: [CommissionTotals.Entry]
}

/// What one owner has earned and paid in one instrument and currency.
public struct BlotterResult: Sendable, Equatable {
    /// Strategy, or another owner in parentheses.
    public let owner: String
    /// Instrument.
    public let symbol: String
    /// Account.
    public let account: String
    /// Currency of the amounts.
    public let currency: String
    /// Realised profit, without commissions.
    public var realized = Money.zero
    /// Commissions.
    public var commissions = Money.zero
}

/// Reads a store, which somebody else may write at the same time, and changes nothing.
public struct BlotterReader {
    /// Which executions.
    public struct Filter: Sendable {
        /// Of that instrument; of all with `nil`.
        public var symbol: String?
        /// Of that owner; of all with `nil`.
        public var owner: String?
        /// At that time or later.
        public var since: Timestamp?
        /// Before that line: the next page.
        public var before: UInt64?
        /// How many.
        public var limit: Int

        /// The newest `limit`.
        public init(limit: Int) { self.limit = limit }
    }

    private let path: String
    private let database: SQLiteConnection

    /// Opens the file; one that is not there throws.
    public init(path: String) throws(BlotterError) {
        self.path = path
        do throws(SQLiteError) {
            database = try SQLiteConnection(path, .readOnly)
            let found = Int(try database.row("PRAGMA user_version")?.first?.integer ?? 0)
            guard found == BlotterSchema.version else { throw SQLiteError(code: -1, message: "\(found)") }
        } catch {
            throw error.code == -1
                ? .schema(path, found: Int(error.message) ?? 0) : .database(path, error)
        }
    }

    init(_ store: BlotterStore) {
        path = store.path
        database = store.database
    }

    /// Number of the audit line the store has taken last.
    public func line() throws(BlotterError) -> UInt64 {
        UInt64(clamping: try query("SELECT line FROM progress").first?[0].integer ?? 0)
    }

    /// Executions, newest first.
    public func fills(_ filter: Filter) throws(BlotterError) -> [BlotterFill] {
        var conditions: [String] = [], values: [SQLValue] = []
        func add(_ condition: String, _ value: SQLValue) {
            conditions.append(condition)
            values.append(value)
        }
        if let symbol = filter.symbol { add("symbol = ?", .text(symbol)) }
        if let owner = filter.owner { add("owner = ?", .text(owner)) }
        if let since = filter.since { add("ts >= ?", .text(ExactText.time(since))) }
        if let before = filter.before { add("line < ?", .integer(Int64(clamping: before))) }
        let filters = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        let rows = try query(
            "SELECT line, ts, session, account, cid, owner, symbol, side, qty, price, currency, exec_id, reason "
                + "FROM executions\(filters) ORDER BY line DESC LIMIT ?",
            values + [.integer(Int64(filter.limit))])
        var fills: [BlotterFill] = []
        for row in rows { fills.append(try fill(row)) }
        return fills
    }

    private func fill(_ row: [SQLValue]) throws(BlotterError) -> BlotterFill {
        func text(_ place: Int) -> String { row[place].text ?? "" }
        // What an execution cost is told once: with the newest of its versions.
        let paid = try query(
            "SELECT amount, currency FROM commissions WHERE session = ?1 AND exec_id = ?2 AND cid = ?3 AND "
                + "?4 = (SELECT max(line) FROM executions WHERE session = ?1 AND exec_id = ?2 AND cid = ?3) "
                + "ORDER BY line", [row[2], row[11], row[4], row[0]])
        var totals = CommissionTotals()
        for row in paid {
            guard let amount = row[0].text.flatMap(ExactText.money),
                let currency = row[1].text.flatMap({ CurrencyCode($0) })
            else { continue }
            totals.add(amount, currency)
        }
        return BlotterFill(
            line: UInt64(clamping: row[0].integer ?? 0), time: text(1), session: Int(row[2].integer ?? 0),
            account: text(3), order: text(4), owner: text(5), symbol: text(6), side: text(7),
            quantity: text(8), price: text(9), currency: text(10), execution: row[11].integer ?? 0,
            reason: text(12), commissions: totals.list)
    }

    /// What sessions before `session` have earned and paid on the day (UTC) of `time`, by owner, instrument and currency.
    public func results(
        ofDayOf time: Timestamp, before session: UInt32
    ) throws(BlotterError) -> [BlotterResult] {
        let rows = try query(
            "SELECT owner, symbol, account, currency, kind, amount FROM results WHERE day = ? AND session < ? "
                + "ORDER BY owner, symbol, account, currency, kind, session",
            [.text(ExactText.day(time)), .integer(Int64(session))])
        var results: [BlotterResult] = []
        for row in rows {
            let amount = row[5].text.flatMap(ExactText.money) ?? .zero
            let key = BlotterResult(
                owner: row[0].text ?? "", symbol: row[1].text ?? "", account: row[2].text ?? "",
                currency: row[3].text ?? "")
            let isSame = results.last.map {
                ($0.owner, $0.symbol, $0.account, $0.currency)
                    == (key.owner, key.symbol, key.account, key.currency)
            }
            if isSame != true { results.append(key) }
            if row[4].text == "realized" {
                results[results.count - 1].realized += amount
            } else {
                results[results.count - 1].commissions += amount
            }
        }
        return results
    }

    /// Every row of every table, a line each, in an order of their own: equal contents give equal text.
    public func dump(_ body: (String) -> Void) throws(BlotterError) {
        for (table, key) in BlotterSchema.order {
            for row in try query("SELECT * FROM \(table) ORDER BY \(key)") {
                body(table + "|" + row.map(\.shown).joined(separator: "|"))
            }
        }
    }

    private func query(_ sql: String, _ values: [SQLValue] = []) throws(BlotterError) -> [[SQLValue]] {
        do throws(SQLiteError) { return try database.rows(sql, values) } catch {
            throw .database(path, error)
        }
    }
}
