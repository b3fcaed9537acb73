import CSQLite

/// A value in a database: nothing but whole numbers and text, so that every amount stays exact.
enum SQLValue: Hashable, Sendable {
    case integer(Int64)
    case text(String)
    case null

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

    /// For a dump: a text as it is, nothing for `null`.
    var shown: String {
        switch self {
        case .integer(let number): String(number)
        case .text(let text): text
        case .null: ""
        }
    }
}

/// A connection to a database, with its prepared statements: the one place that speaks to the C library.
///
/// `@unchecked Sendable` holds because the handle is opened in SQLite's serialised mode, and because whoever owns a
/// connection uses it from one queue, or under one lock, at a time. Handle and statements never leave this class and are
/// closed by it. Texts are copied on their way in (`SQLITE_TRANSIENT`) and out.
final class SQLiteConnection: @unchecked Sendable {
    /// Who opens it, and for what.
    enum Access { case readOnly, readWrite, memory }

    private let handle: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]
    /// What the C library calls `SQLITE_TRANSIENT`, a cast that Swift does not import: the text is copied at once.
    private static let transient = unsafeBitCast(-1 as Int, to: sqlite3_destructor_type.self)

    init(_ path: String, _ access: Access) throws(SQLiteError) {
        let flags: Int32 =
            switch access {
            case .readOnly: SQLITE_OPEN_READONLY
            case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .memory: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY
            }
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(
            path, &opened, flags | SQLITE_OPEN_FULLMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            let error = SQLiteError(code: code & 0xFF, message: String(cString: sqlite3_errstr(code)))
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        // A reader or a checkpoint elsewhere takes no longer; whoever does has the file locked.
        sqlite3_busy_timeout(handle, 50)
    }

    deinit { close() }

    private func close() {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// Runs statements without values or results.
    func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Runs one statement.
    func run(_ sql: String, _ values: SQLValue...) throws(SQLiteError) {
        _ = try rows(sql, values)
    }

    /// The rows of one statement.
    func rows(_ sql: String, _ values: [SQLValue] = []) throws(SQLiteError) -> [[SQLValue]] {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try bind(value, Int32(index + 1), statement) }
        var rows: [[SQLValue]] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return rows }
            guard code == SQLITE_ROW else { throw error(code) }
            rows.append((0..<sqlite3_column_count(statement)).map { Self.value(statement, $0) })
        }
    }

    /// The first row of one statement.
    func row(_ sql: String, _ values: SQLValue...) throws(SQLiteError) -> [SQLValue]? {
        try rows(sql, values).first
    }

    private func prepared(_ sql: String) throws(SQLiteError) -> OpaquePointer {
        if let known = statements[sql] { return known }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw error(code) }
        statements[sql] = statement
        return statement
    }

    private func bind(_ value: SQLValue, _ place: Int32, _ statement: OpaquePointer) throws(SQLiteError) {
        let code =
            switch value {
            case .integer(let number): sqlite3_bind_int64(statement, place, number)
            case .text(let text): sqlite3_bind_text(statement, place, text, -1, Self.transient)
            case .null: sqlite3_bind_null(statement, place)
            }
        guard code == SQLITE_OK else { throw error(code) }
    }

    private static func value(_ statement: OpaquePointer, _ column: Int32) -> SQLValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_NULL: return .null
        default:
            guard let bytes = sqlite3_column_text(statement, column) else { return .null }
            return .text(String(cString: bytes))
        }
    }

    private func error(_ code: Int32) -> SQLiteError {
        SQLiteError(code: code & 0xFF, message: String(cString: sqlite3_errmsg(handle)))
    }
}
