import CLinux
import Dispatch
import Glibc
import Platform

/// The server's state and its life; everything here runs on the control queue.
final class ControlServerCore {
    /// A deferred call that has no result yet.
    struct PendingEntry {
        let client: UInt64
        let call: PendingCall
        let deadline: UInt64
        var isAnswered = false
    }

    enum Phase {
        case new, running
        case stopping(deadline: UInt64)
        case stopped
    }

    let queue: DispatchQueue
    let limits: ControlLimits
    let clock: @Sendable () -> UInt64
    private(set) var roles: RoleResolver
    var dispatcher: RPCDispatcher
    var admission: ConnectionAdmission
    var clients: [UInt64: ClientConnection] = [:]
    var pending: [UInt64: PendingEntry] = [:]
    var buffer = [UInt8](repeating: 0, count: 65_536)
    /// The way back to this queue for answers that come from elsewhere.
    weak var home: QueueConfined<ControlServerCore>?

    private(set) var phase = Phase.new
    private var file: ControlSocketFile?
    private var listener: SwitchableSource?
    private var timer: SwitchableSource?
    private var openSockets = 0
    private var lastNumber: UInt64 = 0
    private var completions: [@Sendable () -> Void] = []

    init(
        queue: DispatchQueue, roles: RoleResolver, dispatcher: RPCDispatcher,
        clock: @escaping @Sendable () -> UInt64
    ) {
        self.queue = queue
        self.roles = roles
        self.dispatcher = dispatcher
        self.clock = clock
        limits = dispatcher.limits
        admission = ConnectionAdmission(limits: limits)
    }

    /// Makes the socket and listens.
    func start(path: String, group: gid_t?) throws(ControlServerError) {
        guard case .new = phase else { throw .notStartable }
        let file = try ControlSocketFile.make(path: path, group: group)
        let source = DispatchSource.makeReadSource(fileDescriptor: file.listener, queue: queue)
        listener = SwitchableSource(source) { [weak self] in self?.acceptWaiting() }
        timer = makeTimer()
        openSockets = 1
        self.file = file
        phase = .running
        listener?.switch(on: true)
    }

    /// Accepts nobody and serves nothing more; answers in flight have until the deadline.
    func stop(completion: @escaping @Sendable () -> Void) {
        completions.append(completion)
        switch phase {
        case .new, .stopped: finishStop()
        case .stopping: return
        case .running: beginStop()
        }
    }

    /// Applies every deadline that has passed at `now`.
    func tick(now: UInt64) {
        listener?.switch(on: true)
        expirePending(now: now)
        for client in clients.values { expire(client, now: now) }
        if case .stopping(let deadline) = phase, now >= deadline { abandonEverything() }
        updateTimer()
    }

    /// New rules for roles; they hold for the connections that are open, too.
    func setRoles(_ roles: RoleResolver) {
        self.roles = roles
        for client in clients.values {
            let peer = client.caller.peer
            client.caller = Caller(peer: peer, role: roles.role(of: peer))
        }
    }

    /// A number that was never used before.
    func newNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    /// Ends a connection and gives its place back.
    func drop(_ client: ClientConnection) {
        guard clients.removeValue(forKey: client.id) != nil else { return }
        admission.leave(client.id)
        client.close { [weak self] in self?.socketClosed() }
        updateTimer()
    }

    /// Counts a socket that `drop` must close.
    func socketOpened() {
        openSockets += 1
        updateTimer()
    }

    private func acceptWaiting() {
        guard let file else { return }
        // Bounded, so that a flood of connections leaves room for requests.
        for _ in 0..<64 {
            let number = tradingd_accept(file.listener)
            if number >= 0 {
                welcome(OwnedDescriptor(number))
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR && errno != ECONNABORTED {
                // Out of descriptors or memory: trying again at once would spin. The next tick tries.
                dispatcher.count(\.failedAccepts)
                listener?.switch(on: false)
                timer?.switch(on: true)
                return
            }
        }
    }

    private func beginStop() {
        phase = .stopping(deadline: clock() + limits.stop.clampedNanoseconds)
        dispatcher.isStopping = true
        file?.remove()
        let descriptor = file?.listener ?? -1
        listener?.cancel { [weak self] in
            close(descriptor)
            self?.socketClosed()
        }
        listener = nil
        for client in clients.values { finishServing(client) }
        updateTimer()
    }

    private func abandonEverything() {
        for entry in pending.values where !entry.isAnswered {
            guard let client = clients[entry.client] else { continue }
            client.state.send(RPCAnswer.error(.shuttingDown, id: entry.call.id), now: clock())
            deliver(client)
        }
        for client in clients.values { drop(client) }
    }

    private func socketClosed() {
        openSockets -= 1
        if openSockets == 0, case .stopping = phase { finishStop() }
    }

    private func finishStop() {
        phase = .stopped
        timer?.cancel()
        timer = nil
        file = nil
        pending = [:]
        for completion in completions { completion() }
        completions = []
    }

    private func makeTimer() -> SwitchableSource {
        let source = DispatchSource.makeTimerSource(queue: queue)
        source.schedule(deadline: .now(), repeating: .milliseconds(250), leeway: .milliseconds(100))
        return SwitchableSource(source) { [weak self] in
            guard let self else { return }
            tick(now: clock())
        }
    }

    /// Without clients the server wakes nobody.
    private func updateTimer() {
        if case .stopping = phase {
            timer?.switch(on: true)
        } else {
            timer?.switch(on: !clients.isEmpty || !pending.isEmpty)
        }
    }
}
