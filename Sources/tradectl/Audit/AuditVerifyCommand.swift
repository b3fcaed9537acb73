import ArgumentParser
import Audit
import ExactJSON
import Glibc
import Platform

/// `tradectl audit verify`
struct AuditVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Proves that a log is what was written.",
        discussion: """
            Exit codes: 0 proved, 1 broken, 2 usage, 8 nothing wrong but something missing for a proof (a \
            signature, an anchor, the end of a line). --json prints the report as JSON.
            """)

    @OptionGroup var log: LogArgument
    @OptionGroup var evidence: EvidenceOptions

    @Option(help: "First line that counts for orders and state; the proof covers all lines.")
    var from: UInt64?

    @Option(help: "Last line that counts for orders and state.")
    var to: UInt64?

    /// Of these only `--json` means something here.
    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

    func validate() throws {
        guard from ?? 0 <= to ?? .max else { throw ValidationError("--from must not be behind --to") }
    }

    func run() throws {
        var given = try evidence.evidence()
        given.countedLines = (from ?? 0)...(to ?? .max)
        let result = try log.verify(given)
        Console.output(connection.json ? result.json.text + "\n" : result.text)
        switch result.outcome {
        case .proved: return
        case .broken: throw ExitCode(1)
        case .incomplete: throw ExitCode(8)
        }
    }
}

/// `tradectl audit checkpoint`
struct AuditCheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Prints the newest signed checkpoint of a log that verifies, to be kept as an anchor.")

    @OptionGroup var log: LogArgument
    @OptionGroup var evidence: EvidenceOptions

    func run() throws {
        let result = try log.verify(evidence.evidence())
        if let fault = result.fault { throw Failure("broken: \(fault)", exitCode: 1) }
        guard let last = result.lastCheckpoint else {
            throw Failure.partial("no checkpoint: nothing in this log is signed")
        }
        Console.output(last.note)
    }
}

/// `tradectl audit inclusion`
struct AuditInclusionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inclusion", abstract: "Proves that one line is in a log, or checks such a proof.",
        discussion: """
            tradectl audit inclusion 17 DIR > proof.json
            tradectl audit inclusion --check proof.json --vkey audit.vkey
            """)

    @Option(help: ArgumentHelp("A proof to check; needs --vkey and nothing else.", valueName: "file"))
    var check: String?

    @OptionGroup var evidence: EvidenceOptions

    @Argument(help: "Number of the line, then the audit directory or segment files.")
    var arguments: [String] = []

    func validate() throws {
        if check != nil {
            guard arguments.isEmpty, evidence.vkey.count == 1 else {
                throw ValidationError("--check takes one --vkey and no log")
            }
        } else if arguments.count < 2 || UInt64(arguments[0]) == nil {
            throw ValidationError("a line number and a log are needed")
        }
    }

    func run() throws {
        do {
            if let check { try verify(check) } else { try prove() }
        } catch let failure as AuditInclusion.Failure {
            throw Failure(failure.description, exitCode: 1)
        }
    }

    private func prove() throws {
        var log = LogArgument()
        log.paths = Array(arguments.dropFirst())
        let result = try log.verify(evidence.evidence())
        if let fault = result.fault { throw Failure("broken: \(fault)", exitCode: 1) }
        let sequence = UInt64(arguments[0]) ?? 0
        Console.output(try AuditInclusion(sequence: sequence, in: result).json.text + "\n")
    }

    private func verify(_ path: String) throws {
        let content: [UInt8]?
        do throws(SystemError) {
            content = try DurableFile.read(path, limit: 1 << 20)
        } catch {
            throw Failure(error.description, exitCode: 2)
        }
        guard let content else {
            throw Failure(SystemError("open", path, code: ENOENT).description, exitCode: 2)
        }
        let inclusion = try AuditInclusion(text: content)
        let checkpoint = try inclusion.check(key: EvidenceOptions.key(evidence.vkey[0]))
        Console.output(
            "OK line \(inclusion.proof.index + 1) is in \(checkpoint.origin), checkpoint of "
                + "\(checkpoint.size) lines\n")
    }
}
