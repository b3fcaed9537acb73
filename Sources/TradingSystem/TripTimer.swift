import Configuration
import Dispatch
import Execution
import Messaging
import Platform
import Risk
import TradingModel

/// Tells a live session the time where trips, or cancels of a kill, wait for it in silence, and sees how long the bus takes
/// to get to somebody.
///
/// A time is told as an external event, so that a recorded session has it; nothing is told while nothing waits.
final class TripTimer: Sendable {
    /// The timer's number in its events.
    static let id: UInt32 = 1
    private static let interval = DispatchTimeInterval.seconds(1)

    private let session: TradingSession
    private let lag: Int64
    private let timer = Locked<(any DispatchSourceTimer)?>(nil)
    private let clock: Locked<ClockLook>
    private let taps: TapWatch

    /// Looks at once, as orders may wait for the first word of the clock, and every second from now on, until `end`.
    ///
    /// - Parameters:
    ///   - queue: may wait for the bus.
    ///   - taps: those who observe the bus.
    init(
        _ session: TradingSession, queue: DispatchQueue, taps: @escaping @Sendable () -> [EventTap]
    ) {
        self.session = session
        self.taps = TapWatch(session, taps)
        let trips = session.settings.risk.trips
        lag = trips.lag
        clock = Locked(ClockLook(most: session.clockTolerance, stepLimit: trips.clockStep))
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now(), repeating: Self.interval)
        timer.setEventHandler { [weak self] in self?.look() }
        timer.activate()
        self.timer.withLock { $0 = timer }
    }

    deinit { end() }

    /// Ends it.
    func end() { timer.withLock { $0 }?.cancel() }

    private func look() {
        guard session.gate.withLock({ $0.isOpen && !$0.isEnding }) else { return }
        if session.watchesClock { lookAtClock() }
        taps.look()
        let bus = session.bus
        let depth = bus.depth
        let start = MonotonicClock.now()
        let waits = bus.query { $0.risk.trips.waitsForTime || $0.execution.waitsForTime }
        judge(
            BusLoad(
                depth: depth, capacity: bus.capacity, waited: Int64(clamping: MonotonicClock.now() - start)))
        guard waits else { return }
        let now = UTCClock.now()
        bus.publish(
            MarketEvent(
                timestamp: now, receivedAt: now, symbol: .none, source: .clock,
                payload: .timer(TimerFired(id: Self.id, dueAt: now))))
    }

    private func lookAtClock() {
        let quality = ClockQuality.read()
        let seen = clock.withLock {
            $0.look(quality, wall: AnchoredClock.wallNanoseconds(), anchored: UTCClock.anchored.now())
        }
        if let seen { session.publish(seen, at: UTCClock.now()) }
    }

    private func judge(_ load: BusLoad) {
        guard session.mode == .ibkr, let fault = load.fault(lag: lag) else { return }
        session.trip(.latency, fault)
    }
}
