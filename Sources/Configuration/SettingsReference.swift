/// The reference of every setting, made from the schema.
public enum SettingsReference {
    /// docs/configuration.md, whole.
    public static var markdown: String {
        let sections = SettingsSchema.sections.map(section)
        return ([introduction] + sections + [environment, modes, rules]).joined(separator: "\n\n") + "\n"
    }

    private static let introduction = """
        # Configuration

        <!-- Made from the schema in Sources/Configuration; a test compares. Change the code, then run
             `TRADINGD_WRITE_DOCS=1 swift test --filter ConfigurationTests`. -->

        Settings come in four layers; the last wins:

        1. `settings.yaml`, the base,
        2. `profiles/PROFILE.yaml`,
        3. the environment,
        4. flags on the command line.

        Mappings merge key by key; lists and single values replace. The directory is `--config DIR`, else
        `./config`, else `/etc/tradingd`. The profile is `--profile`, else `PROFILE`, else `env` of settings.yaml,
        else `dev`; its file must exist.

        Every layer is checked, also where a later one replaces its value, and all problems are reported at once,
        one a line, as `config/profiles/prod.yaml:12: risk.max_size: must be > 0`. With any problem the program
        exits 78. YAML is taken in its plain form: one document of at most 1 MiB and 32 levels, no anchors, aliases,
        tags, directives or duplicate keys. Decimals are exact, with at most 9 digits after the point.

        Secrets never stand here: see `config/secrets.example.yaml`.

        The **decision hash** covers the settings marked ●: everything a decision can depend on.
        """

    private static func section(_ section: SettingsSchema.Section) -> String {
        let title = section.name.isEmpty ? "## General" : "## `\(section.name)`"
        let head = "| Key | Value | Default | | Meaning |\n|---|---|---|---|---|"
        let rows = section.settings.map(row).joined(separator: "\n")
        return [title, section.summary, "\(head)\n\(rows)"].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static func row(_ setting: Setting) -> String {
        let standard = setting.defaultText == "none" ? "none" : "`\(setting.defaultText)`"
        let need =
            switch setting.need {
            case .optional: standard
            case .limit: "\(standard) under dev, else must be given"
            case .required: "must be given"
            }
        let mark = setting.decides ? "●" : ""
        return "| `\(setting.key)` | \(setting.words) | \(need) | \(mark) | \(setting.summary) |"
    }

    private static var environment: String {
        let rows = SettingsSchema.settings.compactMap { setting in
            setting.environment.map { "| `\($0)` | `\(setting.key)` |" }
        }
        return """
            ## Environment

            An empty variable counts as absent. A list is written with commas.

            | Variable | Sets |
            |---|---|
            \(rows.joined(separator: "\n"))
            """
    }

    private static var modes: String {
        let rows = Profile.allCases.map { profile in
            let cells = Mode.allCases.map { cell(profile, $0) }.joined(separator: " | ")
            return "| `\(profile.rawValue)` | \(cells) |"
        }
        return """
            ## Profiles and modes

            | | \(Mode.allCases.map { "`\($0.rawValue)`" }.joined(separator: " | ")) |
            |---|\(Mode.allCases.map { _ in "---" }.joined(separator: "|"))|
            \(rows.joined(separator: "\n"))

            `live` is another name of `ibkr`.
            """
    }

    private static func cell(_ profile: Profile, _ mode: Mode) -> String {
        if profile.refusal(of: mode, host: "broker.example") == nil { return "yes" }
        return profile.refusal(of: mode, host: "localhost") == nil ? "loopback host only" : "no"
    }

    private static let rules = """
        ## Rules across keys

        - The profile must allow the mode (above).
        - Under paper and prod every limit must be given, and every whitelisted instrument needs its entry in
          `instruments` and, in a foreign currency, its rate in `risk.fx`.
        - Under prod `audit.durability` is `disk`.
        - A rate of the base currency, when given, is 1.
        - A warning, which blocks arming until the setting is changed: a usual paper port (7497, 4002) under prod, a
          usual live port (7496, 4001) under dev or paper.
        """
}
