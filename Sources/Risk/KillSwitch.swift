import ExactJSON
import Platform
import Synchronization
import TradingModel

/// The kill switch: latches in memory first, then everybody who listens, then a durable file.
///
/// Changes are serial: two that meet take effect one after the other, each with its listeners. An engagement never waits
/// for the disk or for a release that does; one that comes while a release is being written wins. The state survives
/// restart, crash, reboot and mode changes. A file that cannot be read or understood means that everything is halted.
///
/// Locks are taken in this order: `disk`, `order`, `content`.
public final class KillSwitch: Sendable {
    /// Called once the latches have changed, in the order of registration, on the caller's thread. It must not wait for
    /// anything: an engagement is written to disk only afterwards.
    public typealias Listener = @Sendable (KillSwitchEvent) -> Void

    private struct Content {
        var state: KillSwitchState
        var isPersisted: Bool
        /// Changes made by this process.
        var changes: UInt64 = 0
        /// Engagements heard by this process, those that changed nothing too.
        var engagements: UInt64 = 0
        /// Engagements and releases of each scope.
        var generations: [KillScope: UInt64] = [:]

        mutating func heard(_ scope: KillScope) { generations[scope, default: 0] += 1 }
    }

    private let path: String?
    /// Replaces the file as a whole, durably.
    private let replace: @Sendable (String, [UInt8]) throws(SystemError) -> Void
    /// 0 where not everything is killed, else one more than the raw level: read without any lock.
    private let levelForAll: Atomic<UInt8>
    /// Held while the file is written.
    private let disk = Locked(())
    /// Held over a change and its listeners.
    private let order = Locked(())
    private let content: Locked<Content>
    private let listeners = Locked<[Listener]>([])

    /// Reads the state file.
    ///
    /// - Parameter path: `nil` keeps the state in memory only; changes then say that they are not persisted.
    public convenience init(path: String?) {
        self.init(path: path) { (path, bytes) throws(SystemError) in
            try DurableFile.replace(path, with: bytes)
        }
    }

    /// The same with another way to write, for tests.
    init(path: String?, replace: @escaping @Sendable (String, [UInt8]) throws(SystemError) -> Void) {
        self.replace = replace
        let state = path.flatMap(Self.load) ?? KillSwitchState()
        self.path = path
        levelForAll = Atomic(Self.number(state))
        content = Locked(Content(state: state, isPersisted: true))
    }

    /// Whether no order of anybody may be sent; one atomic load.
    public var isHalted: Bool { levelForAll.load(ordering: .acquiring) > KillLevel.halt.rawValue }

    /// Whether anything is killed.
    public var isEngaged: Bool { state.isEngaged }

    /// Every latch, and the newest change. Does not wait for the disk.
    public var state: KillSwitchState { content.withLock { $0.state } }

    /// Whether the state is on disk. Does not wait for the disk.
    public var isPersisted: Bool { content.withLock { $0.isPersisted } }

    /// How many engagements this process has heard, those that met a latch as strict too: who finds it unchanged knows that
    /// nobody has wanted a kill meanwhile.
    public var engagements: UInt64 { content.withLock { $0.engagements } }

    /// How often a scope has been engaged, be it in vain, or released by this process.
    public func generation(of scope: KillScope) -> UInt64 {
        content.withLock { $0.generations[scope] ?? 0 }
    }

    /// Adds a listener; it is not told of the state as it stands.
    public func addListener(_ listener: @escaping Listener) { listeners.withLock { $0.append(listener) } }

    // MARK: Start

    /// Makes the file where there is none, before anything else is written: from then on a missing file is a lost one. For
    /// a first start only.
    public func makeFirst() {
        guard let path else { return }
        disk.withLock {
            do {
                try DurableFile.makeDirectories(DurableFile.directoryName(path))
                // Another daemon that starts may have made it, and engaged: what is there stays.
                try DurableFile.create(path, with: KillSwitchFile.encode(KillSwitchState()))
            } catch {
                content.withLock { $0.isPersisted = false }
            }
        }
    }

    /// Reads the file again, unless this process has changed the state: for the moment when no other daemon can write it
    /// any more.
    ///
    /// - Parameter history: where it is known that the switch has been in use, such as lines of an audit log; a file that is
    ///   missing all the same means that everything is halted. `nil` for a first start.
    public func refresh(history: String? = nil) {
        guard let path else { return }
        disk.withLock {
            let loaded = Self.load(path)
            order.withLock {
                content.withLock { content in
                    guard content.changes == 0 else { return }
                    content.state =
                        loaded ?? history.map { KillSwitchFile.doubt("state-missing: \(path): \($0)") }
                        ?? KillSwitchState()
                    // What was doubted stays as it was found until somebody releases it.
                    content.isPersisted = loaded != nil || history != nil
                    levelForAll.store(Self.number(content.state), ordering: .releasing)
                }
            }
            writeIfNeeded()
        }
    }

    // MARK: Changes

    /// Latches in memory and tells everybody, without waiting for the disk: `persistPending` is to follow.
    ///
    /// Idempotent: a latch of the scope that is as strict keeps its actor and reason. It counts as an engagement all the
    /// same, which no release that has begun before survives.
    ///
    /// - Parameter isSequenced: whether the sequence of events tells it already.
    /// - Returns: whether it changed anything.
    @discardableResult
    public func latch(_ latch: KillLatch, isSequenced: Bool = false) -> Bool {
        counted(latch, isSequenced: isSequenced).hasChanged
    }

    /// The same.
    ///
    /// - Returns: whether it changed anything, and `engagements` with this one as the newest: a release that is given the
    ///   number fails once anybody else has engaged.
    public func counted(
        _ latch: KillLatch, isSequenced: Bool = false
    ) -> (hasChanged: Bool, engagements: UInt64) {
        // Before any lock: nothing can keep everything from being halted.
        if latch.scope == .all { levelForAll.max(latch.level.rawValue + 1, ordering: .acquiringAndReleasing) }
        return order.withLock {
            let (state, number): (KillSwitchState?, UInt64) = content.withLock { content in
                let hasChanged = content.state.latches.engage(latch)
                content.engagements += 1
                content.heard(latch.scope)
                levelForAll.store(Self.number(content.state), ordering: .releasing)
                guard hasChanged else { return (nil, content.engagements) }
                content.state.note(latch.actor, latch.reason, latch.since)
                content.changes += 1
                content.isPersisted = false
                return (content.state, content.engagements)
            }
            guard let state else { return (false, number) }
            tell(
                KillSwitchEvent(
                    latch: latch, isEngagement: true, scope: latch.scope, actor: latch.actor,
                    reason: latch.reason, time: latch.since, isSequenced: isSequenced, state: state))
            return (true, number)
        }
    }

    /// Does something while a latch is certain to hold: no release comes between.
    ///
    /// - Parameter body: must not wait for anything, nor change the switch.
    /// - Returns: whether the scope is killed at just that level, so that it was done.
    public func whileLatched(_ scope: KillScope, at level: KillLevel, _ body: () -> Void) -> Bool {
        order.withLock {
            guard state.latches.latch(scope)?.level == level else { return false }
            body()
            return true
        }
    }

    /// The strictest level that an order meets now; `nil` where none holds. From any thread, without waiting for the disk.
    public func level(_ strategy: StrategyID, _ symbol: SymbolID) -> KillLevel? {
        // Memory alone tells of a kill of everything that is still on its way through the locks.
        let forAll = levelForAll.load(ordering: .acquiring)
        let scoped = content.withLock { $0.state.latches.level(strategy, symbol) }
        guard forAll > 0, let least = KillLevel(rawValue: forAll - 1) else { return scoped }
        return scoped.map { max($0, least) } ?? least
    }

    /// Latches, tells everybody, and writes it down; written again if the file is not up to date.
    ///
    /// - Parameter isSequenced: whether the sequence of events tells it already.
    @discardableResult
    public func engage(
        _ level: KillLevel = .halt, _ scope: KillScope = .all, by actor: String, reason: String,
        at now: Timestamp, isSequenced: Bool = false
    ) -> KillSwitchChange {
        let hasChanged = latch(
            KillLatch(level, scope, actor: actor, reason: reason, since: now), isSequenced: isSequenced)
        persistPending()
        return change(hasChanged)
    }

    /// Lowers the latch of a scope or takes it away, once the file says so: a release that cannot be written does not happen,
    /// nor one during which somebody engages.
    ///
    /// - Parameters:
    ///   - level: what is left; `nil` for nothing.
    ///   - known: `engagements` from before it was checked that the release may be: one that has come since has not been looked
    ///     at, and holds. `nil` for those of the moment of the call.
    public func release(
        _ scope: KillScope = .all, to level: KillLevel? = nil, since known: UInt64? = nil, by actor: String,
        reason: String, at now: Timestamp
    ) -> KillSwitchChange {
        let known = known ?? engagements
        return disk.withLock {
            let before = content.withLock { $0 }
            guard before.engagements == known else { return change(false, isOvertaken: true) }
            var released = before.state
            guard released.latches.release(scope, to: level) else { return change(false) }
            released.note(actor, reason, now)
            let isWritten = persist(released)
            let isDone = order.withLock {
                let isDone = content.withLock { content in
                    // The file may say either, or has not heard of who engaged meanwhile.
                    content.isPersisted = false
                    guard isWritten, content.changes == before.changes, content.engagements == known else {
                        return false
                    }
                    content.state = released
                    content.isPersisted = true
                    content.changes += 1
                    content.heard(scope)
                    levelForAll.store(Self.number(released), ordering: .releasing)
                    return true
                }
                if isDone {
                    tell(
                        KillSwitchEvent(
                            latch: released.latches.latch(scope), isEngagement: false, scope: scope,
                            actor: actor, reason: reason, time: now, isSequenced: false, state: released))
                }
                return isDone
            }
            writeIfNeeded()
            return change(isDone, isOvertaken: !isDone && engagements != known)
        }
    }

    /// Writes a state that could not be written before.
    ///
    /// - Returns: whether the state is on disk now.
    @discardableResult
    public func persistPending() -> Bool {
        disk.withLock {
            writeIfNeeded()
            return content.withLock { $0.isPersisted }
        }
    }

    private func change(_ hasChanged: Bool, isOvertaken: Bool = false) -> KillSwitchChange {
        content.withLock {
            KillSwitchChange(
                state: $0.state, hasChanged: hasChanged, isPersisted: $0.isPersisted,
                isOvertaken: isOvertaken)
        }
    }

    private func tell(_ event: KillSwitchEvent) {
        for listener in listeners.withLock({ $0 }) { listener(event) }
    }

    private static func number(_ state: KillSwitchState) -> UInt8 {
        state.latches.forAll.map { $0.level.rawValue + 1 } ?? 0
    }

    // MARK: File

    /// Only within `disk`.
    private func writeIfNeeded() {
        let pending = content.withLock { $0.isPersisted ? nil : $0 }
        guard let pending else { return }
        let isWritten = persist(pending.state)
        content.withLock { content in
            // Whoever engaged meanwhile has yet to write, and waits to do so.
            if content.changes == pending.changes { content.isPersisted = isWritten }
        }
    }

    private func persist(_ state: KillSwitchState) -> Bool {
        guard let path else { return false }
        do {
            try replace(path, KillSwitchFile.encode(state))
            return true
        } catch {
            return false
        }
    }

    /// - Returns: `nil` when there is no file.
    private static func load(_ path: String) -> KillSwitchState? {
        let unreadable: String
        do {
            guard let bytes = try DurableFile.read(path, limit: KillSwitchFile.longest) else { return nil }
            if let state = KillSwitchFile.decode(try JSONParser.parse(bytes)) { return state }
            unreadable = "unknown version or missing fields"
        } catch {
            unreadable = "\(error)"
        }
        return KillSwitchFile.doubt("state-unreadable: \(path): \(unreadable)")
    }
}

extension KillSwitchState {
    fileprivate mutating func note(_ actor: String, _ reason: String, _ time: Timestamp) {
        self.actor = actor
        self.reason = reason
        changedAt = time
    }
}
