import Dispatch
import ExactJSON
import Glibc
import Platform
import TradingModel

/// The audit trail: one append-only, hash-chained log in segments, `tradingd.audit/1`.
///
/// A line is in the kernel, or on the disk, before `append` returns; what depends on a line having been
/// written waits for that. Lines are written on one serial queue, whichever thread they come from. After any
/// failure of the file every `append` throws `unavailable` until the log is opened again.
///
/// The buffers are used again and again: what is left per line are four small allocations, three inside
/// `DispatchQueue.sync` and one inside the hasher.
///
/// `@unchecked Sendable` holds because `writer` is touched only on `queue`, and the rest is constant.
public final class AuditLog: @unchecked Sendable {
    private let queue: DispatchQueue
    private var writer: AuditWriter
    private let lock: AuditLock

    /// Opens the log in `settings.directory`, or starts it with `identity`.
    ///
    /// Reads the last segment and proves its chain. A torn last line is set aside and recorded.
    /// - Parameters:
    ///   - identity: the log's origin must be this one's; the rest is only written into a new log.
    ///   - time: the time of the lines that opening writes.
    ///   - queue: serial, `tradingd.audit`; never call `append` on it.
    /// - Throws: `AuditError`: `locked`, `broken`, `foreignLog`, `system`; `unavailable` when a write fails.
    public init(
        _ settings: AuditSettings, identity: AuditIdentity, at time: Timestamp, queue: DispatchQueue
    ) throws(AuditError) {
        self.queue = queue
        lock = try AuditLock(directory: settings.directory)
        writer = try AuditOpening.open(settings, identity, at: time)
    }

    /// Writes one line and waits until it has the durability asked for.
    ///
    /// - Parameters:
    ///   - time: UTC; the line carries it cut to microseconds, and never earlier than the line before. A time
    ///     further back than `AuditSettings.stepTolerance` first writes a `clock.step` line.
    ///   - data: writes exactly one JSON object without white space, at most `AuditLimits.dataBytes`; prices,
    ///     quantities and money as strings. Runs on the log's queue, so it must not call the log.
    /// - Returns: number and hash of the line.
    /// - Throws: `unavailable` when the line is not, or not provably, written; `dataTooLong`,
    ///   `malformedData`, `reservedType` when it was refused and the log goes on.
    @discardableResult
    public func append(
        _ type: AuditLineType, at time: Timestamp, _ data: (inout JSONWriter) -> Void
    ) throws(AuditError) -> AuditReceipt {
        try queue.sync { () -> Result<AuditReceipt, AuditError> in
            do throws(AuditError) {
                return .success(try writer.append(type, at: time, data))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// Number and hash of the last line.
    public var head: AuditReceipt { queue.sync { writer.head } }

    /// What ended the writing; `nil` while the log works.
    public var outage: AuditOutage? { queue.sync { writer.outage } }

    /// Number of the segment that is being written, from 1, and its bytes.
    public var segment: (number: Int, bytes: Int) {
        queue.sync { (writer.segmentNumber, writer.segmentSize) }
    }

    /// Makes everything durable, ends the writing and gives the directory free: every later `append` throws.
    ///
    /// - Throws: `unavailable` when the last `fsync` fails; nothing when the log had failed before.
    public func close() throws(AuditError) {
        try queue.sync { () -> Result<Void, AuditError> in
            defer { lock.release() }
            do throws(AuditError) {
                return .success(try writer.close())
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// The origin of the log in `directory`, for the next start to go on with.
    ///
    /// - Returns: `nil` when there is no log, or no good first line.
    public static func origin(inDirectory directory: String) throws(SystemError) -> String? {
        try AuditOpening.origin(in: directory)
    }
}

/// The lock on a log directory; held until it is released or this goes.
struct AuditLock: ~Copyable {
    private let file: OwnedDescriptor

    /// Makes the directory when it is missing and takes the lock in it.
    init(directory: String) throws(AuditError) {
        file = try Self.lockedFile(directory + "/lock", in: directory)
    }

    /// Lets the next writer in.
    func release() { flock(file.number, LOCK_UN) }

    private static func lockedFile(
        _ path: String, in directory: String
    ) throws(AuditError) -> OwnedDescriptor {
        do throws(SystemError) {
            try DurableFile.makeDirectories(directory, mode: 0o750)
            let file = try OwnedDescriptor(opening: path, O_RDWR | O_CREAT, mode: 0o640)
            guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { throw SystemError("flock", path) }
            return file
        } catch {
            throw error.code == EWOULDBLOCK ? .locked(path: path) : .system(error)
        }
    }
}
