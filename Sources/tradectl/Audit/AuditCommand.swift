import ArgumentParser
import Audit
import Glibc
import Platform

/// `tradectl audit`: reads and proves audit logs from their files alone.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Proves, shows and exports the audit trail from its files, without the daemon.",
        discussion: """
            All but keygen and accept-break only read, and work on a copy of the directory as well.

            Examples:
              tradectl audit verify /var/log/tradingd/prod/audit --vkey audit.vkey --anchor kept.note
              tradectl audit tail /var/log/tradingd/prod/audit --follow
              tradectl audit export /var/log/tradingd/prod/audit --report orders
            """,
        subcommands: [
            AuditVerifyCommand.self, AuditTailCommand.self, AuditCheckpointCommand.self,
            AuditInclusionCommand.self, AuditExportCommand.self, AuditKeygenCommand.self,
            AuditAcceptBreakCommand.self, AuditReplayCommand.self,
        ])
}

/// What an auditor brings along.
struct EvidenceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Public key of the log, as a file or as its text; wins over audit.vkey.",
            valueName: "file|text"))
    var vkey: [String] = []

    @Option(help: ArgumentHelp("A checkpoint kept elsewhere; may be given again.", valueName: "file"))
    var anchor: [String] = []

    @Option(
        help: ArgumentHelp("Output of journalctl -o json TRADE_EVENT=checkpoint.", valueName: "file"))
    var journal: [String] = []

    /// All of it, read.
    func evidence() throws -> AuditEvidence {
        var evidence = AuditEvidence()
        evidence.keys = try vkey.map(Self.key)
        do throws(SystemError) {
            for file in anchor { try evidence.addAnchor(file: file) }
            for file in journal { try evidence.addJournal(file: file) }
        } catch {
            throw Failure(error.description, exitCode: 2)
        }
        return evidence
    }

    /// A public key from a file, or from the text itself.
    static func key(_ argument: String) throws -> AuditVerificationKey {
        if let key = AuditVerificationKey(text: argument) { return key }
        do throws(SystemError) {
            guard let content = try DurableFile.read(argument, limit: 1 << 16) else {
                throw SystemError("open", argument, code: ENOENT)
            }
            if let key = AuditVerificationKey(fileContent: content) { return key }
        } catch {
            throw Failure("--vkey: neither a public key nor a file with one: \(error)", exitCode: 2)
        }
        throw Failure("--vkey: \(argument) holds no public key", exitCode: 2)
    }
}

/// Where a log is: its directory, or segment files in their order.
struct LogArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The audit directory (tradectl status shows it), or segment files in their order.",
            valueName: "dir|files"))
    var paths: [String]

    /// The directory; `nil` when files were given.
    var directory: String? { paths.count == 1 && Self.isDirectory(paths[0]) ? paths[0] : nil }

    /// Verifies what was given.
    func verify(_ evidence: AuditEvidence) throws -> AuditVerification {
        for path in paths where access(path, F_OK) != 0 {
            throw Failure(SystemError("open", path).description, exitCode: 2)
        }
        do throws(SystemError) {
            guard let directory else { return try AuditVerifier.verify(files: paths, evidence: evidence) }
            return try AuditVerifier.verify(directory: directory, evidence: evidence)
        } catch {
            throw Failure("not verified: \(error)", exitCode: 8)
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
