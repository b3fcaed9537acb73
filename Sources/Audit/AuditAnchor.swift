/// A checkpoint that was kept apart from the lines it attests.
public struct AuditAnchor: Equatable, Sendable {
    /// Where a copy was kept.
    public enum Source: String, Sendable, CaseIterable {
        /// `latest.note` beside the segments.
        case latestNote = "latest.note"
        /// The journal of the machine.
        case journal = "journal"
        /// Kept by whoever verifies.
        case given = "given"
    }

    /// How it stands with the log.
    public enum Status: Equatable, Sendable {
        /// The log has these lines, with this root.
        case matches
        /// The lines it attests, or the tree before them, were not given.
        case notCovered
        /// It is of another log.
        case otherLog
        /// The log is shorter, or has another root, or the note is none: see the fault of the verification.
        case differs
    }

    /// Where it comes from.
    public let source: Source
    /// The file, for messages.
    public let name: String
    /// Lines attested; 0 until the note has been opened.
    public internal(set) var size: UInt64 = 0
    /// How it stands with the log.
    public internal(set) var status = Status.notCovered
    let note: String
    /// Why the copy contradicts itself, if it does.
    let problem: String?

    /// A note that was kept at `name`.
    public init(source: Source, name: String, note: String) {
        self.init(source: source, name: name, note: note, problem: nil)
    }

    init(source: Source, name: String, note: String, problem: String?) {
        self.source = source
        self.name = name
        self.note = note
        self.problem = problem
    }

    /// The log that the note names in its first line.
    var origin: Substring { note.prefix { $0 != "\n" } }
}
