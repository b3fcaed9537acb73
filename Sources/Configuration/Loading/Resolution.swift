/// The settings while the layers are laid over each other, with where every value came from.
struct Resolution {
    /// Names under one family of keys, at most.
    static let mostNames = 4_096

    /// The layers so far, over the defaults.
    var settings: Settings
    /// Everything wrong so far.
    var problems: ProblemList
    /// Keys that some layer gives a value, right or wrong, and where; the last layer counts.
    private(set) var origins: [String: String] = [:]
    /// Keys whose value was refused in some layer; rules across keys leave them alone.
    private(set) var refused: Set<String> = []
    /// Instruments that some layer names, and where first.
    private(set) var instruments: [String: String] = [:]

    init(settings: Settings, problems: ProblemList) {
        self.settings = settings
        self.problems = problems
    }

    /// Lays the values of one YAML file on top.
    mutating func apply(_ root: YAMLNode, file: String) {
        read(root, as: .root, key: "", name: "", file: file)
    }

    /// Lays one value from the environment or a flag on top.
    mutating func apply(_ text: String, to key: String, origin: String) {
        guard let (setting, name) = SettingsSchema.find(key) else {
            problems.add(Self.unknown(key, origin, nearest: Self.nearest(to: key)))
            return
        }
        if !name.isEmpty {
            guard accepts(name, as: KeyName.kind(in: setting.key), key, origin) else { return }
            if setting.key.hasPrefix("instruments.") { note(instrument: name, origin) }
        }
        assign(YAMLNode(content: .word(text), line: 0), to: setting, key, name, origin: { _ in origin })
    }

    /// Whether none of `keys` was refused in any layer, so that rules may rely on them.
    func isSound(_ keys: String...) -> Bool { refused.isDisjoint(with: keys) }

    private mutating func read(
        _ node: YAMLNode, as tree: SchemaTree, key: String, name: String, file: String
    ) {
        switch tree {
        case .setting(let setting):
            assign(node, to: setting, key, name) { line in "\(file):\(line)" }
        case .section(let children):
            readSection(node, children, key: key, name: name, file: file)
        case .names(let kind, let child): readNames(node, kind, child, key: key, file: file)
        }
    }

    private mutating func readSection(
        _ node: YAMLNode, _ children: [String: SchemaTree], key: String, name: String, file: String
    ) {
        for entry in entries(of: node, key, file) {
            let path = key.isEmpty ? entry.key : "\(key).\(entry.key)", origin = "\(file):\(entry.line)"
            guard let child = children[entry.key] else {
                problems.add(
                    Self.unknown(
                        path, origin, nearest: Self.nearest(to: entry.key, in: key, among: children.keys)))
                continue
            }
            read(entry.value.placed(at: entry.line), as: child, key: path, name: name, file: file)
        }
    }

    private mutating func readNames(
        _ node: YAMLNode, _ kind: ValueKind<String>, _ child: SchemaTree, key: String, file: String
    ) {
        let entries = entries(of: node, key, file)
        guard entries.count <= Self.mostNames else {
            let message = "must have at most \(Self.mostNames) names"
            problems.add(ConfigurationProblem(.badValue, "\(file):\(node.line)", key, message))
            return
        }
        for entry in entries {
            let path = "\(key).\(entry.key)", origin = "\(file):\(entry.line)"
            guard accepts(entry.key, as: kind, path, origin) else { continue }
            if key == "instruments" { note(instrument: entry.key, origin) }
            read(entry.value.placed(at: entry.line), as: child, key: path, name: entry.key, file: file)
        }
    }

    private mutating func entries(of node: YAMLNode, _ key: String, _ file: String) -> [YAMLNode.Entry] {
        if let entries = node.entries { return entries }
        problems.add(
            ConfigurationProblem(
                .badValue, "\(file):\(node.line)", key, "must be a mapping of keys to values"))
        return []
    }

    private mutating func assign(
        _ node: YAMLNode, to setting: Setting, _ key: String, _ name: String, origin: (Int) -> String
    ) {
        origins[key] = origin(node.line)
        do throws(BadValue) {
            try setting.assign(node, name, &settings)
        } catch {
            refused.insert(key)
            problems.add(
                ConfigurationProblem(.badValue, origin(error.line ?? node.line), key, error.message))
        }
    }

    /// Whether `name` may stand in a key; reports it when not.
    private mutating func accepts(
        _ name: String, as kind: ValueKind<String>, _ key: String, _ origin: String
    ) -> Bool {
        do throws(BadValue) {
            _ = try kind.parse(YAMLNode(content: .scalar(name), line: 0))
            return true
        } catch {
            problems.add(ConfigurationProblem(.badValue, origin, key, "the name in the key \(error.message)"))
            return false
        }
    }

    private mutating func note(instrument name: String, _ origin: String) {
        if instruments[name] == nil { instruments[name] = origin }
    }

    private static func unknown(
        _ key: String, _ origin: String, nearest: String?
    ) -> ConfigurationProblem {
        let hint = nearest.map { ", did you mean \($0)?" } ?? ""
        return ConfigurationProblem(.unknownKey, origin, key, "unknown key" + hint)
    }

    /// The whole key that looks alike.
    private static func nearest(to key: String) -> String? {
        Suggestion.nearest(to: key, among: SettingsSchema.settings.map(\.key))
    }

    /// A sibling that looks alike, or the same key in its right place.
    private static func nearest(to word: String, in section: String, among keys: some Sequence<String>)
        -> String?
    {
        if let sibling = Suggestion.nearest(to: word, among: keys) {
            return section.isEmpty ? sibling : "\(section).\(sibling)"
        }
        return SettingsSchema.settings.first { $0.key.hasSuffix(".\(word)") }?.key
    }
}

extension YAMLNode {
    /// An empty value has no place of its own: it stands where its key does.
    fileprivate func placed(at line: Int) -> YAMLNode {
        content == .null ? YAMLNode(content: content, line: line) : self
    }
}
