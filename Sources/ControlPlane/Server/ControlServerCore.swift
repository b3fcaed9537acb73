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
    /// From `start` until the last connection of a stop is closed.
    private(set) var loop: EventLoop?
    private var file: ControlSocketFile?
    private var listener: EventLoop.Registration?
    /// Nobody is accepted for want of descriptors or memory.
    private var isExhausted = false
    private var timer: SwitchableTimer?
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

    /// Who forgot to stop the server shall at least not leave its thread behind.
    deinit { loop?.stop() }

    /// Makes the socket and listens.
    func start(path: String, group: gid_t?) throws(ControlServerError) {
        guard case .new = phase else { throw .notStartable }
        let file = try ControlSocketFile.make(path: path, group: group)
        do throws(SystemError) {
            try listen(at: file)
        } catch {
            file.close()
            throw .system(error)
        }
        self.file = file
        timer = makeTimer()
        phase = .running
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
        acceptAgain()
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

    /// Ends a connection and gives its place and its descriptor back.
    func drop(_ client: ClientConnection) {
        guard clients.removeValue(forKey: client.id) != nil else { return }
        admission.leave(client.id)
        client.close()
        acceptAgain()
        updateTimer()
        finishStopIfIdle()
    }

    /// Without clients the server wakes nobody.
    func updateTimer() {
        if case .stopping = phase {
            timer?.switch(on: true)
        } else {
            timer?.switch(on: !clients.isEmpty || !pending.isEmpty || isExhausted)
        }
    }

    /// Gives the loop's thread to who stopped the server and waits for it.
    func takeLoop() -> EventLoop? {
        defer { loop = nil }
        return loop
    }

    private func listen(at file: ControlSocketFile) throws(SystemError) {
        let loop = try EventLoop(name: "control.sockets", queue: queue, isHurried: true)
        do throws(SystemError) {
            // Urgent, as somebody who connects may do so to engage.
            listener = try loop.register(file.listener, for: .read, isUrgent: true) { [weak self] _ in
                self?.acceptWaiting()
            }
            self.loop = loop
        } catch {
            loop.stop()
            throw error
        }
    }

    private func acceptWaiting() {
        guard let file else { return }
        // Few, so that a flood of connections leaves room for requests, urgent ones above all.
        for _ in 0..<4 {
            let number = tradingd_accept(file.listener)
            if number >= 0 {
                welcome(OwnedDescriptor(number))
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR && errno != ECONNABORTED {
                dispatcher.count(\.failedAccepts)
                return pauseAccepting()
            }
        }
    }

    /// Out of descriptors or memory: trying again at once would spin. The next tick, or a client that goes, makes
    /// the next attempt.
    private func pauseAccepting() {
        guard let listener else { return }
        isExhausted = true
        loop?.setInterest([], of: listener)
        updateTimer()
    }

    private func acceptAgain() {
        guard isExhausted, let listener else { return }
        isExhausted = false
        loop?.setInterest(.read, of: listener)
    }

    private func beginStop() {
        phase = .stopping(deadline: clock() + limits.stop.clampedNanoseconds)
        dispatcher.isStopping = true
        if let listener { loop?.unregister(listener) }
        listener = nil
        file?.close()
        for client in clients.values { finishServing(client) }
        updateTimer()
        finishStopIfIdle()
    }

    private func abandonEverything() {
        for entry in pending.values where !entry.isAnswered {
            guard let client = clients[entry.client] else { continue }
            for id in entry.call.ids {
                client.state.send(RPCAnswer.error(.shuttingDown, id: id), now: clock())
            }
            deliver(client)
        }
        for client in clients.values { drop(client) }
    }

    private func finishStopIfIdle() {
        if clients.isEmpty, case .stopping = phase { finishStop() }
    }

    private func finishStop() {
        phase = .stopped
        timer = nil
        loop?.stop()
        file = nil
        pending = [:]
        for completion in completions { completion() }
        completions = []
    }

    private func makeTimer() -> SwitchableTimer {
        SwitchableTimer(every: .milliseconds(250), leeway: .milliseconds(100), queue: queue) {
            [weak self] in
            guard let self else { return }
            tick(now: clock())
        }
    }
}
