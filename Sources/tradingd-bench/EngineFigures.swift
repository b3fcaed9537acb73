import AllocationCounter
import Benchmarking
import CReference
import Dispatch
import Messaging
import OrderFlow
import TradingModel

/// The four engines over one stream of ticks, trades and row operations.
enum EngineFigures {
    private static let barInterval: Int64 = 60_000_000_000
    private static let tapeCapacity = 65_536

    /// Ours and C's form of one stream, small enough to stay in the cache as a feed's batches do.
    private struct Stream {
        let events: ContiguousArray<MarketEvent>
        let mirrored: [reference_event]
        let symbol: SymbolID
        /// How often it is played in one pass; times of later rounds lie before the newest bar and count in it.
        let rounds: Int

        init(_ events: ContiguousArray<MarketEvent>, _ symbol: SymbolID, rounds: Int) throws {
            self.events = events
            self.symbol = symbol
            self.rounds = rounds
            mirrored = events.compactMap(\.mirrored)
            guard mirrored.count == events.count else {
                throw BenchmarkFault("engines: an event has no form in C")
            }
        }

        var count: Int { rounds * events.count }
    }

    static func measure(_ bench: Bench) throws -> [Figure] {
        var market = try SimulatedEvents()
        let rounds = bench.plan.size(20, short: 2)
        let all = market.take(16_384) { $0.eventType != .domSnapshot }
        let trades = market.take(16_384) { $0.eventType == .trade }
        let stream = try Stream(all, market.symbol, rounds: rounds)
        let prints = try Stream(trades, market.symbol, rounds: rounds)
        return [
            try direct("engines_event", stream, bench), try direct("engines_trade", prints, bench),
            try throughBus(stream, bench), try tape(prints, bench),
        ]
    }

    /// The engines called by nothing but a loop.
    private static func direct(_ name: String, _ stream: Stream, _ bench: Bench) throws -> Figure {
        let times = try Duel.run(
            name, passes: bench.plan.passes, operations: stream.count,
            ours: { EngineState(fold(stream), stream.symbol) }, reference: { try foldInC(stream) })
        var figure = Figure(
            name, .nanoseconds, ours: times.ours, reference: times.reference, ratio: times.ratio,
            passes: bench.plan.passes)
        figure.details = [("allocations_per_event", steadyAllocations(stream.events))]
        return figure
    }

    /// The same through the bus, in batches as a feed hands them over.
    private static func throughBus(_ stream: Stream, _ bench: Bench) throws -> Figure {
        let batches = stream.events.batches(of: 256)
        let times = try Duel.run(
            "bus_fan_out", passes: bench.plan.passes, operations: stream.count,
            ours: { publish(batches, stream) }, reference: { try foldInC(stream) })
        var figure = Figure(
            "bus_fan_out", .nanoseconds, ours: times.ours, reference: times.reference, ratio: times.ratio,
            passes: bench.plan.passes)
        figure.details = [("allocations_per_event", steadyAllocations(batches, stream))]
        figure.notes = [
            "C: its engines without a bus; fan-out to 3 trivial engines is published as 7.6 ns in C"
        ]
        return figure
    }

    private static func tape(_ stream: Stream, _ bench: Bench) throws -> Figure {
        let times = try Duel.run(
            "tape_push", passes: bench.plan.passes, operations: stream.count,
            ours: {
                let totals = pushTape(stream)
                return [totals.volume.lowBits, UInt64(totals.trades), totals.notional.lowBits]
            },
            reference: {
                let state = try withEngines { engines in
                    for _ in 0..<stream.rounds {
                        reference_engines_push_tape(engines, stream.mirrored, stream.mirrored.count)
                    }
                }
                return [state.volume, state.trades, state.notional]
            })
        return Figure(
            "tape_push", .nanoseconds, ours: times.ours, reference: times.reference, ratio: times.ratio,
            passes: bench.plan.passes)
    }

    @inline(never)
    private static func fold(_ stream: Stream) -> OrderFlowEngines {
        var engines = OrderFlowEngines(
            options: OrderFlowOptions(barInterval: barInterval, tapeCapacity: tapeCapacity))
        var outbox = Outbox()
        for _ in 0..<stream.rounds {
            for event in stream.events { engines.handle(event, &outbox) }
        }
        return engines
    }

    @inline(never)
    private static func pushTape(_ stream: Stream) -> TapeTotals {
        var tape = TapeEngine(capacity: tapeCapacity)
        for _ in 0..<stream.rounds {
            for event in stream.events {
                if case .trade(let trade) = event.payload {
                    tape.add(trade, at: event.timestamp, feedSequence: event.feedSequence)
                }
            }
        }
        return tape.totals
    }

    private static func publish(_ batches: [ContiguousArray<MarketEvent>], _ stream: Stream) -> EngineState {
        let core = EnginesOnly(
            engines: OrderFlowEngines(
                options: OrderFlowOptions(barInterval: barInterval, tapeCapacity: tapeCapacity)))
        let bus = EventBus(core: core, queue: DispatchQueue(label: "bench.bus"))
        var filled: ContiguousArray<MarketEvent> = []
        for _ in 0..<stream.rounds {
            for batch in batches { bus.publish(batch, filling: &filled) }
        }
        defer { bus.stop() }
        return bus.query { EngineState($0.engines, stream.symbol) }
    }

    private static func foldInC(_ stream: Stream) throws -> EngineState {
        EngineState(
            try withEngines { engines in
                for _ in 0..<stream.rounds {
                    reference_engines_handle(engines, stream.mirrored, stream.mirrored.count)
                }
            })
    }

    private static func withEngines(_ body: (OpaquePointer) -> Void) throws -> reference_engine_state {
        guard let engines = reference_engines_create(barInterval, tapeCapacity) else {
            throw BenchmarkFault("engines: no memory")
        }
        defer { reference_engines_destroy(engines) }
        body(engines)
        return reference_engines_state(engines)
    }

    /// Blocks an event asks for once everything has grown: a second round of the same events, in one bar.
    private static func steadyAllocations(_ events: ContiguousArray<MarketEvent>) -> Double {
        var engines = OrderFlowEngines(
            options: OrderFlowOptions(barInterval: .max / 2, tapeCapacity: 1_024))
        var outbox = Outbox()
        for event in events { engines.handle(event, &outbox) }
        let before = allocation_counter_calls()
        for event in events { engines.handle(event, &outbox) }
        return Double(allocation_counter_calls() - before) / Double(events.count)
    }

    /// The same through the bus.
    private static func steadyAllocations(
        _ batches: [ContiguousArray<MarketEvent>], _ stream: Stream
    ) -> Double {
        let engines = OrderFlowEngines(
            options: OrderFlowOptions(barInterval: .max / 2, tapeCapacity: 1_024))
        let bus = EventBus(core: EnginesOnly(engines: engines), queue: DispatchQueue(label: "bench.bus"))
        defer { bus.stop() }
        var filled: ContiguousArray<MarketEvent> = []
        for batch in batches { bus.publish(batch, filling: &filled) }
        let before = allocation_counter_calls()
        for batch in batches { bus.publish(batch, filling: &filled) }
        return Double(allocation_counter_calls() - before) / Double(stream.events.count)
    }
}

/// A core that is nothing but the engines.
private struct EnginesOnly: EventCore {
    var engines: OrderFlowEngines

    mutating func handle(_ event: MarketEvent, _ outbox: inout Outbox) { engines.handle(event, &outbox) }
}

extension EventBus {
    /// Publishes a batch as a feed does, which fills one array again and again.
    func publish(
        _ batch: ContiguousArray<MarketEvent>, filling events: inout ContiguousArray<MarketEvent>
    ) {
        events.append(contentsOf: batch)
        publish(draining: &events, waiting: true)
    }
}

/// What the engines know at the end, comparable with C.
private struct EngineState: Equatable {
    let numbers: [UInt64]

    init(_ engines: OrderFlowEngines, _ symbol: SymbolID) {
        guard let flow = engines.flow(symbol) else {
            numbers = []
            return
        }
        let levels = flow.footprint.current?.levels ?? []
        numbers = [
            flow.delta.cumulativeDelta.lowBits, flow.tape.totals.volume.lowBits,
            flow.tape.totals.notional.lowBits,
            UInt64(flow.tape.totals.trades), UInt64(levels.count),
            levels.reduce(0) { $0 &+ $1.volume.lowBits }, flow.dom.ladder.sum,
        ]
    }

    init(_ state: reference_engine_state) {
        numbers = [
            state.cumulative_delta, state.volume, state.notional, state.trades, state.footprint_rows,
            state.footprint_volume, state.ladder,
        ]
    }
}

extension Volume {
    fileprivate var lowBits: UInt64 { UInt64(truncatingIfNeeded: rawValue) }
}

extension Money {
    fileprivate var lowBits: UInt64 { UInt64(truncatingIfNeeded: rawValue) }
}

extension ContiguousArray {
    /// The elements in arrays of so many.
    func batches(of size: Int) -> [ContiguousArray] {
        stride(from: 0, to: count, by: size).map { ContiguousArray(self[$0..<Swift.min($0 + size, count)]) }
    }
}

extension MarketEvent {
    /// The same for C; `nil` for kinds it has no form of.
    fileprivate var mirrored: reference_event? {
        var event = reference_event()
        event.time = timestamp.nanoseconds
        event.sequence = feedSequence
        switch payload {
        case .tick(let tick):
            event.price = tick.bid.rawValue
            event.ask = tick.ask.rawValue
            event.size = tick.bidSize?.rawValue ?? 0
            event.ask_size = tick.askSize?.rawValue ?? 0
        case .trade(let trade):
            event.kind = 1
            event.side = trade.aggressor == .buy ? 0 : trade.aggressor == .sell ? 1 : 2
            event.price = trade.price.rawValue
            event.size = trade.size.rawValue
        case .domDelta(let delta):
            event.kind = 2
            event.side = delta.side == .bid ? 0 : 1
            event.operation = delta.operation.rawValue
            event.position = delta.position
            event.price = delta.price.rawValue
            event.size = delta.size.rawValue
        default: return nil
        }
        return event
    }
}
