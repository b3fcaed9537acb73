extension MethodTable {
    /// The method table as Markdown, as it stands in `docs/control-api.md` (a test compares them).
    public static func documentation() -> String {
        let head = """
            | method | kind | parameters | dev | operator | auditor | no role | what |
            |---|---|---|---|---|---|---|---|
            """
        let rows = methods.map { method in
            let cells =
                [
                    "`\(method.name)`", method.effect.rawValue,
                    method.parameters.map(describe).joined(separator: ", "),
                ] + [Role.dev, .operator, .auditor, .unprivileged].map { describe(method.access, $0) }
                + [method.summary]
            return "| " + cells.joined(separator: " | ") + " |"
        }
        return ([head] + rows).joined(separator: "\n") + "\n"
    }

    /// The error codes as Markdown.
    public static func errorDocumentation() -> String {
        let rows = RPCError.catalogue.map { "| \($0.example.code) | \($0.meaning) |" }
        return (["| code | meaning |", "|---|---|"] + rows).joined(separator: "\n") + "\n"
    }

    private static func describe(_ rule: ParameterRule) -> String {
        "`\(rule.name)`\(rule.isRequired ? "" : "?")"
    }

    private static func describe(_ access: Access, _ role: Role) -> String {
        let profiles = access.profiles(for: role)
        if profiles == .all { return "yes" }
        let names = DaemonProfile.allCases.filter(profiles.allows).map(\.rawValue)
        return names.isEmpty ? "–" : names.joined(separator: ", ")
    }
}
