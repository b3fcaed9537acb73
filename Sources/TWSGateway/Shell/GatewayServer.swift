import Dispatch
import Platform
import TWSProtocol
import TradingModel

/// The gateway with its sockets and timers; lives on the gateway's queue.
final class GatewayServer {
    /// Connections accepted before others have their turn.
    private static let acceptsAtOnce = 16
    /// Connections that the kernel keeps until they are accepted; it takes its own bound where that is lower.
    private static let backlog: Int32 = 1_024

    private(set) var core: GatewayCore
    /// Called once, when a client first subscribes to market data.
    var onFirstSubscription: (() -> Void)?
    private(set) var port: UInt16

    private let host: String
    private let loop: EventLoop
    private let clock = AnchoredClock()
    private let timer: any DispatchSourceTimer
    private let notes: NoteThread
    private var connections: [SessionID: ClientConnection] = [:]
    private var listener: TCPListener?
    private var listening: EventLoop.Registration?
    private var lastSession: UInt64 = 0
    private var isDelivering = false
    private(set) var isStopped = false
    /// When the port opens again, and until when connections are accepted without an answer; monotonic nanoseconds.
    private var closedUntil: UInt64?
    private var muteUntil: UInt64 = 0

    /// On the queue only, like everything else.
    init(
        _ core: GatewayCore, host: String, port: UInt16, queue: DispatchQueue, loop: EventLoop,
        notes: NoteThread
    ) {
        self.core = core
        self.host = host
        self.port = port
        self.loop = loop
        self.notes = notes
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [weak self] in self?.tick() }
        timer.activate()
    }

    /// UTC of the gateway.
    private var time: Timestamp { Timestamp(nanoseconds: clock.now()) }

    /// What happened so far, as one line of JSON.
    var statusText: String {
        core.counters.lostNotes = notes.dropped
        return core.statusText
    }

    /// Opens the port; the same one again after a restart.
    func listen() throws(SystemError) {
        let socket = try TCPListener(host: host, port: port, backlog: Self.backlog)
        listening = try loop.register(socket.descriptor, for: .read) { [weak self] _ in self?.accept() }
        port = socket.port
        core.port = port
        listener = consume socket
    }

    /// Closes the port; connections stay.
    private func stopListening() {
        if let listening { loop.unregister(listening) }
        listening = nil
        listener = nil
    }

    /// Closes everything; nothing happens afterwards.
    func stop() {
        isStopped = true
        timer.cancel()
        stopListening()
        for connection in connections.values { connection.close() }
        connections = [:]
    }

    /// Lets `body` change the core, and carries out what comes of it.
    func withCore<Result>(_ body: (inout GatewayCore, Timestamp) -> Result) -> Result {
        let result = body(&core, time)
        deliver()
        if onFirstSubscription != nil, core.subscriptionCounts != (0, 0, 0) { marketIsWanted() }
        return result
    }

    private func marketIsWanted() {
        let begin = onFirstSubscription
        onFirstSubscription = nil
        begin?()
    }

    // MARK: Connections

    private func accept() {
        for _ in 0..<Self.acceptsAtOnce {
            do throws(SystemError) {
                guard let socket = try listener?.accept() else { return }
                try admit(socket)
            } catch {
                // No descriptors left: the port rests for a moment, so that the loop does not spin.
                notes.post(GatewayNote(session: nil, text: "cannot accept: \(error)"))
                rest(100_000_000)
                return
            }
        }
    }

    private func admit(_ socket: consuming OwnedDescriptor) throws(SystemError) {
        let session = SessionID(lastSession + 1)
        guard core.opened(session, at: time) else { return deliver() }
        lastSession += 1
        do throws(SystemError) {
            connections[session] = try ClientConnection(
                session, socket: socket, bound: OutputBound(core.options.limits), loop: loop
            ) { [weak self] ready in self?.isReady(session, ready) }
        } catch {
            core.closed(session, at: time)
            throw error
        }
        let now = MonotonicClock.now()
        if muteUntil > now {
            core.silence(session, for: Int64(muteUntil - now))
        }
        deliver()
    }

    private func isReady(_ session: SessionID, _ ready: EventLoop.Interest) {
        guard let connection = connections[session] else { return }
        if ready.contains(.read) {
            let goesOn = connection.receive()
            serve(connection)
            // What was asked before the end is still answered.
            if !goesOn, connections[session] != nil, connection.isGone { return end(connection) }
        }
        if connections[session] != nil { settle(connection) }
    }

    /// Hands the requests at hand to the core, one by one, while the session may speak.
    private func serve(_ connection: ClientConnection) {
        connection.isBeingServed = true
        defer { connection.isBeingServed = false }
        while connections[connection.session] != nil,
            connection.silenceEnd(now: MonotonicClock.now()) == nil,
            let input = connection.reader.next()
        {
            if let version = core.handle(input, from: connection.session, at: time) {
                connection.reader.agree(version)
            }
            deliver()
        }
    }

    /// Ends a connection from this side.
    private func end(_ connection: ClientConnection) {
        guard connections.removeValue(forKey: connection.session) != nil else { return }
        connection.close()
        core.closed(connection.session, at: time)
        deliver()
    }

    /// Writes what can be written, and lets a connection go that is to end.
    private func settle(_ connection: ClientConnection) {
        let fate = connection.flush(now: MonotonicClock.now())
        core.outbox.progressed(
            connection.session, written: connection.output.written, isHosing: connection.output.isHosing)
        switch fate {
        case .open: break
        case .ended: end(connection)
        case .overrun:
            core.overran(connection.session)
            end(connection)
        }
    }

    // MARK: What the core wants

    /// Hands out what the core has to say, until it has nothing more to say.
    private func deliver() {
        guard !isDelivering else { return }
        isDelivering = true
        defer { isDelivering = false }
        repeat {
            let now = MonotonicClock.now()
            var touched: [ClientConnection] = []
            core.outbox.drain { session, effects, bytes, frames in
                guard let connection = connections[session] else { return }
                connection.take(effects, bytes, frames: frames, now: now)
                touched.append(connection)
            }
            for connection in touched where connections[connection.session] != nil { settle(connection) }
            for effect in core.takeServerEffects() { perform(effect) }
        } while core.outbox.hasWork || !core.serverEffects.isEmpty
        for note in core.takeNotes() { notes.post(note) }
        schedule()
    }

    private func perform(_ effect: ServerEffect) {
        switch effect {
        case .restart(let pause):
            for session in core.takeClosing() { connections.removeValue(forKey: session)?.close() }
            rest(pause)
        case .closePort(let pause): rest(pause)
        case .acceptMutely(let time): muteUntil = MonotonicClock.now() &+ UInt64(max(0, time))
        }
    }

    /// Closes the port for so many nanoseconds.
    private func rest(_ pause: Int64) {
        stopListening()
        // What closes it shorter must not open it again too early.
        closedUntil = max(closedUntil ?? 0, MonotonicClock.now() &+ UInt64(max(0, pause)))
        schedule()
    }

    // MARK: Time

    private func schedule() {
        let now = MonotonicClock.now()
        var waits: [UInt64] = connections.values.compactMap { $0.nextDeadline(now: now) }.map {
            $0 - min($0, now)
        }
        if let deadline = core.nextDeadline { waits.append(UInt64(max(0, deadline.since(time)))) }
        if let closedUntil { waits.append(closedUntil > now ? closedUntil - now : 0) }
        guard let wait = waits.min() else { return timer.schedule(deadline: .distantFuture) }
        // An hour at most: what is later is asked for again then.
        let nanoseconds = Int(min(wait, 3_600_000_000_000))
        timer.schedule(deadline: .now() + .nanoseconds(nanoseconds), leeway: .milliseconds(1))
    }

    private func tick() {
        core.advance(to: time)
        openAgain()
        for connection in connections.values.sorted(by: { $0.session < $1.session })
        where connection.silenceEnd(now: MonotonicClock.now()) == nil {
            serve(connection)
            if connections[connection.session] != nil { settle(connection) }
        }
        deliver()
    }

    private func openAgain() {
        guard let until = closedUntil, until <= MonotonicClock.now() else { return }
        closedUntil = nil
        do throws(SystemError) {
            try listen()
        } catch {
            notes.post(GatewayNote(session: nil, text: "cannot open the port again: \(error)"))
            rest(1_000_000_000)
        }
    }
}
