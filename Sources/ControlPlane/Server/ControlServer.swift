import Dispatch
import Glibc
import Platform

/// The daemon's control plane: JSON-RPC 2.0, one JSON text a line, on a Unix-domain socket.
///
/// Everything runs on the serial queue it is given, entered by the server's event loop when a socket is ready; no call
/// waits for a client. A slow, silent or dead client
/// costs its bounded buffers and its place, nothing else. Who starts a server stops it.
public final class ControlServer: Sendable {
    /// Where it listens.
    public let path: String

    private let group: gid_t?
    private let core: QueueConfined<ControlServerCore>
    private let sharedCounters: Locked<ControlCounters>

    /// Prepares a server; nothing is opened before `start`.
    ///
    /// - Parameters:
    ///   - path: of the socket, at most 107 bytes; its directory exists.
    ///   - group: owning group of the socket; `nil` keeps the process's.
    ///   - queue: serial; `tradingd.control`.
    ///   - roles: gives callers their role.
    ///   - work: serial; runs the handlers that may wait; `nil` makes one.
    ///   - handlers: by method; but for those that may wait they run on `queue`, and must not.
    ///   - observe: told what the audit wants to know, on `queue`.
    ///   - clock: monotonic nanoseconds.
    /// - Throws: `ControlServerError.registration`.
    public init(
        path: String, group: gid_t? = nil, queue: DispatchQueue, work: DispatchQueue? = nil,
        identity: DaemonIdentity,
        roles: RoleResolver, handlers: [String: RPCHandler], limits: ControlLimits = ControlLimits(),
        observe: @escaping @Sendable (ControlObservation) -> Void = { _ in },
        clock: @escaping @Sendable () -> UInt64 = { MonotonicClock.now() }
    ) throws(ControlServerError) {
        let counters = Locked(ControlCounters())
        let dispatcher: RPCDispatcher
        do throws(RPCRegistrationError) {
            dispatcher = try RPCDispatcher(
                identity: identity, handlers: handlers, limits: limits, counters: counters,
                work: work ?? DispatchQueue(label: "tradingd.queries"), observe: observe)
        } catch {
            throw .registration(error)
        }
        self.path = path
        self.group = group
        sharedCounters = counters
        core = QueueConfined(
            ControlServerCore(queue: queue, roles: roles, dispatcher: dispatcher, clock: clock), on: queue)
        core.async { [weak core] in $0.home = core }
    }

    /// Makes the socket and serves. Must not be called on the queue.
    ///
    /// - Throws: `alreadyServed` when a living daemon has the path, `pathTooLong`, `notASocket`, `system`.
    public func start() throws(ControlServerError) {
        let path = path
        let group = group
        try core.sync { core -> Result<Void, ControlServerError> in
            do throws(ControlServerError) {
                return .success(try core.start(path: path, group: group))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// Removes the socket, answers what is in flight, closes every connection. Returns when all is closed, at
    /// the latest after `ControlLimits.stop`. Must not be called on the queue.
    public func stop() {
        let isStopped = Locked(false)
        core.async { core in
            core.stop { isStopped.withLockNotifying { $0 = true } }
        }
        _ = isStopped.wait { $0 ? true : nil }
        core.sync { $0.takeLoop() }?.join()
    }

    /// Roles from now on, after a reload; for open connections, too.
    public func setRoles(_ roles: RoleResolver) {
        core.async { $0.setRoles(roles) }
    }

    /// What happened so far; from any thread, handlers included.
    public var counters: ControlCounters { sharedCounters.withLock { $0 } }

    /// Applies the deadlines that have passed at `now`; the server's own timer does so four times a second.
    func tick(now: UInt64) {
        core.sync { $0.tick(now: now) }
    }

    /// Connections at the moment.
    var clientCount: Int { core.sync { $0.clients.count } }
}
