import AllocationCounter
import Audit
import Benchmarking
import Dispatch
import Messaging
import OrderFlow
import Risk
import TradingModel

/// What the trips cost the risk stage on every market event: all on against all off, with a position that is marked.
enum TripFigures {
    /// An event with the best bid and ask as they are after it.
    private struct Quoted: QuoteSource {
        let event: MarketEvent
        let quote: Tick?

        func top(_ symbol: SymbolID) -> Tick? { quote }
    }

    /// Between two events: 10,000 a second, so that windows slide.
    private static let step: Int64 = 100_000
    private static let start = Timestamp(nanoseconds: 1_767_571_200_000_000_000)

    static func measure(_ bench: Bench) throws -> [Figure] {
        let stream = try stream()
        let rounds = bench.plan.size(40, short: 2)
        let directory = bench.scratch.file("trips")
        let audit = try audit(directory)
        defer { Scratch.remove(directory) }
        var watching = try stage(.everything, audit, stream[0].event.symbol)
        var idle = try stage(.off, audit, stream[0].event.symbol)
        var times = (watching: start, idle: start)
        var outbox = Outbox()
        let duel = try Duel.run(
            "trips_event", passes: bench.plan.passes, operations: rounds * stream.count,
            ours: { play(stream, rounds, &watching, &times.watching, &outbox) },
            reference: { play(stream, rounds, &idle, &times.idle, &outbox) })
        var figure = Figure(
            "trips_event", .nanoseconds, ours: duel.ours, reference: duel.reference, ratio: duel.ratio,
            passes: bench.plan.passes)
        let before = allocation_counter_calls()
        let tripped = play(stream, rounds, &watching, &times.watching, &outbox)
        let allocations = allocation_counter_calls() - before
        figure.details = [("allocations_per_event", Double(allocations) / Double(rounds * stream.count))]
        figure.notes = ["the risk stage with every trip on; C: none, the same with all of them off"]
        if allocations > 0 { figure.fault = "\(allocations) allocations with every trip on" }
        if tripped > 0 { figure.fault = "\(tripped) trips have tripped" }
        return [figure]
    }

    /// - Returns: trips that have tripped.
    private static func play(
        _ stream: ContiguousArray<Quoted>, _ rounds: Int, _ stage: inout RiskStage, _ now: inout Timestamp,
        _ outbox: inout Outbox
    ) -> Int {
        var requests: ContiguousArray<OrderProposal> = []
        for _ in 0..<rounds {
            for quoted in stream {
                now = now.advanced(by: step)
                var event = quoted.event
                event.receivedAt = now
                stage.handle(event, requests: &requests, quotes: quoted, &outbox)
            }
        }
        return stage.trips.records.count
    }

    private static func stream() throws -> ContiguousArray<Quoted> {
        var market = try SimulatedEvents()
        let events = market.take(16_384) { $0.eventType != .domSnapshot }
        var engines = OrderFlowEngines(
            options: OrderFlowOptions(barInterval: .max / 2, tapeCapacity: 1_024))
        var outbox = Outbox()
        return ContiguousArray(
            events.map { event in
                engines.handle(event, &outbox)
                return Quoted(event: event, quote: engines.top(event.symbol))
            })
    }

    private static func stage(
        _ trips: TripLimits, _ audit: AuditLog, _ symbol: SymbolID
    ) throws -> RiskStage {
        let one = Quantity(rawValue: 1_000_000_000), much = Money(Price(rawValue: .max))
        let gold = Instrument(symbol: symbol, tickSize: Price(rawValue: 10_000_000), lotSize: one)
        var engine = RiskEngine(
            limits: RiskLimits(
                whitelist: [symbol], instruments: [gold], maxSize: one, maxExposure: much,
                maxGrossExposure: much, throttleMax: 1_000, priceCollarBps: 100,
                exchangeRates: ["USD": Price(rawValue: 1_000_000_000)]))
        engine.fold(
            OrderEvent(
                id: ClientOrderID(session: 0, number: 1), report: .fill, status: .filled, side: .buy,
                quantity: one, lastPrice: Price(rawValue: 4_000_000_000_000), lastQuantity: one,
                leavesQuantity: .zero), symbol)
        return RiskStage(engine: engine, trips: trips, configHash: "bench", audit: audit) { _ in }
    }

    private static func audit(_ directory: String) throws -> AuditLog {
        try AuditLog(
            AuditSettings(directory: directory),
            identity: AuditIdentity(
                origin: "bench/dev/log", build: "bench", configHash: "bench", machineID: "", bootID: ""),
            at: start, queue: DispatchQueue(label: "bench.audit"))
    }
}

extension TripLimits {
    /// All of them, with limits that nothing here meets.
    fileprivate static var everything: TripLimits {
        var limits = TripLimits()
        limits.dayLoss = Money(Price(rawValue: .max))
        limits.drawdown = limits.dayLoss
        limits.ordersPerMinute = 1_000
        limits.velocityBps = 10_000
        return limits
    }
}
