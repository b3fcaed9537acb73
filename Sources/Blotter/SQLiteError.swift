import CSQLite

/// What SQLite says when it cannot do what was asked.
public struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Result code without its extension, such as 13 for a full disk.
    public let code: Int32
    /// In its own words.
    public let message: String

    /// The file is no database, or is damaged.
    public var isDamage: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }
    /// Somebody else holds the file.
    public var isLocked: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }

    /// The words, with the code.
    public var description: String { "\(message) (SQLite \(code))" }
}

/// Why the store cannot be used.
public enum BlotterError: Error, Equatable, Sendable, CustomStringConvertible {
    /// SQLite refuses; the file is named.
    case database(String, SQLiteError)
    /// The file is of another release.
    case schema(String, found: Int)
    /// The audit trail cannot be read, or is not the one the store was made from.
    case trail(AuditFault)

    /// A fault of the audit trail, as text that compares.
    public enum AuditFault: Equatable, Sendable {
        /// It is not the one the store was made from.
        case diverged(String)
        /// It cannot be read, or is damaged.
        case unreadable(String)
    }

    /// One line for an operator.
    public var description: String {
        switch self {
        case .database(let path, let error): "\(path): \(error)"
        case .schema(let path, let found):
            "\(path): schema \(found), this release knows \(BlotterSchema.version) alone: "
                + "tradectl blotter rebuild makes it anew from the audit trail"
        case .trail(.diverged(let reason)): "not made from this audit trail: \(reason)"
        case .trail(.unreadable(let reason)): "audit trail: \(reason)"
        }
    }

    /// Whether the file has to be made anew: it is damaged, or of another trail.
    public var needsRebuild: Bool {
        switch self {
        case .database(_, let error): error.isDamage
        case .trail(.diverged): true
        case .schema, .trail(.unreadable): false
        }
    }
}
