import Platform

/// Why a log cannot be opened or a line cannot be written.
public enum AuditError: Error, Equatable, Sendable {
    /// Another writer holds the log's lock file.
    case locked(path: String)
    /// What is on disk is not what was written; nothing has been changed.
    case broken(AuditFault)
    /// The log belongs to another origin.
    case foreignLog(expected: String, found: String)
    /// The log is signed by another key than the one given; by none given where `given` is `nil`. Ids as in the vkey.
    case wrongKey(found: String, given: String?)
    /// A system call failed while opening.
    case system(SystemError)
    /// The log has failed: nothing is written any more until it is opened again.
    case unavailable(AuditOutage)
    /// The data of a line is over `AuditLimits.dataBytes`; nothing was written, the log goes on.
    case dataTooLong(AuditLineType, bytes: Int)
    /// The data of a line is not one compact JSON object; nothing was written, the log goes on.
    case malformedData(AuditLineType)
    /// The type is written by the log alone; nothing was written, the log goes on.
    case reservedType(AuditLineType)
}

/// What ended the writing to a log.
public enum AuditOutage: Error, Equatable, Sendable {
    /// A system call failed.
    case system(SystemError)
    /// The kernel took only part of a line.
    case shortWrite(path: String, written: Int, of: Int)
    /// The disk is full: only lines that open no risk are still taken.
    case noRoom
    /// `close()` was called.
    case closed
    /// A record could not be put into words: `dataTooLong` or `malformedData`, with which the log does not go on here.
    indirect case unsayable(AuditError)
}

/// The first place where a log is not what was written.
public struct AuditFault: Equatable, Sendable {
    /// Path of the segment.
    public let file: String
    /// Line in that file, from 1.
    public let line: Int
    /// Where that line starts: bytes from the start of the file.
    public let offset: Int
    /// What should stand there.
    public let expected: String
    /// What stands there.
    public let found: String
    /// The last sequence number that verifies; 0 when none does.
    public let lastGoodSequence: UInt64
}

extension AuditFault: CustomStringConvertible {
    /// `audit-000001.jsonl:7 (byte 2113): expected sequence 7, found sequence 8; last good 6`.
    public var description: String {
        "\(file):\(line) (byte \(offset)): expected \(expected), found \(found); last good \(lastGoodSequence)"
    }
}

extension AuditOutage: CustomStringConvertible {
    /// One line for an operator.
    public var description: String {
        switch self {
        case .system(let error): error.description
        case .shortWrite(let path, let written, let count):
            "\(path): only \(written) of \(count) bytes written"
        case .noRoom: "the disk is full"
        case .closed: "the audit log is closed"
        case .unsayable(let error): error.description
        }
    }
}

extension AuditError: CustomStringConvertible {
    /// One line for an operator.
    public var description: String {
        switch self {
        case .locked(let path): "\(path): another process writes this audit log"
        case .broken(let fault):
            "audit log broken: \(fault); nothing is written until `tradectl audit accept-break` has ended it"
        case .foreignLog(let expected, let found): "audit log of \(found), expected \(expected)"
        case .wrongKey(let found, let given?):
            "audit log signed by key \(found), but the key given is \(given): to take over, give the old one too "
                + "(audit.previous_key)"
        case .wrongKey(let found, nil): "audit log signed by key \(found), but no key is given (audit.key)"
        case .system(let error): error.description
        case .unavailable(let outage): "audit log unavailable: \(outage)"
        case .dataTooLong(let type, let bytes):
            "\(type.rawValue): \(bytes) bytes of data, at most \(AuditLimits.dataBytes)"
        case .malformedData(let type):
            "\(type.rawValue): data is not one JSON object"
        case .reservedType(let type): "\(type.rawValue): written by the log alone"
        }
    }
}
