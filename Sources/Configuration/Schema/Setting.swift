/// One row of the schema: a setting, or a family of settings that differ by a name in `<…>`.
struct Setting: Sendable {
    /// What happens when nobody gives it.
    enum Need: Sendable {
        /// The default holds.
        case optional
        /// The default holds under `dev`; elsewhere it is an error.
        case limit
        /// An error.
        case required
    }

    /// A key and the canonical text of its value.
    typealias Line = (key: String, value: String)

    /// Dotted, e.g. `risk.max_size`, `instruments.<NAME>.tick_size`.
    let key: String
    /// Form of the value, in words.
    let words: String
    /// What it does, one sentence for the reference.
    let summary: String
    /// What happens when nobody gives it.
    let need: Need
    /// Whether a decision can depend on it.
    let decides: Bool
    /// The environment variable that sets it.
    let environment: String?
    /// Reads a node into the settings; the text is the name in `<…>`, empty without one.
    let assign: @Sendable (YAMLNode, String, inout Settings) throws(BadValue) -> Void
    /// What the settings hold, a line for each name.
    let lines: @Sendable (Settings) -> [Line]
    /// The default in words.
    let defaultText: String
    /// Whether `canonicalText` leaves it out while it has its default: what was decided before it existed has the same hash.
    private(set) var isLater = false

    /// The same, left out of `canonicalText` while it has its default.
    func addedLater() -> Setting {
        var setting = self
        setting.isLater = true
        return setting
    }
}

extension Setting {
    /// A single value.
    static func value<Value: Sendable>(
        _ key: String, _ path: any WritableKeyPath<Settings, Value> & Sendable, _ kind: ValueKind<Value>,
        need: Need = .optional, decides: Bool = true, environment: String? = nil, _ summary: String
    ) -> Setting {
        Setting(
            key: key, words: kind.words, summary: summary, need: need, decides: decides,
            environment: environment,
            assign: { node, _, settings throws(BadValue) in settings[keyPath: path] = try kind.parse(node) },
            lines: { settings in [(key, kind.print(settings[keyPath: path]))] },
            defaultText: kind.print(Settings()[keyPath: path]))
    }

    /// A value by name, e.g. `risk.fx.<CURRENCY>`.
    static func entry<Value: Sendable>(
        _ key: String, _ path: any WritableKeyPath<Settings, [String: Value]> & Sendable,
        _ kind: ValueKind<Value>, decides: Bool = true, _ summary: String
    ) -> Setting {
        Setting(
            key: key, words: kind.words, summary: summary, need: .optional, decides: decides,
            environment: nil,
            assign: { node, name, settings throws(BadValue) in
                settings[keyPath: path][name] = try kind.parse(node)
            },
            lines: { settings in
                settings[keyPath: path].map { name, value in (KeyName.filled(key, name), kind.print(value)) }
            },
            defaultText: "none")
    }

    /// A member of an instrument.
    static func instrument<Value: Sendable>(
        _ member: String, _ path: any WritableKeyPath<Settings.InstrumentData, Value> & Sendable,
        _ kind: ValueKind<Value>, need: Need = .optional, _ summary: String
    ) -> Setting {
        let key = "instruments.<NAME>.\(member)"
        let blank = Settings.InstrumentData()
        return Setting(
            key: key, words: kind.words, summary: summary, need: need, decides: true, environment: nil,
            assign: { node, name, settings throws(BadValue) in
                let value = try kind.parse(node)
                settings.instruments[name, default: Settings.InstrumentData()][keyPath: path] = value
            },
            lines: { settings in
                settings.instruments.map { name, data in
                    (KeyName.filled(key, name), kind.print(data[keyPath: path]))
                }
            },
            defaultText: need == .required ? "none" : kind.print(blank[keyPath: path]))
    }
}

extension Setting {
    /// A member of an instrument's contract at IBKR; decides nothing: what comes of it is on record as events.
    static func contract<Value: Sendable>(
        _ member: String, _ path: any WritableKeyPath<Settings.ContractData, Value> & Sendable,
        _ kind: ValueKind<Value>, _ summary: String
    ) -> Setting {
        let key = "providers.ibkr.contracts.<NAME>.\(member)"
        return Setting(
            key: key, words: kind.words, summary: summary, need: .optional, decides: false, environment: nil,
            assign: { node, name, settings throws(BadValue) in
                let value = try kind.parse(node)
                settings.providers.ibkr.contracts[name, default: Settings.ContractData()][keyPath: path] =
                    value
            },
            lines: { settings in
                settings.providers.ibkr.contracts.map { name, data in
                    (KeyName.filled(key, name), kind.print(data[keyPath: path]))
                }
            },
            defaultText: kind.print(Settings.ContractData()[keyPath: path]))
    }
}

/// Keys with a name in them, e.g. `instruments.<NAME>.tick_size`.
enum KeyName {
    /// `key` with `name` in the place of its `<…>`.
    static func filled(_ key: String, _ name: String) -> String {
        guard let (head, tail) = around(key) else { return key }
        return head + name + tail
    }

    /// The name that makes `pattern` into `key`; empty when the pattern has none and is the key itself.
    static func match(_ key: String, _ pattern: String) -> String? {
        guard let (head, tail) = around(pattern) else { return key == pattern ? "" : nil }
        guard key.count > head.count + tail.count, key.hasPrefix(head), key.hasSuffix(tail) else {
            return nil
        }
        return String(key.dropFirst(head.count).dropLast(tail.count))
    }

    /// What may stand in the place of the `<…>` of `pattern`.
    static func kind(in pattern: String) -> ValueKind<String> {
        pattern.contains("<CURRENCY>") ? Texts.currency : Texts.name
    }

    private static func around(_ key: String) -> (head: String, tail: String)? {
        guard let start = key.firstIndex(of: "<"), let end = key.firstIndex(of: ">") else { return nil }
        return (String(key[..<start]), String(key[key.index(after: end)...]))
    }
}
