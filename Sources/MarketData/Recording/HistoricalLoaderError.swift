import Platform

/// One row of a recording that is not an event, and why.
public struct MalformedRow: Hashable, Sendable, CustomStringConvertible {
    /// Path of the file, as given.
    public let file: String
    /// Line, from 1; in a JSON array the line where the element begins.
    public let line: Int
    /// What is wrong, e.g. `ask: must be positive`.
    public let reason: String

    /// A refused row.
    public init(file: String, line: Int, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    /// `file:line: reason`.
    public var description: String { "\(file):\(line): \(reason)" }
}

/// Why a recording cannot be read on.
public enum HistoricalLoaderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file cannot be opened or read.
    case unreadable(SystemError)
    /// A pipe, a socket or a device: it cannot be read twice, and might never end.
    case notAFile(String)
    /// The first line says neither CSV of a known kind nor JSON; it stops the whole load, also under `skip`.
    case header(MalformedRow)
    /// The gzip stream is cut off or damaged.
    ///
    /// - `offset`: compressed bytes understood; `lastLine`: last line that was read whole.
    case corrupt(file: String, offset: Int, lastLine: Int, reason: String)
    /// A row is not an event, and the loader was told to fail on such rows.
    case malformed(MalformedRow)
    /// More events than `limit` lie within one reorder window (or share one time).
    case tooManyHeld(file: String, line: Int, limit: Int)

    /// So many passes would reach beyond the year 2261, or their sequence numbers beyond 64 bits.
    case beyondTime(repeats: Int)
    /// The file is not the one that the first pass read.
    case changed(file: String)
    /// A journal is damaged.
    indirect case journal(JournalError)

    /// One line for the operator; names the file, where there is one.
    public var description: String {
        switch self {
        case .unreadable(let error): error.description
        case .notAFile(let file): "\(file): not a regular file (pipes and devices cannot be replayed)"
        case .header(let row), .malformed(let row): row.description
        case .corrupt(let file, let offset, let lastLine, let reason):
            "\(file): \(reason) at compressed byte \(offset), after line \(lastLine)"
        case .tooManyHeld(let file, let line, let limit):
            "\(file):\(line): more than \(limit) events within the reorder window"
        case .beyondTime(let repeats):
            "\(repeats) passes over the recording would go beyond the year 2261, or its sequence numbers beyond 64 bits"
        case .journal(let error): error.description
        case .changed(let file): "\(file): changed between two passes over it"
        }
    }
}
