import Glibc
import Platform
import TradingModel

/// Accepting that a log is broken: its files are set aside as they are, and the next log will name it.
///
/// Every step can be repeated: `succeeds.json` is written first, then the files are moved, the newest segment
/// first and `latest.note` last, so that what is left in between is never taken for a whole log. A writer must
/// not start while there are both segments and that file, unless the log names it as its predecessor.
public enum AuditBreak {
    /// What accepting came to.
    public struct Acceptance: Equatable, Sendable {
        /// The end of the broken log.
        public let succession: AuditSuccession
        /// Where its files are now.
        public let directory: String
        /// What was wrong; `nil` when an interrupted acceptance was completed.
        public let fault: AuditFault?
        /// Names of the files moved now.
        public let moved: [String]
    }

    /// Why it was not accepted.
    public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        /// The daemon is at work on the log.
        case locked(path: String)
        /// Nothing is wrong with the log.
        case notBroken(lines: UInt64)
        /// There is no log.
        case noLog(directory: String)
        /// A system call failed.
        case system(SystemError)

        /// One line for an operator.
        public var description: String {
            switch self {
            case .locked(let path): "\(path): a daemon is writing this log; stop it first"
            case .notBroken(let lines): "the log is not broken (\(lines) lines verify); nothing was changed"
            case .noLog(let directory): "\(directory): no audit log here"
            case .system(let error): error.description
            }
        }
    }

    /// Accepts the break of the log in `directory`, or completes an acceptance that was interrupted.
    ///
    /// - Parameters:
    ///   - reason: why; written into the next log.
    ///   - by: who, e.g. `uid:1000`.
    ///   - time: when.
    public static func accept(
        directory: String, reason: String, by: String, at time: Timestamp,
        evidence: AuditEvidence = AuditEvidence()
    ) throws(Refusal) -> Acceptance {
        guard try system({ () throws(SystemError) in try hasLog(directory) }) else {
            throw .noLog(directory: directory)
        }
        let lock = try lock(directory)
        defer { lock.release() }
        if let pending = try system({ () throws(SystemError) in try pending(directory) }) {
            return try finish(pending, fault: nil, in: directory)
        }
        let result = try system { () throws(SystemError) in
            try AuditVerifier.verify(directory: directory, evidence: evidence)
        }
        guard let fault = result.fault else { throw .notBroken(lines: result.lastSequence) }
        let link = AuditSuccessionLink(
            origin: result.origin ?? result.key?.origin ?? "unknown", size: result.lastSequence,
            head: result.head, reason: reason, by: by)
        let succession = AuditSuccession(link: link, at: time)
        try system { () throws(SystemError) in try succession.write(directory: directory) }
        return try finish(succession, fault: fault, in: directory)
    }

    private static func hasLog(_ directory: String) throws(SystemError) -> Bool {
        do throws(SystemError) {
            if try !files(of: directory).isEmpty { return true }
            return try AuditSuccession.read(directory: directory) != nil
        } catch {
            if error.isMissing { return false }
            throw error
        }
    }

    private static func lock(_ directory: String) throws(Refusal) -> AuditLock {
        do throws(AuditError) {
            return try AuditLock(directory: directory)
        } catch {
            switch error {
            case .locked(let path): throw .locked(path: path)
            case .system(let error): throw .system(error)
            default: throw .locked(path: directory)
            }
        }
    }

    /// An acceptance that has not been carried through: not one that the log here already continues.
    private static func pending(_ directory: String) throws(SystemError) -> AuditSuccession? {
        guard let succession = try AuditSuccession.read(directory: directory) else { return nil }
        guard let first = try AuditLogFiles(directory: directory).segments.first else { return succession }
        return try AuditFirstLine(first.path).predecessor == succession.link ? nil : succession
    }

    private static func finish(
        _ succession: AuditSuccession, fault: AuditFault?, in directory: String
    ) throws(Refusal) -> Acceptance {
        let moved = try system { () throws(SystemError) in try setAside(succession, in: directory) }
        return Acceptance(
            succession: succession, directory: place(of: succession, in: directory), fault: fault,
            moved: moved)
    }

    /// Where the files of the old log go.
    static func place(of succession: AuditSuccession, in directory: String) -> String {
        directory + "/closed/" + folder(succession)
    }

    /// The last part of the origin, or the time where that cannot be a file name.
    private static func folder(_ succession: AuditSuccession) -> String {
        let name = succession.link.origin.split(separator: "/").last.map(String.init) ?? ""
        let isSafe = name.utf8.allSatisfy { $0 == 0x2D || $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }
        return isSafe && !name.isEmpty && succession.link.origin != "unknown" ? name : succession.at.auditText
    }

    /// Files of the log, in the order in which they may leave.
    private static func files(of directory: String) throws(SystemError) -> [String] {
        let names = try DirectoryListing.names(directory)
        let segments = names.filter { $0.hasPrefix("audit-") }
        let others = names.filter { $0.hasPrefix("audit.vkey") || $0.hasPrefix("latest.note") }
        return segments.reversed() + others
    }

    /// Moves what is still there of the old log, and nothing over anything.
    ///
    /// - Returns: the names moved now.
    /// - Throws: `SystemError`; `EEXIST` when a file of that name has been set aside before.
    static func setAside(
        _ succession: AuditSuccession, in directory: String
    ) throws(SystemError) -> [String] {
        let target = place(of: succession, in: directory)
        try DurableFile.makeDirectories(target, mode: 0o750)
        try DurableFile.syncDirectory(of: target)
        let names = try files(of: directory)
        for name in names {
            let (source, place) = (directory + "/" + name, target + "/" + name)
            guard access(place, F_OK) != 0 else { throw SystemError("rename", place, code: EEXIST) }
            guard rename(source, place) == 0 else { throw SystemError("rename", source) }
        }
        try DurableFile.syncDirectory(of: target + "/.")
        try DurableFile.syncDirectory(of: directory + "/.")
        return names
    }

    private static func system<Result>(
        _ body: () throws(SystemError) -> Result
    ) throws(Refusal) -> Result {
        do throws(SystemError) { return try body() } catch { throw .system(error) }
    }
}
