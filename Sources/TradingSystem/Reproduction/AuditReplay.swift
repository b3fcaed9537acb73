import Audit
import Configuration
import ControlPlane
import Glibc
import MarketData
import Platform
import TradingModel

/// Runs a recorded session again and compares what it decides with what its audit trail says.
///
/// Nothing of the session's own places is touched: the new decisions go to a temporary directory.
public struct AuditReplay: Sendable {
    /// What came out.
    public struct Outcome: Sendable, Equatable {
        /// Whether every decision that both know is the same.
        public let isReproduced: Bool
        /// Decisions compared and found the same.
        public let compared: Int
        /// The answer for the operator, some lines.
        public let text: String
    }

    private let journal: [String]
    private let audit: String

    /// Compares the session of those journal files with the log in `audit`, a directory or one segment.
    public init(journal: [String], audit: String) {
        self.journal = journal
        self.audit = audit
    }

    /// Runs the session.
    ///
    /// - Parameter warn: is told what may explain a difference.
    /// - Throws: `LaunchError`: files that cannot be read or are broken, settings this build does not know.
    public func run(warn: (String) -> Void) throws(LaunchError) -> Outcome {
        let verification = try verify()
        let reader: JournalReader
        do throws(JournalError) { reader = try JournalReader(files: journal) } catch {
            throw LaunchError(error)
        }
        let header = reader.header
        try check(header, verification)
        if header.product != ProductVersion.current {
            warn("recorded by version \(header.product), run again by \(ProductVersion.current)")
        }
        let settings = try SessionRerun.settings(header, warn: warn)
        let scratch = try ScratchDirectory()
        defer { scratch.remove() }
        let rerun = try SessionRerun(settings, header, directory: scratch.path).run(reader)
        var comparison = DecisionComparison(
            session: header.session, mode: header.mode, sequenceFault: rerun.sequenceFault,
            isComplete: rerun.isComplete)
        do throws(SystemError) {
            let derived = try AuditVerifier.verify(directory: scratch.path)
            try comparison.run(AuditLines(verification), AuditLines(derived))
        } catch { throw .system(error.description) }
        guard comparison.sawSession else {
            throw .data("\(audit): holds no session \(header.session) of mode \(header.mode)")
        }
        return comparison.outcome(tail: reader.tornTail)
    }

    /// The log must be whole before anything is compared with it; a torn last line is what a crash leaves.
    private func verify() throws(LaunchError) -> AuditVerification {
        let verification: AuditVerification
        do throws(SystemError) {
            var status = stat()
            guard stat(audit, &status) == 0 else { throw SystemError("open", audit) }
            let isDirectory = status.st_mode & S_IFMT == S_IFDIR
            verification =
                isDirectory
                ? try AuditVerifier.verify(directory: audit) : try AuditVerifier.verify(files: [audit])
        } catch {
            throw .input(error.description)
        }
        if let fault = verification.fault { throw .data("\(fault)") }
        return verification
    }

    private func check(_ header: JournalHeader, _ log: AuditVerification) throws(LaunchError) {
        guard header.file == 1 else {
            throw .data(
                "\(journal[0]): the journal begins with file \(header.file) of session \(header.session); without "
                    + "the files before it nothing can be derived")
        }
        if let origin = log.origin, origin != header.origin {
            throw .data("\(audit): is log \(origin), the journal belongs to \(header.origin)")
        }
        guard sha256Hex(Array(header.settings.utf8)) == header.configHash else {
            throw .data("\(journal[0]): the settings in its header do not have the hash it says")
        }
    }
}

/// A directory of its own, removed with everything in it.
private struct ScratchDirectory {
    let path: String

    init() throws(LaunchError) {
        let base = ProcessEnvironment.variables["TMPDIR"] ?? "/tmp"
        var template = Array("\(base)/tradingd-replay-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .output(SystemError("mkdtemp", base).description) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The log's files lie in it and nothing else.
    func remove() {
        if let handle = opendir(path) {
            while let entry = readdir(handle) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                unlink("\(path)/\(name)")
            }
            closedir(handle)
        }
        rmdir(path)
    }
}

extension LaunchError {
    /// A journal's refusal as a refusal to start.
    init(_ error: JournalError) {
        switch error {
        case .unreadable(let error): self = LaunchError(error)
        case .header, .block: self = .data(error.description)
        case .files: self = .usage(error.description)
        }
    }
}
