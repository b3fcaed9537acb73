import Dispatch
import ExactJSON
import Platform
import Synchronization
import TradingModel

/// The audit trail: one append-only, hash-chained, signed log in segments, `tradingd.audit/1`.
///
/// Group commit: `stage` gives a line its place in the chain, `commit` puts every line staged so far into the files with one
/// `write`, and with durability `disk` one `fdatasync`. Whatever must not happen before a line is safe waits for `commit`,
/// or, where it may not wait, asks by `requestCommit` and hears of it through the observer. `append` is both at once. Lines
/// are written on one serial queue, whichever thread they come from. After any failure of the files everything throws
/// `unavailable` until the log is opened again.
///
/// `@unchecked Sendable` holds because `files` and `writing` are touched only on `queue`; the rest is locked, atomic or
/// constant.
public final class AuditLog: @unchecked Sendable {
    private struct Staging {
        var composer: AuditComposer
        var outage: AuditOutage?
        var isShortOfRoom = false
        /// Whether the last line has been staged.
        var isClosing = false
        var isCommitRequested = false
        /// The last line that has the durability asked for.
        var committed: AuditReceipt
        /// The segment whose file has lines of the last commit; the composer may be further already.
        var segment: Int
        /// The line whose safety the observer waits for, and what it is to be told then.
        var awaited: (line: UInt64, token: UInt64)?
    }

    /// What opening set aside; `nil` when the log ended with a whole line.
    public let recovery: AuditRecovery?
    /// How far `commit` brings a line.
    public let durability: AuditDurability
    /// Origin of the log.
    public let origin: String
    /// Whether checkpoints are signed.
    public let isSigned: Bool
    private let queue: DispatchQueue
    private let staging: Locked<Staging>
    private var files: AuditFiles
    private var writing = AuditBatch()
    /// Number of the last line that has the durability asked for.
    private let committed: Atomic<UInt64>
    /// Number of the last line staged.
    private let staged: Atomic<UInt64>
    private let commitStep = StoredStep()
    private let committing = Locked(())
    private let notes: AuditNotes
    private let observer: AuditObserver
    private let publishesContinuously: Bool
    private let lock: AuditLock

    /// Opens the log in `settings.directory`, or starts it with `identity`.
    ///
    /// Reads the last segment and proves its chain. A torn last line is set aside and recorded.
    /// - Parameters:
    ///   - identity: the log's origin must be this one's but for its last part; the rest is only written into a new log.
    ///   - time: the time of the lines that opening writes.
    ///   - queue: serial, `tradingd.audit`; never call `commit`, `append` or `close` on it.
    /// - Throws: `AuditError`: `locked`, `broken`, `foreignLog`, `wrongKey`, `system`; `unavailable` when a write fails.
    public init(
        _ settings: AuditSettings, identity: AuditIdentity, at time: Timestamp, queue: DispatchQueue,
        observer: AuditObserver = AuditObserver()
    ) throws(AuditError) {
        lock = try AuditLock(directory: settings.directory)
        let opened = try AuditOpening.open(settings, identity, at: time)
        recovery = opened.recovery
        origin = opened.origin
        isSigned = settings.key != nil
        durability = settings.durability
        publishesContinuously = settings.publishesContinuously
        self.queue = queue
        self.observer = observer
        notes = AuditNotes(
            directory: settings.directory, operations: settings.operations, observer: observer)
        committed = Atomic(opened.composer.head.sequence)
        staged = Atomic(opened.composer.head.sequence)
        staging = Locked(
            Staging(
                composer: opened.composer, committed: opened.composer.head, segment: opened.composer.segment))
        files = opened.files
        commitStep.prepare { [unowned self] in writeStaged() }
        notes.onSyncFailure { [weak self] error in self?.fail(.system(error)) }
        noteRoom()
    }

    // MARK: Lines

    /// Gives one line its place in the log; `commit` then makes it safe.
    ///
    /// - Parameters:
    ///   - time: UTC; the line carries it cut to microseconds, and never earlier than the line before. A time
    ///     further back than `AuditSettings.stepTolerance` first writes a `clock.step` line.
    ///   - data: writes exactly one JSON object without white space, at most `AuditLimits.dataBytes`; prices,
    ///     quantities and money as strings. Runs under the log's lock, so it must not call the log.
    /// - Returns: number and hash of the line.
    /// - Throws: `unavailable` when the log has failed, or is short of room and the line opens risk; `dataTooLong`,
    ///   `malformedData`, `reservedType` when it was refused and the log goes on.
    @discardableResult
    public func stage(
        _ type: AuditLineType, at time: Timestamp, _ data: (inout JSONWriter) -> Void
    ) throws(AuditError) -> AuditReceipt {
        try staging.withLock { staging throws(AuditError) in
            if let outage = staging.outage { throw .unavailable(outage) }
            if staging.isClosing { throw .unavailable(.closed) }
            if staging.isShortOfRoom && type.opensRisk { throw .unavailable(.noRoom) }
            let receipt = try staging.composer.add(type, at: time, data)
            staged.store(staging.composer.head.sequence, ordering: .releasing)
            return receipt
        }
    }

    /// Waits until every line staged so far has the durability asked for.
    ///
    /// - Throws: `unavailable` when they have not, or not provably.
    public func commit() throws(AuditError) {
        let target = staged.load(ordering: .acquiring)
        guard committed.load(ordering: .acquiring) < target else { return }
        // The step belongs to one thread at a time.
        committing.withLock { _ in commitStep.run(on: queue) }
        guard committed.load(ordering: .acquiring) >= target else { throw .unavailable(outage ?? .closed) }
    }

    /// Waits for at most so long until every line staged so far has the durability asked for: a disk that hangs must not
    /// take everybody with it.
    ///
    /// - Returns: whether they have.
    public func commit(waitingAtMost nanoseconds: UInt64) -> Bool {
        let target = staged.load(ordering: .acquiring)
        requestCommit()
        let isSafe: Bool? = staging.wait(until: MonotonicClock.now() + nanoseconds) { staging in
            if staging.committed.sequence >= target { return true }
            return staging.outage == nil ? nil : false
        }
        return isSafe ?? false
    }

    /// Has every line staged so far committed soon, without waiting.
    public func requestCommit() {
        guard committed.load(ordering: .acquiring) < staged.load(ordering: .acquiring) else { return }
        requestCommit(awaiting: nil)
    }

    /// The same, and tells the observer `token` once line number `line` is safe, even where it is so already.
    ///
    /// A later call takes the place of an earlier one that has not been answered.
    public func requestCommit(notifying token: UInt64, at line: UInt64) {
        requestCommit(awaiting: (line, token))
    }

    private func requestCommit(awaiting: (line: UInt64, token: UInt64)?) {
        let isFirst = staging.withLock { staging in
            defer { staging.isCommitRequested = true }
            staging.awaited = awaiting ?? staging.awaited
            return !staging.isCommitRequested
        }
        if isFirst { queue.async { self.writeStaged() } }
    }

    /// Stages a line and commits it.
    ///
    /// - Throws: as `stage` and `commit`.
    @discardableResult
    public func append(
        _ type: AuditLineType, at time: Timestamp, _ data: (inout JSONWriter) -> Void
    ) throws(AuditError) -> AuditReceipt {
        let receipt = try stage(type, at: time, data)
        try commit()
        return receipt
    }

    /// Covers the newest lines by a checkpoint if the oldest of them has waited long enough; for a timer.
    public func checkpointIfDue(at time: Timestamp) {
        staging.withLock { staging in
            guard staging.outage == nil, !staging.isClosing, staging.composer.isCheckpointDue(at: time) else {
                return
            }
            staging.composer.checkpoint(at: time)
            staged.store(staging.composer.head.sequence, ordering: .releasing)
        }
        requestCommit()
    }

    // MARK: State

    /// Number and hash of the last line committed.
    public var head: AuditReceipt { staging.withLock { $0.committed } }

    /// What ended the writing; `nil` while the log works.
    public var outage: AuditOutage? { staging.withLock { $0.outage } }

    /// Whether the disk is full and orders are refused.
    public var isShortOfRoom: Bool { staging.withLock { $0.isShortOfRoom } }

    /// Number of the segment that is being written, from 1, and the bytes of the newest, with what is staged for it.
    ///
    /// Every segment before that number is closed on the disk, and its successor has begun: only those may be compressed.
    public var segment: (number: Int, bytes: Int) {
        staging.withLock { ($0.segment, $0.composer.segmentBytes) }
    }

    /// Lines that no checkpoint covers yet, and the time of the newest checkpoint.
    public var unsigned: (lines: UInt64, since: Timestamp) {
        staging.withLock { ($0.composer.unsignedLines, $0.composer.lastCheckpoint) }
    }

    /// Covers everything by a checkpoint, makes it durable, ends the writing and gives the directory free: every later
    /// `stage` throws.
    ///
    /// - Throws: `unavailable` when the last write or `fsync` fails; nothing when the log had failed before.
    public func close() throws(AuditError) {
        defer { lock.release() }
        let hasFailed = staging.withLock { staging in
            guard staging.outage == nil else { return true }
            staging.composer.checkpoint(at: staging.composer.lastTime)
            staging.isClosing = true
            staged.store(staging.composer.head.sequence, ordering: .releasing)
            return false
        }
        guard !hasFailed else { return }
        queue.sync {
            writeStaged()
            end()
        }
        // What did not reach the files must not be attested.
        if !publishesContinuously, outage == .closed,
            let note = staging.withLock({ $0.composer.newestCheckpoint })
        {
            notes.publish(note, segment: queue.sync { files.path })
        }
        notes.finish()
        if let outage, outage != .closed { throw .unavailable(outage) }
    }

    /// The origin of the log in `directory`, for the next start to go on with.
    ///
    /// - Returns: `nil` when there is no log, or no good first line.
    public static func origin(inDirectory directory: String) throws(SystemError) -> String? {
        try AuditOpening.origin(in: directory)
    }

    // MARK: Writing, on the queue

    private func writeStaged() {
        let isWorking = staging.withLock { staging in
            staging.isCommitRequested = false
            swap(&writing, &staging.composer.pending)
            return staging.outage == nil
        }
        defer { writing.removeAll() }
        guard isWorking else { return }
        if !writing.isEmpty {
            do throws(AuditOutage) {
                try files.write(writing)
                if durability == .disk { try synchronize() }
            } catch {
                fail(error)
                return
            }
            staging.withLock { $0.segment = files.number }
            noteRoom()
            if publishesContinuously, let checkpoint = writing.checkpoint {
                notes.publish(checkpoint, segment: files.path)
            }
        }
        noteCommit(writing.last)
    }

    /// Ends the writing for good.
    private func fail(_ outage: AuditOutage) {
        let isFirst = staging.withLockNotifying { staging in
            defer { if staging.outage == nil || staging.outage == .closed { staging.outage = outage } }
            return staging.outage == nil
        }
        if isFirst { observer.didFail(outage) }
    }

    /// Lets everybody know how far the log is safe now.
    private func noteCommit(_ last: AuditReceipt?) {
        let (reached, token) = staging.withLockNotifying { staging -> (UInt64, UInt64?) in
            staging.committed = last ?? staging.committed
            let reached = staging.committed.sequence
            guard let awaited = staging.awaited, awaited.line <= reached else { return (reached, nil) }
            staging.awaited = nil
            return (reached, awaited.token)
        }
        committed.store(reached, ordering: .releasing)
        if let token { observer.didBecomeDurable(token) }
    }

    private func synchronize() throws(AuditOutage) {
        let start = MonotonicClock.now()
        try files.synchronize()
        observer.didSynchronize(MonotonicClock.now() - start)
    }

    private func noteRoom() {
        guard files.isShortOfRoom else { return }
        let isNew = staging.withLock { staging in
            defer { staging.isShortOfRoom = true }
            return !staging.isShortOfRoom
        }
        if isNew { observer.isShortOfRoom() }
    }

    private func end() {
        do throws(AuditOutage) {
            try files.close()
            staging.withLock { if $0.outage == nil { $0.outage = .closed } }
        } catch {
            staging.withLock { if $0.outage == nil { $0.outage = error } }
        }
    }
}
