import Dispatch
import ExactJSON
import Platform
import Synchronization
import TradingModel

/// The audit trail: one append-only, hash-chained, signed log in segments, `tradingd.audit/1`.
///
/// Group commit: `stage` takes the words of a line and its place behind those before, `commit` chains every line staged so
/// far and puts them into the files with one `write`, and with durability `disk` one `fdatasync`. Whatever must not happen
/// before a line is safe waits for `commit`, or, where it may not wait, asks by `requestCommit` and hears of it through the
/// observer. `append` is both at once. Lines are hashed, signed and written on one serial queue, whichever thread they come
/// from, so that who only stages never waits for that. After any failure of the files everything throws `unavailable`
/// until the log is opened again.
///
/// `@unchecked Sendable` holds because `composer`, `files` and `taken` are touched only on `queue`; the rest is locked,
/// atomic or constant.
public final class AuditLog: @unchecked Sendable {
    /// What opening set aside; `nil` when the log ended with a whole line.
    public let recovery: AuditRecovery?
    /// How far `commit` brings a line.
    public let durability: AuditDurability
    /// Origin of the log.
    public let origin: String
    /// Whether checkpoints are signed.
    public let isSigned: Bool
    private let queue: DispatchQueue
    let staging: Locked<AuditStaging>
    private var composer: AuditComposer
    private var files: AuditFiles
    /// What is being written.
    private var taken = AuditIntake()
    /// Entries that have the durability asked for, counted since the log was opened.
    private let committed = Atomic<UInt64>(0)
    /// Entries staged.
    private let staged = Atomic<UInt64>(0)
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
        composer = opened.composer
        files = opened.files
        staging = Locked(AuditStaging(committed: AuditProgress(composer)))
        commitStep.prepare { [unowned self] in writeStaged() }
        notes.onSyncFailure { [weak self] error in self?.fail(.system(error)) }
        noteRoom()
    }

    // MARK: Lines

    /// Takes one line, behind all that were staged before; `commit` then makes it safe.
    ///
    /// - Parameters:
    ///   - time: UTC; the line carries it cut to microseconds, and never earlier than the line before. A time
    ///     further back than `AuditSettings.stepTolerance` first writes a `clock.step` line.
    ///   - data: writes exactly one JSON object without white space, at most `AuditLimits.dataBytes`; prices,
    ///     quantities and money as strings. Runs under the log's lock, so it must not call the log.
    /// - Returns: by what `requestCommit` calls the line: not its number, as the log puts lines of its own between.
    /// - Throws: `unavailable` when the log has failed, or is short of room and the line opens risk; `dataTooLong`,
    ///   `malformedData`, `reservedType` when it was refused and the log goes on.
    @discardableResult
    public func stage(
        _ type: AuditLineType, at time: Timestamp, _ data: (inout JSONWriter) -> Void
    ) throws(AuditError) -> UInt64 {
        try staging.withLock { staging throws(AuditError) in
            try staging.admit(type)
            try staging.words.say(type, data)
            staging.intake.add(type, at: time, staging.words.bytes.span)
            return staged.wrappingAdd(1, ordering: .releasing).newValue
        }
    }

    /// The same for a line whose words are found when it is written, on the log's queue.
    ///
    /// A record that has no words, or too many, ends the log: nothing that waits for it is done.
    /// - Throws: `unavailable`, `reservedType` as above.
    @discardableResult
    public func stage(
        _ type: AuditLineType, at time: Timestamp, _ record: AuditRecord
    ) throws(AuditError) -> UInt64 {
        try staging.withLock { staging throws(AuditError) in
            try staging.admit(type)
            staging.intake.add(type, at: time, record)
            return staged.wrappingAdd(1, ordering: .releasing).newValue
        }
    }

    /// Waits until every line staged so far has the durability asked for.
    ///
    /// - Throws: `unavailable` when they have not, or not provably.
    public func commit() throws(AuditError) {
        let target = staged.load(ordering: .acquiring)
        guard committed.load(ordering: .acquiring) < target else { return }
        // The step belongs to one thread at a time.
        committing.withLock { commitStep.run(on: queue) }
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
            if staging.committedEntries >= target { return true }
            return staging.outage == nil ? nil : false
        }
        return isSafe ?? false
    }

    /// Has every line staged so far committed soon, without waiting.
    public func requestCommit() {
        guard committed.load(ordering: .acquiring) < staged.load(ordering: .acquiring) else { return }
        requestCommit(awaiting: nil)
    }

    /// The same for who can go on for a while: waits only where more has been staged meanwhile than is written soon.
    ///
    /// - Throws: as `commit`, where the log has failed.
    public func keepUp() throws(AuditError) {
        guard committed.load(ordering: .acquiring) < staged.load(ordering: .acquiring) else { return }
        let (outage, waiting) = staging.withLock { ($0.outage, $0.intake.size) }
        if let outage { throw .unavailable(outage) }
        if waiting > Self.backlogBytes { try commit() } else { requestCommit(awaiting: nil) }
    }

    /// The same as `requestCommit`, and tells the observer `token` once what `stage` has called `entry` is safe, even where
    /// it is so already.
    ///
    /// A later call takes the place of an earlier one that has not been answered.
    public func requestCommit(notifying token: UInt64, at entry: UInt64) {
        requestCommit(awaiting: (entry, token))
    }

    /// Data that may wait while others are written.
    private static let backlogBytes = 1 << 20

    private func requestCommit(awaiting: (entry: UInt64, token: UInt64)?) {
        let isFirst = staging.withLock { staging in
            defer { staging.isCommitRequested = true }
            staging.awaited = awaiting ?? staging.awaited
            return !staging.isCommitRequested
        }
        if isFirst { queue.async { self.writeStaged() } }
    }

    /// Stages a line and commits it.
    ///
    /// - Returns: number and hash of the last line committed: this one, or one behind it.
    /// - Throws: as `stage` and `commit`.
    @discardableResult
    public func append(
        _ type: AuditLineType, at time: Timestamp, _ data: (inout JSONWriter) -> Void
    ) throws(AuditError) -> AuditReceipt {
        try stage(type, at: time, data)
        try commit()
        return head
    }

    /// Covers the newest lines by a checkpoint if the oldest of them has waited long enough; for a timer.
    public func checkpointIfDue(at time: Timestamp) {
        staging.withLock { staging in
            guard staging.outage == nil, !staging.isClosing else { return }
            staging.intake.addCheckpoint(at: time)
            staged.wrappingAdd(1, ordering: .releasing)
        }
        requestCommit()
    }

    // MARK: The end

    /// Covers everything by a checkpoint, makes it durable, ends the writing and gives the directory free: every later
    /// `stage` throws.
    ///
    /// - Throws: `unavailable` when the last write or `fsync` fails; nothing when the log had failed before.
    public func close() throws(AuditError) {
        defer { lock.release() }
        let hasFailed = staging.withLock { staging in
            staging.isClosing = true
            return staging.outage != nil
        }
        guard !hasFailed else { return }
        queue.sync {
            writeStaged(isLast: true)
            end()
        }
        // What did not reach the files must not be attested.
        if !publishesContinuously, outage == .closed {
            queue.sync {
                if let note = composer.newestCheckpoint { notes.publish(note, segment: files.path) }
            }
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

    /// - Parameter isLast: whether nothing comes behind it: a checkpoint then covers everything.
    private func writeStaged(isLast: Bool = false) {
        let (isWorking, entries) = staging.withLock { staging in
            staging.isCommitRequested = false
            swap(&taken, &staging.intake)
            return (staging.outage == nil, staged.load(ordering: .relaxed))
        }
        defer {
            taken.removeAll()
            composer.pending.removeAll()
        }
        guard isWorking else { return }
        let unsaid = addTaken()
        if isLast { composer.checkpoint(at: composer.lastTime) }
        if !composer.pending.isEmpty {
            do throws(AuditOutage) {
                try files.write(composer.pending)
                if durability == .disk { try synchronize() }
            } catch {
                fail(error)
                return
            }
            noteRoom()
            if publishesContinuously, let checkpoint = composer.pending.checkpoint {
                notes.publish(checkpoint, segment: files.path)
            }
        }
        if let unsaid { return fail(.unsayable(unsaid)) }
        noteCommit(entries)
    }

    /// - Returns: why a record could not be put into words, behind what stood before it.
    private func addTaken() -> AuditError? {
        do throws(AuditError) {
            try composer.add(taken)
            return nil
        } catch {
            return error
        }
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
    private func noteCommit(_ entries: UInt64) {
        let token = staging.withLockNotifying { staging -> UInt64? in
            staging.committed = AuditProgress(composer)
            staging.committedEntries = entries
            guard let awaited = staging.awaited, awaited.entry <= entries else { return nil }
            staging.awaited = nil
            return awaited.token
        }
        committed.store(entries, ordering: .releasing)
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
