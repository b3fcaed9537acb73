/// One setting from the command line.
public struct SettingsOverride: Sendable, Equatable {
    /// The dotted key, e.g. `replay.speed`.
    public let key: String
    /// The value as text; lists with commas.
    public let value: String
    /// The flag, for messages, e.g. `--speed`.
    public let origin: String

    /// Sets `key` to `value` because `origin` says so.
    public init(key: String, value: String, origin: String) {
        self.key = key
        self.value = value
        self.origin = origin
    }
}

/// Lays settings.yaml, the file of the profile, the environment and the flags over each other; the last wins.
///
/// Mappings merge key by key, lists and single values replace. Every layer is checked, also where a later one
/// replaces its value.
public enum SettingsLoader {
    /// Where settings.yaml is looked for without `--config`, in this order.
    public static let defaultDirectories = ["config", "/etc/tradingd"]

    /// Reads and checks everything.
    ///
    /// - Parameters:
    ///   - directory: holds settings.yaml and profiles/; `nil`: the first of `defaultDirectories` that does.
    ///   - profile: from `--profile`; `nil`: the environment's `PROFILE`, else `env` of settings.yaml, else dev.
    ///   - environment: all variables of the process; unknown and empty ones do not matter.
    ///   - flags: from the command line; a later one wins over an earlier one.
    /// - Throws: every problem of every layer at once.
    public static func load(
        directory: String? = nil, profile: String? = nil, environment: [String: String] = [:],
        flags: [SettingsOverride] = []
    ) throws(ConfigurationError) -> Settings {
        let files: SettingsFiles
        if let directory {
            files = .directory(directory)
        } else {
            files = try .first(of: defaultDirectories)
        }
        return try load(files, profile, environment, flags)
    }

    /// The same from files in memory, e.g. in a test: texts by path (`settings.yaml`, `profiles/dev.yaml`).
    ///
    /// - Throws: every problem of every layer at once; files appear under `config/`.
    public static func load(
        texts: [String: String], profile: String? = nil, environment: [String: String] = [:],
        flags: [SettingsOverride] = []
    ) throws(ConfigurationError) -> Settings {
        try load(.texts(texts, place: "config"), profile, environment, flags)
    }

    private static func load(
        _ files: SettingsFiles, _ profile: String?, _ environment: [String: String],
        _ flags: [SettingsOverride]
    ) throws(ConfigurationError) -> Settings {
        let chosen = profile.map { [SettingsOverride(key: "env", value: $0, origin: "--profile")] } ?? []
        let layers = SettingsLayers(files: files, environment: environment, flags: chosen + flags)
        return try layers.settings()
    }
}
