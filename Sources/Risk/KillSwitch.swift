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
    }

    /// Version of the state file.
    static let format = "tradingd.killswitch/1"

    private let path: String?
    private let latch: Atomic<Bool>
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

    /// The state with its history.
    public var state: KillSwitchState { content.withLock { $0.state } }

    /// Adds a listener; it is not told of the state as it stands.
    public func addListener(_ listener: @escaping Listener) { listeners.withLock { $0.append(listener) } }

    /// Engages. Idempotent: an engaged switch keeps its first actor and reason, and is written again if the file is
    /// not up to date.
    public func engage(by actor: String, reason: String, at now: Timestamp) -> KillSwitchChange {
        // Before the lock: nothing that holds it can keep the latch from closing.
        latch.store(true, ordering: .releasing)
        return content.withLock { content in
            latch.store(true, ordering: .releasing)
            let hasChanged = !content.state.isEngaged
            if hasChanged {
                content.state = KillSwitchState(isEngaged: true, actor: actor, reason: reason, since: now)
                content.isPersisted = false
                notify(content.state)
            }
            if !content.isPersisted { content.isPersisted = persist(content.state) }
            return KillSwitchChange(
                state: content.state, hasChanged: hasChanged, isPersisted: content.isPersisted)
        }
    }

    /// Releases, once the file says so: a release that cannot be written does not happen.
    public func release(by actor: String, reason: String, at now: Timestamp) -> KillSwitchChange {
        content.withLock { content in
            guard content.state.isEngaged else {
                return KillSwitchChange(
                    state: content.state, hasChanged: false, isPersisted: content.isPersisted)
            }
            let released = KillSwitchState(isEngaged: false, actor: actor, reason: reason, since: now)
            guard persist(released) else {
                return KillSwitchChange(state: content.state, hasChanged: false, isPersisted: false)
            }
            content = Content(state: released, isPersisted: true)
            latch.store(false, ordering: .releasing)
            notify(released)
            return KillSwitchChange(state: released, hasChanged: true, isPersisted: true)
        }
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
