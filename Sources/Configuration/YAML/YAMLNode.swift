/// One value of a YAML file, with the line it stands on.
struct YAMLNode: Sendable, Equatable {
    /// One `key: value` of a mapping.
    struct Entry: Sendable, Equatable {
        let key: String
        /// Line of the key, from 1.
        let line: Int
        let value: YAMLNode
    }

    /// What it holds.
    enum Content: Sendable, Equatable {
        /// `~`, `null` or nothing at all.
        case null
        /// A scalar; what it means is for the schema to say.
        case scalar(String)
        /// A scalar from the environment or the command line; lists are written with commas there.
        case word(String)
        case sequence([YAMLNode])
        /// In the order of the file, without duplicates.
        case mapping([Entry])
    }

    let content: Content
    /// Line of its first character, from 1; 0 outside files.
    let line: Int

    /// The text of a scalar.
    var text: String? {
        switch content {
        case .scalar(let text), .word(let text): text
        case .null, .sequence, .mapping: nil
        }
    }

    /// The entries of a mapping; an empty value is an empty mapping.
    var entries: [Entry]? {
        switch content {
        case .mapping(let entries): entries
        case .null: []
        case .scalar, .word, .sequence: nil
        }
    }

    /// The value of `key` in a mapping.
    func value(of key: String) -> YAMLNode? { entries?.first { $0.key == key }?.value }
}

/// Why a text is not acceptable YAML, and where.
struct YAMLError: Error, Sendable, Equatable {
    /// Line, from 1.
    let line: Int
    let message: String
}
