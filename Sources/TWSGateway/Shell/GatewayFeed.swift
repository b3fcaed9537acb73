import Dispatch
import MarketData
import TradingModel

/// What the markets of a gateway do.
public enum GatewayFeed: Sendable {
    /// A simulation from a seed, of these instruments, at about so many events a second of all together.
    case simulator(seed: UInt64, instruments: [GatewayInstrument], eventsPerSecond: Int)
    /// A recording; instruments by the name they have in it, or else by their local symbol.
    case recording(files: [String], speed: ReplaySpeed, repeats: Int, names: [String: SymbolID])

    /// A feed that is not yet started.
    ///
    /// - Returns: `nil` where there is nothing to simulate.
    func open(
        into sink: GatewaySink, report: @escaping @Sendable (GatewayNote) -> Void
    ) throws(GatewayError) -> (any Feed)? {
        let queue = DispatchQueue(label: "tradingd.gateway.feed")
        let onEnd: @Sendable (FeedEnd) -> Void = { end in
            switch end {
            case .finished:
                report(GatewayNote(session: nil, text: "the recording is over; the market stands still"))
            case .failed(let reason):
                report(GatewayNote(session: nil, text: "the recording failed: \(reason)"))
            case .stopped: break
            }
        }
        switch self {
        case .simulator(let seed, let instruments, let rate):
            guard !instruments.isEmpty else { return nil }
            let simulated = instruments.map {
                SimulatedInstrument(
                    symbol: $0.symbol, tickSize: $0.rule.increment(at: $0.startPrice), lotSize: $0.sizeStep,
                    startPrice: $0.startPrice)
            }
            let simulator = MarketSimulator(
                MarketSimulatorOptions(seed: seed, instruments: simulated, eventsPerSecond: rate))
            return SimulatorFeed(
                simulator: simulator, mode: .live(speed: .realTime), queue: queue, sink: sink, onEnd: { _ in }
            )
        case .recording(let files, let speed, let repeats, let names):
            var options = HistoricalLoaderOptions()
            options.repeats = repeats
            do throws(HistoricalLoaderError) {
                if let ticks = try Self.levelOne(files) {
                    return LevelOneReplayFeed(
                        ticks, repeats: repeats, speed: speed, queue: queue, onEnd: onEnd,
                        receive: { sink.accept($0, names) })
                }
                let loader = try HistoricalLoader(files: files, options: options)
                return ReplayFeed(
                    loader: loader, speed: speed, queue: queue, sink: RenamingSink(sink, names),
                    onEnd: onEnd)
            } catch {
                throw .recording(error)
            }
        }
    }
}

extension GatewayFeed {
    /// The ticks of recordings of level 1, by time; `nil` for recordings of events.
    ///
    /// - Throws: also when there are both.
    private static func levelOne(
        _ files: [String]
    ) throws(HistoricalLoaderError) -> [RecordedLevelOneTick]? {
        var ticks: [RecordedLevelOneTick] = []
        var others = 0
        for file in files {
            guard let more = try LevelOneRecording.read(file) else {
                others += 1
                continue
            }
            guard others == 0 else { throw mixed(file) }
            ticks += more
        }
        guard !ticks.isEmpty else { return nil }
        guard others == 0 else { throw mixed(files.joined(separator: ", ")) }
        // By time, and in the order of the files within one moment: sorting is stable.
        return files.count == 1 ? ticks : ticks.sorted { $0.time < $1.time }
    }

    private static func mixed(_ file: String) -> HistoricalLoaderError {
        .header(
            MalformedRow(file: file, line: 1, reason: "ticks of level 1 are not played together with events"))
    }
}

/// Gives events the instrument that a name in a recording stands for.
private struct RenamingSink: EventSink {
    private let sink: GatewaySink
    private let names: [String: SymbolID]

    init(_ sink: GatewaySink, _ names: [String: SymbolID]) {
        self.sink = sink
        self.names = names
    }

    func accept(_ events: inout ContiguousArray<MarketEvent>) -> Bool {
        if !names.isEmpty {
            for index in events.indices {
                if let symbol = names[events[index].symbol.name] { events[index].symbol = symbol }
            }
        }
        return sink.accept(&events)
    }
}
