import TradingModel

/// The automatic trips: a pure state machine over the events that risk sees.
///
/// Every condition is a function of the sequence alone; the time is the events'. It says which kills are called for and
/// notes that they were; whoever holds it engages them. Costs nothing per event but a comparison and, for market data, the
/// time at which an instrument was heard and, where prices are watched, two more.
public struct TripMonitor: Sendable {
    /// When the trips trip.
    public let limits: TripLimits
    /// Trips that have tripped and are neither cleared nor released, in that order.
    public internal(set) var records: ContiguousArray<TripRecord> = []
    /// Wishes to let a trip count from nothing that were not to be granted any more when their turn came.
    public private(set) var refusedClearings = 0
    /// Kills that are called for and not yet told.
    var findings: ContiguousArray<TripFinding> = []

    /// The kills that hold, as the event sequence says.
    var kills = KillLatches()
    var losses: LossWatch
    var strategies: StrategyCounts
    var orders = ApprovedOrders()
    var silence: SilenceWatch
    /// Accepted orders in 10 s, above 80 % of the hard limit, and in 60 s.
    var burst: SlidingCount
    var minute: SlidingCount
    /// Since when the broker is gone.
    var goneSince: Timestamp?
    /// Executions of unknown orders, and orders that were sized or filled beyond what was decided.
    var unknownExecutions = 0
    var excesses = 0
    var clock: ClockWatch
    var velocity: VelocityWatch
    /// When conditions that time alone fulfils are to be looked at.
    var deadline = Timestamp(nanoseconds: .max)

    /// Trips that have seen nothing.
    ///
    /// - Parameter instruments: whose prices must not move too fast.
    public init(limits: TripLimits, instruments: Set<SymbolID> = []) {
        self.limits = limits
        losses = LossWatch(limits)
        strategies = StrategyCounts(limits)
        silence = SilenceWatch(after: limits.staleAfter)
        let rate = limits.ordersPerSecond
        burst = SlidingCount(limit: rate == 0 ? 0 : 8 * rate + 1, within: 10_000_000_000)
        minute = SlidingCount(
            limit: limits.ordersPerMinute == 0 ? 0 : limits.ordersPerMinute + 1, within: 60_000_000_000)
        clock = ClockWatch(limits)
        velocity = VelocityWatch(limits, instruments)
    }

    /// Whether time alone may trip something: in silence somebody has to tell the time.
    public var waitsForTime: Bool { deadline.nanoseconds < .max }

    // MARK: Folding

    /// Folds one event.
    ///
    /// - Parameter profit: positions and result, after the event.
    @inline(__always)
    mutating func fold(_ event: MarketEvent, _ profit: ProfitState) {
        if profit.total != losses.result { note(profit.total, at: event.receivedAt) }
        switch event.payload {
        case .tick, .domSnapshot, .domDelta, .trade: silence.hear(event.symbol, at: event.receivedAt)
        case .orderEvent(let report): fold(report, event)
        case .feedStatus(let status): fold(status, event, profit)
        case .system(let notice): fold(notice, at: event.receivedAt, profit)
        case .deltaBar, .tapeSnapshot, .footprintSnapshot, .signal, .riskDecision, .timer: break
        }
        if event.receivedAt >= deadline { look(at: event.receivedAt, profit) }
    }

    /// Whether market data of an instrument are to be told as reference prices.
    @inline(__always)
    func followsPrice(of symbol: SymbolID) -> Bool { velocity.isOn && velocity.watches(symbol) }

    /// Notes a reference price.
    ///
    /// - Parameter isOpen: whether an instrument trades at a time; `nil`: it always does.
    @inline(__always)
    mutating func note(
        _ price: Price, of symbol: SymbolID, at now: Timestamp, isOpen: RiskEngine.TradingTimes?
    ) {
        if velocity.note(price, of: symbol, at: now, isOpen: isOpen) { judgeVelocity(symbol, at: now) }
    }

    @inline(never)
    private mutating func note(_ result: Money, at now: Timestamp) {
        losses.note(result, at: now)
        judgeLosses(at: now)
    }

    /// Counts a verdict, before its event is delivered: what follows in the same event meets the kill.
    ///
    /// - Parameter repeats: the orders of its strategy that count against the limit, with this one.
    mutating func note(_ decision: RiskDecision, repeats: Repeats, at now: Timestamp) {
        if decision.approved {
            orders.approve(decision.request)
            burst.note(at: now)
            minute.note(at: now)
            judgeRate(at: now)
        }
        if !decision.approved { judgeFault(decision, at: now) }
        guard let place = strategies.note(decision, repeats: repeats, at: now) else { return }
        judgeStrategy(place, at: now)
    }

    /// Takes over how many orders of each strategy count, and how many may.
    mutating func renew(_ repeats: (StrategyID) -> Repeats) { strategies.renew(repeats) }

    /// Goes on from what earlier sessions have used up.
    mutating func carry(_ use: BudgetUse, at now: Timestamp, repeats: (StrategyID) -> Repeats) {
        losses.carry(dayLoss: use.tripDayLoss, drawdown: use.tripDrawdown, day: use.day)
        for own in use.strategies { strategies.adopt(own.strategy) }
        strategies.renew(repeats)
        adopt(use.tripped)
        for record in use.tripped { repeatCount(record, at: now) }
        judgeLosses(at: now)
        for place in strategies.counts.indices { judgeStrategy(place, at: now) }
    }

    /// What nobody has looked at counts on, and trips again where no kill stands for it; other trips look at what is now.
    private mutating func repeatCount(_ record: TripRecord, at now: Timestamp) {
        guard record.trip == .unknownExecution || record.trip == .childParent else { return }
        count(record.trip)
        trip(record.trip, record.scope, record.level, at: now) { _ in record.reason }
    }

    /// Told from outside, or by an earlier session, what the sequence does not show.
    private mutating func count(_ trip: Trip) {
        if trip == .unknownExecution && unknownExecutions == 0 { unknownExecutions = 1 }
        if trip == .childParent && excesses == 0 { excesses = 1 }
    }

    private mutating func fold(_ report: OrderEvent, _ event: MarketEvent) {
        let now = event.receivedAt
        let order = orders.fold(report)
        guard let order else {
            if report.lastQuantity > .zero && !orders.mayBeForgotten(report.id) {
                unknownExecutions += 1
                judgeUnknown(at: now, "execution of \(report.id), which is not known")
            }
            return
        }
        if order.filled > order.quantity && report.lastQuantity > .zero {
            excesses += 1
            trip(.childParent, .all, at: now) { _ in
                "\(report.id) filled \(order.filled), its quantity: \(order.quantity)"
            }
        }
        // What never left was refused by ourselves, for reasons that are counted elsewhere.
        if report.report == .reject && !report.reason.hasPrefix(OrderEvent.unsentPrefix),
            let place = strategies.reject(order.strategy, at: now)
        {
            judgeStrategy(place, at: now)
        }
    }

    private mutating func fold(_ status: FeedStatus, _ event: MarketEvent, _ profit: ProfitState) {
        silence.note(status, of: event.symbol, at: event.receivedAt)
        if !silence.silent.isEmpty { look(at: event.receivedAt, profit) }
    }

    private mutating func fold(_ notice: SystemNotice, at now: Timestamp, _ profit: ProfitState) {
        switch notice.kind {
        case .killSwitchEngaged: engaged(notice, at: now)
        case .killSwitchReleased:
            kills.release(notice.scope, to: notice.level)
            endReleased(notice.scope)
            judgeAll(at: now, profit)
        case .brokerLost:
            goneSince = goneSince ?? now
            look(at: now, profit)
        case .brokerReady, .brokerUnreconciled: goneSince = nil
        case .tripCleared:
            guard let clearing = TripClearing(notice) else { return }
            if allows(clearing, at: now) {
                clear(clearing.trip, clearing.scope, at: now)
            } else {
                refusedClearings += 1
            }
        case .clockRead:
            guard let observation = ClockObservation(notice) else { return }
            clock.note(observation, at: now)
            look(at: now, profit)
        case .orderRestored: if let order = RestoredOrder(notice) { orders.restore(order) }
        default: break
        }
    }

    private mutating func engaged(_ notice: SystemNotice, at now: Timestamp) {
        let latch = KillLatch(notice)
        kills.engage(latch)
        guard let trip = Trip(actor: notice.actor) else { return }
        count(trip)
        record(TripFinding(trip: trip, scope: latch.scope, level: latch.level, reason: notice.reason), now)
    }

    /// The kills that are called for, and those that stand for one more trip now; they are forgotten here.
    mutating func takeFindings() -> ContiguousArray<TripFinding> {
        defer { findings.removeAll(keepingCapacity: true) }
        return findings
    }
}
