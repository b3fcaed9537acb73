import ExactJSON
import Platform
import Synchronization
import TradingModel

/// Whether the kill switch is engaged, by whom, why and since when.
public struct KillSwitchState: Sendable, Equatable {
    /// Engaged: no new order; working orders are cancelled.
    public var isEngaged: Bool
    /// Who set it, e.g. `uid:1000`; empty before the first use.
    public var actor: String
    /// Why, in the actor's words; may be empty.
    public var reason: String
    /// Since when.
    public var since: Timestamp

    /// A state.
    public init(isEngaged: Bool, actor: String = "", reason: String = "", since: Timestamp = .zero) {
        self.isEngaged = isEngaged
        self.actor = actor
        self.reason = reason
        self.since = since
    }
}

/// What an engage or release did.
public struct KillSwitchChange: Sendable, Equatable {
    /// The state now.
    public let state: KillSwitchState
    /// Whether the call changed it.
    public let hasChanged: Bool
    /// Whether the state is on disk; an engaged latch holds even when it is not.
    public let isPersisted: Bool
}

/// The kill switch: a latch in memory first, then everybody who listens, then a durable file.
///
/// Changes are serial: two that meet take effect one after the other, each with its listeners and its file. The state
/// survives restart, crash, reboot and mode changes. A file that cannot be read or understood means engaged.
public final class KillSwitch: Sendable {
    /// Called once the latch has changed, in the order of registration, on the caller's thread. It must not wait for
    /// anything: an engage is written to disk only afterwards.
    public typealias Listener = @Sendable (KillSwitchState) -> Void

    private struct Content {
        var state: KillSwitchState
        var isPersisted: Bool
        /// Whether this process has changed it.
        var isTouched = false
    }

    /// Version of the state file.
    static let format = "tradingd.killswitch/1"

    private let path: String?
    private let latch: Atomic<Bool>
    /// Held over a whole change, the disk included; whoever only looks takes `content`.
    private let changes = Locked(())
    private let content: Locked<Content>
    private let listeners = Locked<[Listener]>([])

    /// Reads the state file.
    ///
    /// - Parameter path: `nil` keeps the state in memory only; changes then say that they are not persisted.
    public init(path: String?) {
        let state = path.map(Self.load) ?? KillSwitchState(isEngaged: false)
        self.path = path
        latch = Atomic(state.isEngaged)
        content = Locked(Content(state: state, isPersisted: true))
    }

    /// Whether it is engaged; one atomic load.
    public var isEngaged: Bool { latch.load(ordering: .acquiring) }

    /// The state with its history. Does not wait for the disk.
    public var state: KillSwitchState { content.withLock { $0.state } }

    /// Whether the state is on disk. Does not wait for the disk.
    public var isPersisted: Bool { content.withLock { $0.isPersisted } }

    /// Adds a listener; it is not told of the state as it stands.
    public func addListener(_ listener: @escaping Listener) { listeners.withLock { $0.append(listener) } }

    /// Reads the file again, unless this process has changed the state: for the moment when no other daemon can write it
    /// any more.
    public func refresh() {
        guard let path else { return }
        changes.withLock { _ in
            let state = Self.load(path)
            content.withLock { content in
                guard !content.isTouched else { return }
                content.state = state
                latch.store(state.isEngaged, ordering: .releasing)
            }
        }
    }

    /// Engages. Idempotent: an engaged switch keeps its first actor and reason, and is written again if the file is
    /// not up to date.
    public func engage(by actor: String, reason: String, at now: Timestamp) -> KillSwitchChange {
        // Before any lock: nothing can keep the latch from closing.
        latch.store(true, ordering: .releasing)
        return changes.withLock { _ in
            latch.store(true, ordering: .releasing)
            let target = KillSwitchState(isEngaged: true, actor: actor, reason: reason, since: now)
            let hasChanged = content.withLock { content in
                content.isTouched = true
                guard !content.state.isEngaged else { return false }
                content.state = target
                content.isPersisted = false
                return true
            }
            if hasChanged { notify(target) }
            writeIfNeeded()
            return content.withLock { content in
                KillSwitchChange(
                    state: content.state, hasChanged: hasChanged, isPersisted: content.isPersisted)
            }
        }
    }

    /// Releases, once the file says so: a release that cannot be written does not happen.
    public func release(by actor: String, reason: String, at now: Timestamp) -> KillSwitchChange {
        changes.withLock { _ in
            let before = content.withLock { $0 }
            guard before.state.isEngaged else {
                return KillSwitchChange(
                    state: before.state, hasChanged: false, isPersisted: before.isPersisted)
            }
            let released = KillSwitchState(isEngaged: false, actor: actor, reason: reason, since: now)
            guard persist(released) else {
                // The file may say either; it has to say engaged again.
                content.withLock { $0.isPersisted = false }
                writeIfNeeded()
                return KillSwitchChange(state: before.state, hasChanged: false, isPersisted: false)
            }
            content.withLock { $0 = Content(state: released, isPersisted: true, isTouched: true) }
            latch.store(false, ordering: .releasing)
            notify(released)
            return KillSwitchChange(state: released, hasChanged: true, isPersisted: true)
        }
    }

    /// Writes a state that could not be written before.
    ///
    /// - Returns: whether the state is on disk now.
    @discardableResult
    public func persistPending() -> Bool {
        changes.withLock { _ in
            writeIfNeeded()
            return content.withLock { $0.isPersisted }
        }
    }

    /// Only within `changes`.
    private func writeIfNeeded() {
        let pending = content.withLock { $0.isPersisted ? nil : $0.state }
        guard let pending else { return }
        let isWritten = persist(pending)
        content.withLock { $0.isPersisted = isWritten }
    }

    private func notify(_ state: KillSwitchState) {
        for listener in listeners.withLock({ $0 }) { listener(state) }
    }

    // MARK: File

    private func persist(_ state: KillSwitchState) -> Bool {
        guard let path else { return false }
        do {
            try DurableFile.replace(path, with: Self.encode(state))
            return true
        } catch {
            return false
        }
    }

    private static func encode(_ state: KillSwitchState) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("v")
        json.string(format)
        json.key("engaged")
        json.bool(state.isEngaged)
        json.key("by")
        json.string(state.actor)
        json.key("reason")
        json.string(state.reason)
        json.key("at")
        json.timestamp(state.since)
        json.endObject()
        json.newline()
        return json.bytes
    }

    private static func load(_ path: String) -> KillSwitchState {
        let unreadable: String
        do {
            guard let bytes = try DurableFile.read(path, limit: 65_536) else {
                return KillSwitchState(isEngaged: false)
            }
            if let state = decode(try JSONParser.parse(bytes)) { return state }
            unreadable = "unknown version or missing fields"
        } catch {
            unreadable = "\(error)"
        }
        return KillSwitchState(
            isEngaged: true, actor: "startup", reason: "state-unreadable: \(path): \(unreadable)")
    }

    private static func decode(_ json: JSONValue) -> KillSwitchState? {
        guard json["v"]?.stringValue == format, let isEngaged = json["engaged"]?.boolValue,
            let actor = json["by"]?.stringValue, let reason = json["reason"]?.stringValue,
            let since = json["at"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        return KillSwitchState(isEngaged: isEngaged, actor: actor, reason: reason, since: since)
    }
}
