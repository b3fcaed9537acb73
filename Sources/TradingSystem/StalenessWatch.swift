import Configuration
import Dispatch
import MarketData
import Messaging
import Platform
import TradingModel

/// Watches a feed that does not know its own quality: tells the bus when quotes or ladder of an instrument in session fall
/// silent, and when they are heard again.
///
/// For feeds that run in real time; what counts is when an event arrived, not what its recording says.
final class StalenessWatch: EventSink {
    /// How often silence is looked for.
    private static let interval = DispatchTimeInterval.milliseconds(200)

    private let sink: SessionSink
    /// For what the watch itself says, whose times are real ones.
    private let statusSink: SessionSink
    private let monitor: Locked<StalenessMonitor>
    private let timer = Locked<(any DispatchSourceTimer)?>(nil)

    /// Watches from now on, until `end`.
    ///
    /// - Parameters:
    ///   - symbols: names of the instruments.
    ///   - queue: looks for silence; may wait for room in the bus.
    /// - Throws: `LaunchError.configuration` for hours that cannot be understood.
    init(
        _ settings: Settings, symbols: [String], session: TradingSession, sink: SessionSink,
        queue: DispatchQueue
    ) throws(LaunchError) {
        var options = StalenessMonitor.Options()
        options.staleAfter = settings.feed.staleAfter
        options.tradesStaleAfter = settings.feed.tradesStaleAfter
        options.source = .clock
        var instruments: [StalenessMonitor.Instrument] = []
        for name in symbols {
            guard let symbol = SymbolID(name) else { continue }
            var calendar = TradingCalendar.always
            if let hours = settings.feed.hours[name] { calendar = try .configured(hours, of: name) }
            instruments.append(StalenessMonitor.Instrument(symbol: symbol, calendar: calendar))
        }
        self.sink = sink
        statusSink = SessionSink(session, clock: .asRecorded, waits: true)
        monitor = Locked(StalenessMonitor(options, instruments: instruments, from: UTCClock.now()))
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
        timer.setEventHandler { [weak self] in self?.look() }
        timer.activate()
        self.timer.withLock { $0 = timer }
    }

    deinit { end() }

    /// Ends the watch.
    func end() { timer.withLock { $0 }?.cancel() }

    func accept(_ events: inout ContiguousArray<MarketEvent>) -> Bool {
        let now = UTCClock.now()
        var revived = monitor.withLock { monitor in
            var revived: ContiguousArray<MarketEvent> = []
            for event in events {
                var event = event
                event.receivedAt = now
                if let status = monitor.note(event) { revived.append(status) }
            }
            return revived
        }
        if !revived.isEmpty { _ = statusSink.accept(&revived) }
        return sink.accept(&events)
    }

    private func look() {
        let found = monitor.withLock { $0.poll(UTCClock.now()) }
        guard !found.isEmpty else { return }
        var events = ContiguousArray(found)
        _ = statusSink.accept(&events)
    }
}
