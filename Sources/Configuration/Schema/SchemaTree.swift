/// The schema in the shape of a YAML file.
indirect enum SchemaTree: Sendable {
    /// A value.
    case setting(Setting)
    /// Known keys.
    case section([String: SchemaTree])
    /// Any key that `kind` takes as a name.
    case names(kind: ValueKind<String>, SchemaTree)

    /// The whole schema.
    static let root = SchemaTree(
        SettingsSchema.settings.map { setting in
            (setting.key.split(separator: ".").map(String.init)[...], setting)
        })

    /// Groups settings by the first part of their remaining path.
    private init(_ settings: [(path: ArraySlice<String>, setting: Setting)]) {
        if let only = settings.first, only.path.isEmpty {
            self = .setting(only.setting)
            return
        }
        let groups = Dictionary(grouping: settings) { $0.path.first ?? "" }
        let children = groups.mapValues { group in
            SchemaTree(group.map { ($0.path.dropFirst(), $0.setting) })
        }
        if let (placeholder, child) = children.first, placeholder.hasPrefix("<") {
            self = .names(kind: KeyName.kind(in: placeholder), child)
        } else {
            self = .section(children)
        }
    }
}
