import ExactJSON

/// The key to verify a log with: one that was given, else `audit.vkey`, else the one its first line names.
struct AuditKeyChoice {
    /// The key; `nil` when none is known.
    private(set) var key: AuditVerificationKey?
    /// Where it comes from.
    private(set) var source = AuditVerification.KeySource.log
    /// What is wrong: the log names another key.
    private(set) var fault: AuditFault?

    /// Chooses for the log that begins with `opening`.
    init(
        _ opening: AuditFirstLine, _ path: String, given: [AuditVerificationKey],
        file: (path: String, content: [UInt8])?, needsGivenKey: Bool
    ) {
        let fileKey = file.flatMap { Self.key($0.content) }
        if let file, fileKey == nil { fault = Self.fault(file.path, "a public key", "something else") }
        let origin = opening.origin ?? fileKey?.origin
        if let match = given.first(where: { $0.origin == origin || origin == nil }) {
            (key, source) = (match, .given)
        } else if let first = given.first, needsGivenKey {
            fault = Self.fault(path, "log \(first.origin)", "log \(origin ?? "without a name")")
        } else if let fileKey {
            (key, source) = (fileKey, .file)
        }
        if opening.type == .logOpen { compare(opening, path) }
    }

    /// What the first line names must be the key chosen; where none was, it is the choice.
    private mutating func compare(_ opening: AuditFirstLine, _ path: String) {
        let text = opening.data?["vkey"]?.stringValue
        let named = text.flatMap { AuditVerificationKey(text: $0) }
        if let text, named == nil {
            fault = Self.fault(path, "a public key in vkey", text)
        } else if let chosen = key, named != chosen {
            let other = named.map { "key \($0.keyID) of \($0.origin)" } ?? "no key"
            fault = Self.fault(path, "log signed by key \(chosen.keyID) of \(chosen.origin)", other)
        } else if let named, named.origin != opening.origin {
            fault = Self.fault(path, "a key of \(opening.origin ?? "the log")", "a key of \(named.origin)")
        } else {
            key = key ?? named
        }
        if fault != nil { key = nil }
    }

    private static func key(_ content: [UInt8]) -> AuditVerificationKey? {
        AuditVerificationKey(fileContent: content)
    }

    private static func fault(_ path: String, _ expected: String, _ found: String) -> AuditFault {
        AuditFault(file: path, line: 1, offset: 0, expected: expected, found: found, lastGoodSequence: 0)
    }
}

extension AuditVerificationKey {
    /// Parses the content of a file: the text of the key, with or without a line feed behind it.
    public init?(fileContent: [UInt8]) {
        let text = fileContent.last == 0x0A ? fileContent.dropLast() : fileContent[...]
        self.init(text: String(decoding: text, as: UTF8.self))
    }
}
