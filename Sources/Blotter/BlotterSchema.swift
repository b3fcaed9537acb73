/// The tables of the store. Amounts, prices and quantities are exact decimal text, times UTC with six digits, `line` the
/// number of the audit line that a row was made from. `docs/blotter.md` explains the columns.
enum BlotterSchema {
    /// Number of this form of the tables: `PRAGMA user_version`.
    static let version = 1

    static let tables = """
        CREATE TABLE progress(
            id INTEGER PRIMARY KEY CHECK (id = 1), line INTEGER NOT NULL, hash TEXT NOT NULL);
        INSERT INTO progress VALUES (1, 0, '');
        CREATE TABLE sessions(
            session INTEGER PRIMARY KEY, line INTEGER NOT NULL, ts TEXT NOT NULL, profile TEXT NOT NULL,
            mode TEXT NOT NULL, account TEXT NOT NULL, version TEXT NOT NULL, instruments TEXT NOT NULL);
        CREATE TABLE orders(
            cid TEXT PRIMARY KEY, line INTEGER NOT NULL, session INTEGER NOT NULL, ts TEXT NOT NULL,
            account TEXT NOT NULL, owner TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL,
            type TEXT NOT NULL, tif TEXT NOT NULL, qty TEXT NOT NULL, limit_price TEXT, stop_price TEXT,
            decision_seq INTEGER, status TEXT NOT NULL, filled TEXT NOT NULL, avg_price TEXT NOT NULL,
            leaves TEXT NOT NULL, venue_id TEXT NOT NULL, reason TEXT NOT NULL, updated_line INTEGER NOT NULL,
            updated_ts TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX orders_by_line ON orders(line);
        CREATE TABLE executions(
            line INTEGER PRIMARY KEY, session INTEGER NOT NULL, ts TEXT NOT NULL, account TEXT NOT NULL,
            cid TEXT NOT NULL, owner TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL,
            qty TEXT NOT NULL, price TEXT NOT NULL, currency TEXT NOT NULL, exec_id INTEGER NOT NULL,
            venue_id TEXT NOT NULL, reason TEXT NOT NULL);
        CREATE INDEX executions_by_id ON executions(session, exec_id);
        CREATE INDEX executions_by_symbol ON executions(symbol, line);
        CREATE TABLE commissions(
            line INTEGER PRIMARY KEY, session INTEGER NOT NULL, ts TEXT NOT NULL, account TEXT NOT NULL,
            cid TEXT NOT NULL, owner TEXT NOT NULL, symbol TEXT NOT NULL, exec_id INTEGER NOT NULL,
            amount TEXT NOT NULL, currency TEXT NOT NULL);
        CREATE INDEX commissions_by_id ON commissions(session, exec_id);
        CREATE TABLE position_changes(
            line INTEGER NOT NULL, owner TEXT NOT NULL, session INTEGER NOT NULL, ts TEXT NOT NULL,
            account TEXT NOT NULL, symbol TEXT NOT NULL, source TEXT NOT NULL, change TEXT NOT NULL,
            price TEXT, position TEXT NOT NULL, realized TEXT NOT NULL, currency TEXT NOT NULL,
            PRIMARY KEY (line, owner)) WITHOUT ROWID;
        CREATE TABLE positions(
            session INTEGER NOT NULL, owner TEXT NOT NULL, symbol TEXT NOT NULL, account TEXT NOT NULL,
            quantity TEXT NOT NULL, cost TEXT NOT NULL, realized TEXT NOT NULL, fills INTEGER NOT NULL,
            traded TEXT NOT NULL, adopted TEXT NOT NULL, lacks_price INTEGER NOT NULL, line INTEGER NOT NULL,
            PRIMARY KEY (session, owner, symbol)) WITHOUT ROWID;
        CREATE TABLE results(
            day TEXT NOT NULL, session INTEGER NOT NULL, owner TEXT NOT NULL, symbol TEXT NOT NULL,
            kind TEXT NOT NULL, currency TEXT NOT NULL, account TEXT NOT NULL, amount TEXT NOT NULL,
            PRIMARY KEY (day, session, owner, symbol, kind, currency)) WITHOUT ROWID;
        """

    /// Each table with what its rows are ordered by.
    static let order: [(table: String, key: String)] = [
        ("progress", "id"), ("sessions", "session"), ("orders", "line, cid"), ("executions", "line"),
        ("commissions", "line"), ("position_changes", "line, owner"),
        ("positions", "session, owner, symbol"),
        ("results", "day, session, owner, symbol, kind, currency"),
    ]
}
