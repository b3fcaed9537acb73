import Audit
import Glibc
import Positions
import TradingModel

/// The blotter: orders, executions, commissions, positions and results in one SQLite file, made from the lines of an audit
/// trail and from nothing else, so that it can be made again. Nothing is ever decided by it.
///
/// A batch of lines goes in within one transaction that also notes the last of them: a line counts once, whatever happens.
public struct BlotterStore: Sendable {
    /// Where it is; `:memory:` for one that is thrown away.
    public let path: String
    /// Number of the audit line it has taken last; 0 for none.
    public private(set) var line: UInt64 = 0
    /// Hash of that line.
    public private(set) var hash = AuditHash.zero
    /// Lines that should tell something and cannot be understood.
    public internal(set) var misunderstood = 0
    let database: SQLiteConnection
    var session = BlotterSession()

    /// Opens the file, or makes it; what is damaged throws.
    public init(path: String) throws(BlotterError) {
        self.path = path
        if path != ":memory:" { Self.makeFile(path) }
        do throws(SQLiteError) {
            database = try SQLiteConnection(path, path == ":memory:" ? .memory : .readWrite)
            try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
            let damage = try database.row("PRAGMA quick_check(1)")?.first?.text ?? ""
            guard damage == "ok" else { throw SQLiteError(code: 11, message: damage) }
        } catch {
            throw .database(path, error)
        }
        try prepare()
    }

    /// Begins a file that is not for everybody; SQLite gives its companions the same mode. One that is there is left alone: to
    /// close it would give up the locks that this process has on it.
    private static func makeFile(_ path: String) {
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        if file >= 0 { Glibc.close(file) }
    }

    private mutating func prepare() throws(BlotterError) {
        let found = try perform { store throws(SQLiteError) in
            Int(try store.database.row("PRAGMA user_version")?.first?.integer ?? 0)
        }
        let isEmpty = try perform { store throws(SQLiteError) in
            try store.database.row("SELECT name FROM sqlite_schema LIMIT 1") == nil
        }
        guard found == BlotterSchema.version || (found == 0 && isEmpty) else {
            throw .schema(path, found: found)
        }
        try perform { store throws(SQLiteError) in
            if isEmpty { try store.makeTables() }
            try store.load()
        }
    }

    private func makeTables() throws(SQLiteError) {
        try transaction { () throws(SQLiteError) in
            try database.execute(BlotterSchema.tables)
            try database.execute("PRAGMA user_version = \(BlotterSchema.version)")
        }
    }

    /// Where it stands: the last line, and the books of the session that is under way.
    private mutating func load() throws(SQLiteError) {
        let row = try database.row("SELECT line, hash FROM progress")
        line = UInt64(clamping: row?[0].integer ?? 0)
        hash = AuditHash(hex: row?[1].text ?? "") ?? .zero
        session = try BlotterSession.newest(in: database)
    }

    // MARK: Lines

    /// Takes lines that follow the last one, all of them or none.
    ///
    /// - Parameter last: number and hash of the last of them.
    public mutating func take(_ lines: [AuditLine], last: (line: UInt64, hash: AuditHash))
        throws(BlotterError)
    {
        let before = (session, misunderstood)
        do throws(SQLiteError) {
            try database.execute("BEGIN IMMEDIATE")
            for line in lines where line.sequence > self.line { try fold(line) }
            try database.run(
                "UPDATE progress SET line = ?, hash = ?", .integer(Int64(clamping: last.line)),
                .text(last.hash.hex))
            try database.execute("COMMIT")
        } catch {
            // What the transaction has done is gone, in the file and here.
            try? database.execute("ROLLBACK")
            (session, misunderstood) = before
            throw .database(path, error)
        }
        (line, hash) = last
    }

    /// Takes everything that the trail in `directory` has behind the last line.
    ///
    /// - Parameter sequel: reads the trail; made behind the last line.
    /// - Returns: whether there is nothing more now.
    public mutating func catchUp(_ sequel: inout AuditSequel, batch: Int = 512) throws(BlotterError) -> Bool {
        var lines: [AuditLine] = []
        // A batch that cannot be stored is read again.
        var ahead = sequel
        do throws(AuditSequelFault) {
            _ = try ahead.read(atMost: batch) { line, _ in
                if line.type?.isOfBlotter == true { lines.append(line) }
            }
        } catch .diverged(let reason) {
            throw .trail(.diverged(reason))
        } catch {
            throw .trail(.unreadable("\(error)"))
        }
        let count = ahead.sequence - sequel.sequence
        if count > 0 { try take(lines, last: (ahead.sequence, ahead.hash)) }
        sequel = ahead
        return count < UInt64(batch)
    }

    /// A reader of the trail behind the last line.
    public func sequel(of directory: String) -> AuditSequel {
        AuditSequel(directory: directory, after: line, hash: hash)
    }

    /// Moves what is in the log of the database into the file itself, which then is all there is.
    public func settle() throws(BlotterError) {
        do throws(SQLiteError) { try database.execute("PRAGMA wal_checkpoint(TRUNCATE)") } catch {
            throw .database(path, error)
        }
    }

    // MARK: Helpers

    private mutating func perform<Result>(
        _ body: (inout BlotterStore) throws(SQLiteError) -> Result
    ) throws(BlotterError) -> Result {
        do throws(SQLiteError) { return try body(&self) } catch { throw .database(path, error) }
    }

    private func transaction(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try database.execute("BEGIN IMMEDIATE")
        do throws(SQLiteError) {
            try body()
            try database.execute("COMMIT")
        } catch {
            try? database.execute("ROLLBACK")
            throw error
        }
    }
}

extension AuditLineType {
    /// Whether such lines tell the blotter anything.
    var isOfBlotter: Bool {
        switch self {
        case .sessionStart, .orderIntent, .orderSend, .orderAck, .orderFill, .orderCancel, .orderReject,
            .orderReplace, .orderCommission, .positionAdopt:
            true
        default: false
        }
    }
}
