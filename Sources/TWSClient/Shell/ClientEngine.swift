import Dispatch
import Platform
import TWSProtocol
import TradingModel

/// The session with its socket, timers and listeners; lives on the client's queue.
///
/// A listener may do anything while it is called, such as open streams, place orders from the core that its events reach, or
/// stop the client. So nothing of this type is being changed during a call, and what follows from the call is carried out
/// after it.
final class ClientEngine {
    /// Answers of listeners to notices that are followed up at once; what comes of later ones waits for the next tick.
    private static let roundsAtOnce = 16
    /// Time between two ticks.
    private static let tickInterval = DispatchTimeInterval.milliseconds(100)

    let options: ClientOptions
    let lane: OutgoingLane
    let orderIDs: OrderIDs
    var core: SessionCore
    var table: StreamTable
    var intake = MarketIntake()
    var market: (any MarketDataListener)?
    var orders: (any OrderListener)?
    var socket: ClientSocket?
    /// UTC of what is being told.
    var time = Timestamp.zero
    /// The stream table may have something to ask for; the lane something to write.
    var needsPoll = false
    var needsDrain = false
    /// Messages of a read were handed over, its end was not told.
    var isReadOpen = false
    var notes = NoteGate()
    var unsent = 0
    var errors: UInt64 = 0
    var refill = OrderIDRefill()
    /// Why no order ids could be marked, as it was told.
    var orderIDFault: SystemError?
    /// Addresses of the host's name, one after the other.
    var addresses: [String] = []

    let clock: AnchoredClock
    let lookup: HostLookup
    let loop: EventLoop
    let link: ClientLink
    let resets: ResetCalendar
    let onNote: @Sendable (ClientNote) -> Void
    private let mark: QueueMark
    private let shown: Locked<ClientStatus>
    private let ticker: any DispatchSourceTimer
    let drainTimer: any DispatchSourceTimer
    /// A listener is being called, or effects are being carried out: more must wait.
    private var isBusy = false
    private(set) var isStopped = false

    /// What a client is made of.
    struct Parts {
        var options: ClientOptions
        var queue: DispatchQueue
        var clock: AnchoredClock
        var loop: EventLoop
        var lane: OutgoingLane
        var orderIDs: OrderIDs
        var link: ClientLink
        var mark: QueueMark
        var shown: Locked<ClientStatus>
        var onNote: @Sendable (ClientNote) -> Void
    }

    init(_ parts: Parts) {
        options = parts.options
        lane = parts.lane
        orderIDs = parts.orderIDs
        core = SessionCore(parts.options)
        table = StreamTable(options: parts.options)
        clock = parts.clock
        loop = parts.loop
        link = parts.link
        resets = ResetCalendar(parts.options.region)
        onNote = parts.onNote
        mark = parts.mark
        shown = parts.shown
        lookup = HostLookup(host: parts.options.host)
        ticker = DispatchSource.makeTimerSource(queue: parts.queue)
        drainTimer = DispatchSource.makeTimerSource(queue: parts.queue)
        ticker.setEventHandler { [weak self] in self?.tick() }
        drainTimer.setEventHandler { [weak self] in self?.laneWaits() }
        ticker.activate()
        drainTimer.activate()
    }

    // MARK: Turns

    /// Somebody wants the session.
    func start(market: any MarketDataListener, orders: any OrderListener) {
        guard !isStopped, self.market == nil else { return }
        self.market = market
        self.orders = orders
        ticker.schedule(deadline: .now() + Self.tickInterval, repeating: Self.tickInterval)
        turn { now in
            refillBeforeConnecting()
            noteMissingZones(now)
            core.begin(now)
        }
    }

    /// Nobody wants it any more; nothing happens afterwards.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        ticker.cancel()
        drainTimer.cancel()
        turn { core.stop($0) }
    }

    /// The streams that are wanted change.
    func withTable<Result>(_ body: (inout StreamTable) -> Result) -> Result {
        let result = body(&table)
        needsPoll = true
        turn { _ in }
        return result
    }

    /// Somebody who follows orders asks for a comparison; the next tick looks whether it is due.
    func doubtBooks(_ reason: String) { core.doubt.raise(reason) }

    /// There is something to write, or the pace allows more.
    func laneWaits() {
        needsDrain = true
        turn { _ in }
    }

    /// The name of the host is looked up, or not.
    func lookedUp(_ outcome: HostLookup.Outcome, attempt: Int, port: UInt16) {
        lookup.ended()
        if case .success(let found) = outcome { addresses = found }
        guard !isStopped, core.state == .connecting, core.attempts == attempt else { return }
        turn { now in
            switch outcome {
            case .success(let found):
                open(found[attempt % found.count], port: port, now)
            case .failure(let failure): core.socketLost(failure, now)
            }
        }
    }

    private func tick() {
        guard !isStopped else { return }
        turn { now in
            // An answer may wait in the socket while we were kept from reading it.
            if core.heartbeat.isDead(now), core.state.isUp { receive() }
            core.tick(now)
            refillOrderIDs(now)
            (needsPoll, needsDrain) = (true, true)
        }
        turn { _ in
            tell { engine in
                engine.market?.timePassed(engine.time)
                engine.orders?.timePassed(engine.time)
            }
        }
        publish()
    }

    /// The socket is ready.
    func isReady(_ ready: EventLoop.Interest) {
        let before = mark.enter()
        defer { mark.leave(before) }
        if core.state == .connecting {
            finishConnecting()
        } else {
            if ready.contains(.write) { needsDrain = true }
            if ready.contains(.read) { receive() }
        }
        settle(MonotonicClock.now())
    }

    /// Lets `body` change something, and does what follows from it.
    private func turn(_ body: (UInt64) -> Void) {
        let before = mark.enter()
        defer { mark.leave(before) }
        let now = MonotonicClock.now()
        // A call from a listener is a part of the turn that called it.
        if !isBusy { time = Timestamp(nanoseconds: clock.utc(at: now)) }
        body(now)
        settle(now)
    }

    /// Calls listeners; what they want from the client is done afterwards.
    func tell(_ body: (ClientEngine) -> Void) {
        let wasBusy = isBusy
        isBusy = true
        body(self)
        isBusy = wasBusy
    }

    /// Does everything that is to be done, until nothing is left.
    func settle(_ now: UInt64) {
        guard !isBusy else { return }
        isBusy = true
        defer { isBusy = false }
        carryOut(now)
        var rounds = 0
        while needsPoll || needsDrain, rounds < Self.roundsAtOnce {
            if needsPoll { serveStreams(now) }
            if needsDrain { drain(now) }
            carryOut(now)
            rounds += 1
        }
        if isStopped { letGo() }
    }

    private func carryOut(_ now: UInt64) {
        var effects = core.takeEffects()
        while !effects.isEmpty {
            for effect in effects { perform(effect, now) }
            effects = core.takeEffects()
        }
    }

    private func letGo() {
        market = nil
        orders = nil
        link.cut()
        publish()
    }

    // MARK: Status

    /// Shows how things stand to whoever asks.
    func publish() {
        let status = makeStatus(MonotonicClock.now())
        shown.withLock { $0 = status }
    }
}
