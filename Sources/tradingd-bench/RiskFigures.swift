import AllocationCounter
import Benchmarking
import Risk
import TradingModel

/// What a decision costs with every control configured: 50 instruments, all of them held, in batches of 1,000.
enum RiskFigures {
    private static let symbols = 50
    private static let batch = 1_000
    /// Orders that work while one is judged.
    private static let working = 50
    private static let start = Timestamp(nanoseconds: 1_767_571_200_000_000_000)
    /// Between two decisions: one a second for each instrument, so that every window slides.
    private static let step: Int64 = 20_000_000
    private static let middle = Price(rawValue: 100_000_000_000)

    /// A quote of each instrument, and the time.
    private struct Market: QuoteSource {
        var now = start
        private var quotes = InstrumentTable<ReferenceQuote?>(default: nil)
        private var count: Int64 = 0

        init(_ instruments: [Instrument]) {
            for instrument in instruments { tell(instrument.symbol) }
        }

        /// Time passes, and an instrument has another quote: the decision follows from it.
        mutating func tell(_ symbol: SymbolID) {
            now = now.advanced(by: step)
            count += 1
            let middle = middle.moved(by: count % 7 * 10_000_000)
            quotes[symbol] = ReferenceQuote(
                Tick(bid: middle.moved(by: -10_000_000), ask: middle.moved(by: 10_000_000)), sequence: 1,
                receivedAt: now)
        }

        func top(_ symbol: SymbolID) -> Tick? { quotes[symbol]?.quote }
        func reference(_ symbol: SymbolID) -> ReferenceQuote? { quotes[symbol] }
    }

    static func measure(_ bench: Bench) throws -> [Figure] {
        let instruments = (1...symbols).compactMap { number in
            SymbolID("RISK\(number)").map {
                Instrument(
                    symbol: $0, tickSize: Price(rawValue: 10_000_000),
                    lotSize: Quantity(rawValue: 1_000_000_000))
            }
        }
        let batches = bench.plan.size(200, short: 5)
        return [
            try figure(
                "risk_verdict", instruments, batches, bench,
                "the verdict alone: every control, 50 orders at work; C: none, a decision without a control"
            ) { engine, requests, market, decision in
                var approved = 0
                for request in requests {
                    market.tell(request.symbol)
                    engine.value(request.symbol, by: market)
                    let isApproved = engine.judge(
                        request, now: market.now, asked: request.quantity, quotes: market, into: &decision)
                    if isApproved { approved += 1 }
                }
                return approved
            },
            try figure(
                "risk_decision", instruments, batches, bench,
                "verdict, reservation, and the end of an order that works; C: none, a decision without a control"
            ) { engine, requests, market, decision in
                var approved = 0
                for (place, request) in requests.enumerated() {
                    market.tell(request.symbol)
                    let isApproved = engine.decide(
                        request, now: market.now, asked: request.quantity, quotes: market, into: &decision)
                    if isApproved { approved += 1 }
                    if place >= working { engine.fold(ended(requests[place - working]), request.symbol) }
                }
                for request in requests.suffix(working) { engine.fold(ended(request), request.symbol) }
                return approved
            },
        ]
    }

    private static func figure(
        _ name: String, _ instruments: [Instrument], _ batches: Int, _ bench: Bench, _ note: String,
        _ run: (inout RiskEngine, ContiguousArray<OrderRequest>, inout Market, inout RiskDecision) -> Int
    ) throws -> Figure {
        var number: UInt32 = 1_000
        var market = Market(instruments)
        var decision = empty(request(0, instruments[0].symbol, price: 0))
        var engine = engine(instruments, market)
        func requests() -> ContiguousArray<OrderRequest> {
            ContiguousArray(
                (0..<batch).map { place in
                    number += 1
                    return request(number, instruments[place % instruments.count].symbol, price: place)
                })
        }
        func judge(_ count: Int) -> (nanoseconds: UInt64, approved: Int, allocations: Int) {
            var total: (nanoseconds: UInt64, approved: Int, allocations: Int) = (0, 0, 0)
            for _ in 0..<count {
                let requests = requests()
                let before = allocation_counter_calls()
                let start = StopWatch.threadCPU.now()
                total.approved += run(&engine, requests, &market, &decision)
                total.nanoseconds += StopWatch.threadCPU.now() - start
                total.allocations += Int(allocation_counter_calls() - before)
            }
            return total
        }
        _ = judge(batches)
        var ours: [Double] = []
        var empty: [Double] = []
        var allocations = 0
        for _ in 0..<bench.plan.passes {
            let judged = judge(batches)
            guard judged.approved == batches * batch else {
                throw BenchmarkFault("\(name): \(judged.approved) of \(batches * batch) approved")
            }
            allocations += judged.allocations
            ours.append(Double(judged.nanoseconds) / Double(batches * batch))
            empty.append(emptyDecision(requests(), batches))
        }
        let times = DuelTimes(ours: ours, reference: empty)
        var figure = Figure(
            name, .nanoseconds, ours: times.ours, reference: times.reference, ratio: times.ratio,
            passes: bench.plan.passes)
        guard allocations == 0 else {
            throw BenchmarkFault("\(name): \(allocations) allocations, and a decision makes none")
        }
        let decisions = Double(bench.plan.passes * batches * batch)
        figure.details = [("allocations_per_decision", Double(allocations) / decisions)]
        figure.notes = [note]
        return figure
    }

    /// Nanoseconds of making a decision in which nothing is looked at.
    private static func emptyDecision(_ requests: ContiguousArray<OrderRequest>, _ batches: Int) -> Double {
        let start = StopWatch.threadCPU.now()
        var approved = 0
        for _ in 0..<batches {
            for request in requests { approved += empty(request).approved ? 1 : 0 }
        }
        let time = StopWatch.threadCPU.now() - start
        return Double(time) / Double(max(approved, 1))
    }

    @inline(never)
    private static func empty(_ request: OrderRequest) -> RiskDecision {
        RiskDecision(request: request, approved: true, reasons: [], limits: RiskChecks())
    }

    private static func request(_ number: UInt32, _ symbol: SymbolID, price: Int) -> OrderRequest {
        OrderRequest(
            id: ClientOrderID(session: 1, number: number), symbol: symbol, side: .buy, type: .limit,
            quantity: Quantity(rawValue: 1_000_000_000),
            limitPrice: middle.moved(by: -Int64(price) * 10_000_000 / 50), strategy: StrategyID("bench"),
            signalSequence: UInt64(number)
        )
        .onGrid
    }

    private static func ended(_ request: OrderRequest) -> OrderEvent {
        OrderEvent(
            id: request.id, report: .cancel, status: .cancelled, side: request.side,
            quantity: request.quantity,
            leavesQuantity: .zero)
    }

    /// Everything configured, a position in every instrument, wide enough for every order.
    private static func engine(_ instruments: [Instrument], _ market: Market) -> RiskEngine {
        let much = Money(Price(rawValue: .max))
        var limits = RiskLimits(
            whitelist: Set(instruments.map(\.symbol)), instruments: instruments,
            maxSize: Quantity(rawValue: 1_000_000_000_000), maxExposure: much, maxGrossExposure: much,
            throttleMax: 1_000_000_000, priceCollarBps: 5_000, passiveBandBps: 5_000,
            exchangeRates: ["USD": Price(rawValue: 1_000_000_000)])
        limits.maxReferenceAge = 2_000_000_000
        limits.maxReferenceSpreadBps = 100
        limits.maxClockError = 1_000_000
        limits.maxOrderNotional = much
        limits.maxPosition = Quantity(rawValue: .max / 2)
        limits.maxOpenOrders = 1_000_000
        limits.maxOpenOrdersTotal = 1_000_000
        limits.accountEquity = much
        limits.maxDayLoss = much
        limits.maxDrawdown = much
        limits.duplicateWindow = 2_000_000_000
        limits.refusesSelfCross = true
        limits.ordersPerSecond = 1_000_000_000
        limits.messagesPerSecond = 1_000_000_000
        limits.maxRepeats = .max
        limits.maxDailyOrders = .max
        var engine = RiskEngine(limits: limits) { _, _ in true }
        engine.fold(ClockReading(isSynchronised: true, error: 1_000))
        engine.fold(SystemNotice(.armed, actor: "bench"))
        for (place, instrument) in instruments.enumerated() {
            engine.fold(
                OrderEvent(
                    id: ClientOrderID(session: 0, number: UInt32(place + 1)), report: .fill, status: .filled,
                    side: .buy, quantity: Quantity(rawValue: 1_000_000_000), lastPrice: middle,
                    lastQuantity: Quantity(rawValue: 1_000_000_000), leavesQuantity: .zero), instrument.symbol
            )
        }
        for number in 0..<UInt32(working) {
            let symbol = instruments[Int(number) % instruments.count].symbol
            _ = engine.decide(request(number + 1, symbol, price: 0), now: market.now, quotes: market)
        }
        engine.keepValues(by: market)
        return engine
    }
}

extension OrderRequest {
    /// The same with its limit on the grid.
    fileprivate var onGrid: OrderRequest {
        var request = self
        request.limitPrice = limitPrice?.roundedDown(to: Price(rawValue: 10_000_000))
        return request
    }
}
