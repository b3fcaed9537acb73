import ArgumentParser
import Audit
import Glibc
import Platform
import TradingModel

/// `tradectl audit keygen`
struct AuditKeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen", abstract: "Makes a key that signs checkpoints, in a new file of mode 0600.")

    @Argument(help: "The file to make; an existing one is never written over.")
    var path: String

    @Option(help: ArgumentHelp("Name of the log to print the public key for.", valueName: "name"))
    var origin: String?

    func validate() throws {
        if let origin, !AuditVerificationKey.isName(origin) {
            throw ValidationError("--origin: a name without white space and plus sign")
        }
    }

    func run() throws {
        let key = AuditSigningKey.generate()
        do throws(AuditKeyError) {
            try key.save(path: path)
        } catch {
            throw Failure(error.description, exitCode: 1)
        }
        var text = "public key \(key.publicText)\n"
        if let origin {
            let publicKey = key.verificationKey(origin: origin)
            text += "key id     \(publicKey.keyID)\nvkey       \(publicKey.text)\n"
        }
        Console.output(text)
    }
}

/// `tradectl audit accept-break`
struct AuditAcceptBreakCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept-break",
        abstract: "Sets a broken log aside, as it is, so that the daemon can begin one that names it.",
        discussion: "The daemon must not run. After a crash the same command completes what was begun.")

    @Argument(help: "The audit directory.")
    var directory: String

    @Option(help: "Why; written into the next log.")
    var reason: String

    @OptionGroup var evidence: EvidenceOptions

    func validate() throws {
        guard !reason.isEmpty, reason.utf8.count <= 1_000 else {
            throw ValidationError("--reason must have 1 to 1000 bytes")
        }
    }

    func run() throws {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let time = Timestamp(nanoseconds: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
        let evidence = try evidence.evidence()
        do throws(AuditBreak.Refusal) {
            let done = try AuditBreak.accept(
                directory: directory, reason: reason, by: "uid:\(getuid())", at: time, evidence: evidence)
            show(done)
        } catch {
            throw Failure(error.description, exitCode: exitCode(error))
        }
    }

    private func show(_ done: AuditBreak.Acceptance) {
        var fields = Fields()
        if let fault = done.fault { fields.add("broken", "\(fault)") }
        fields.add("log", "\(done.succession.link.origin), \(done.succession.link.size) good lines")
        fields.add("moved", "\(done.moved.count) files to \(done.directory)")
        fields.add("reason", (done.succession.link.reason ?? "").printable.replacing("\n", with: "\\n"))
        fields.add("next", "the daemon begins a log that names this one")
        Console.output(fields.text)
    }

    private func exitCode(_ refusal: AuditBreak.Refusal) -> Int32 {
        switch refusal {
        case .noLog: 2
        case .notBroken, .locked: 6
        case .system: 1
        }
    }
}
