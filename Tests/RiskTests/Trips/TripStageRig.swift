import Audit
import Dispatch
import Messaging
import Platform
import TestSupport
import Testing
import TradingModel

@testable import Risk

/// The risk stage alone on a bus: what is asked for within one event, and what came of it.
struct TripStageCore: EventCore {
    var risk: RiskStage
    var requests: ContiguousArray<OrderProposal> = []
    var quote: Tick?
    /// `approved`, or the code of the reason, in the order of the decisions.
    var verdicts: [String] = []
    /// `ACTOR LEVEL SCOPE` of the kills that the sequence was told of.
    var kills: [String] = []

    private struct Quotes: QuoteSource {
        let quote: Tick?

        func top(_ symbol: SymbolID) -> Tick? { quote }
        func reference(_ symbol: SymbolID) -> ReferenceQuote? { quote.map { ReferenceQuote($0) } }
    }

    mutating func handle(_ event: MarketEvent, _ outbox: inout Outbox) {
        switch event.payload {
        case .tick(let tick): quote = tick
        case .feedStatus: quote = nil
        case .riskDecision(let decision):
            verdicts.append(decision.reasons.first?.code.description ?? "approved")
        case .system(let notice) where notice.kind == .killSwitchEngaged:
            kills.append("\(notice.actor) \((notice.level ?? .halt).name) \(notice.scope.text)")
        default: break
        }
        // A timer or a quote stands for a signal: everything that waits is decided in its event.
        var waiting: ContiguousArray<OrderProposal> = []
        switch event.payload {
        case .timer, .tick: swap(&waiting, &requests)
        default: break
        }
        risk.handle(event, requests: &waiting, quotes: Quotes(quote: quote), &outbox)
        risk.approved.removeAll()
    }
}

/// A bus with a risk stage and an audit log of its own; it is armed, and gold costs 100.
final class TripStageRig {
    let bus: EventBus<TripStageCore>
    let gold: Instrument
    let strategy = StrategyID("trip_stage")
    private let directory: TemporaryDirectory
    private let audit: AuditLog
    private var number: UInt32 = 0
    private var time: Int64 = 1_000_000_000_000

    init(
        _ limits: (inout RiskLimits) -> Void = { _ in }, trips change: (inout TripLimits) -> Void = { _ in }
    ) throws {
        directory = try TemporaryDirectory()
        gold = Instrument(
            symbol: try #require(SymbolID("TRIP.STAGE")), tickSize: try Price("0.01"),
            lotSize: try Quantity("1"))
        audit = try AuditLog(
            AuditSettings(directory: directory.path + "/audit", durability: .process),
            identity: AuditIdentity(
                origin: "test/dev/log", build: "test", configHash: "", machineID: "", bootID: ""),
            at: .zero, queue: DispatchQueue(label: "audit"))
        var allowed = RiskLimits(
            whitelist: [gold.symbol], instruments: [gold], maxSize: try Quantity("10"),
            maxExposure: Money(try Price("1000000")), maxGrossExposure: Money(try Price("1000000")),
            throttleMax: 1_000, priceCollarBps: 100, exchangeRates: ["USD": try Price("1")])
        limits(&allowed)
        var trips = TripLimits.off
        change(&trips)
        bus = EventBus(
            core: TripStageCore(
                risk: RiskStage(
                    engine: RiskEngine(limits: allowed), trips: trips, configHash: "", audit: audit
                ) { _ in }), queue: DispatchQueue(label: "bus"))
        notify(.armed)
        try quote("99", "101")
    }

    var verdicts: [String] { bus.query { $0.verdicts } }
    var kills: [String] { bus.query { $0.kills } }
    var use: BudgetUse { bus.query { $0.risk.use(at: .zero) } }

    /// Whom to tell of kills that the durable switch has to follow.
    func onTrip(_ body: @escaping @Sendable (KillLatch) -> Void) { bus.query { $0.risk.onTrip = body } }

    /// The types of the lines of the trail so far.
    func auditTypes() throws -> [String] {
        _ = bus.query { $0.verdicts.count }
        try audit.commit()
        var types: [String] = []
        try AuditRecentLines(directory: directory.path + "/audit", from: "log.open", within: 1 << 24)
            .forEach { type, _, _ in types.append(type?.rawValue ?? "") }
        return types
    }

    /// Decides on orders in one event, of a signal that asked for `asked`.
    func order(_ quantities: String..., asked: String? = nil, by strategy: StrategyID? = nil) throws {
        for quantity in quantities { try prepare(quantity, asked: asked, by: strategy) }
        publish(.timer(TimerFired(id: 1, dueAt: .zero)))
    }

    /// Lets orders wait for the next event that decides.
    func prepare(_ quantities: String..., asked: String? = nil, by strategy: StrategyID? = nil) throws {
        for quantity in quantities {
            number += 1
            let request = OrderRequest(
                id: ClientOrderID(session: 1, number: number), symbol: gold.symbol, side: .buy, type: .limit,
                quantity: try Quantity(quantity), limitPrice: try Price("100"),
                strategy: strategy ?? self.strategy, signalSequence: 7)
            let origin = try asked.map(origin(asking:))
            bus.query { $0.requests.append(OrderProposal(request, origin: origin)) }
        }
    }

    private func origin(asking quantity: String) throws -> OrderOrigin {
        let signal = Signal(
            strategy: strategy, direction: .long, isWeighted: true, score: 1, confidence: 1,
            last: try Price("100"), mean5: try Price("100"), mean10: try Price("100"), bid: .zero, ask: .zero)
        return OrderOrigin(
            signal: SignalOrigin(
                trigger: EventStamp(
                    sequence: 1, feedSequence: 0, type: .tick, timestamp: .zero, receivedAt: .zero),
                quote: Tick(bid: .zero, ask: .zero), samples: PriceWindow(), sampleCount: 0,
                tickSize: gold.tickSize, threshold: gold.tickSize, strategyVersion: 1, signal: signal,
                signalSequence: 7),
            sizing: Sizing(
                target: try Quantity(quantity), position: .zero, leaves: .zero, outcome: .order))
    }

    func quote(_ bid: String, _ ask: String) throws {
        publish(.tick(Tick(bid: try Price(bid), ask: try Price(ask))))
    }

    func print(_ price: String) throws {
        publish(.trade(Trade(price: try Price(price), size: try Quantity("1"), aggressor: .unknown)))
    }

    /// The quotes are forgotten.
    func loseQuotes() { publish(.feedStatus(FeedStatus(quality: .reset, reason: "test"))) }

    func notify(
        _ kind: SystemNotice.Kind, level: KillLevel? = nil, scope: KillScope = .all, detail: String = ""
    ) {
        publish(
            .system(SystemNotice(kind, actor: "uid:1", level: level, scope: scope, detail: detail)),
            SymbolID.none)
    }

    /// A fill of an order of another instrument.
    func fill(_ symbol: SymbolID, _ quantity: Quantity, at price: Price) {
        publish(
            .orderEvent(
                OrderEvent(
                    id: ClientOrderID(session: 0, number: 1), report: .fill, status: .filled, side: .buy,
                    quantity: quantity, lastPrice: price, lastQuantity: quantity, leavesQuantity: .zero)),
            symbol)
    }

    private func publish(_ payload: MarketEvent.Payload, _ symbol: SymbolID? = nil) {
        time += 1_000_000
        let now = Timestamp(nanoseconds: time)
        bus.publish(
            MarketEvent(
                timestamp: now, receivedAt: now, symbol: symbol ?? gold.symbol, source: .replay,
                payload: payload))
    }
}
