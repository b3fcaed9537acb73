import ArgumentParser

/// `tradectl audit replay`
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Proves what the audit trail says.",
        subcommands: [AuditReplayCommand.self])
}
