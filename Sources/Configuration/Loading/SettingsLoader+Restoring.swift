extension SettingsLoader {
    /// The settings that a `Settings.canonicalText` tells, over the built-in defaults: what the text leaves out decides
    /// nothing.
    ///
    /// - Parameters:
    ///   - canonicalText: one `key = value` a line.
    ///   - origin: where the text comes from, for messages.
    /// - Throws: every problem at once: keys or values that this build does not know.
    public static func restore(
        canonicalText: String, origin: String
    ) throws(ConfigurationError) -> Settings {
        let flags = canonicalText.split(separator: "\n").map { line in
            override(line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false), origin)
        }.filter { !isAbsent($0) }
        var texts = ["settings.yaml": ""]
        for profile in Profile.allCases { texts["profiles/\(profile.rawValue).yaml"] = "" }
        // A build that did not know a limit had none: it decided without.
        let layers = SettingsLayers(
            files: .texts(texts, place: "config"), environment: [:], flags: flags, insistsOnLimits: false)
        return try layers.settings()
    }

    /// A setting that need not be there, and was not.
    private static func isAbsent(_ line: SettingsOverride) -> Bool {
        line.value == "none" && SettingsSchema.find(line.key)?.setting.defaultText == "none"
    }

    /// A line `key = value`; a list stands in brackets there, and with commas alone in a flag.
    private static func override(_ parts: [Substring], _ origin: String) -> SettingsOverride {
        guard parts.count == 3, parts[1] == "=" else {
            return SettingsOverride(key: parts.joined(separator: " "), value: "", origin: origin)
        }
        var value = String(parts[2])
        if value.hasPrefix("["), value.hasSuffix("]") {
            value = String(value.dropFirst().dropLast().filter { $0 != " " })
        }
        return SettingsOverride(key: String(parts[0]), value: value, origin: origin)
    }
}
