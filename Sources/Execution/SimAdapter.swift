import Messaging
import Risk
import TradingModel

/// A simulated venue: a `MatchingEngine` for each instrument, whose reports it publishes as `order_event`s.
///
/// Fills what the shown market has, in parts where it has too little; refuses orders while no market is known. It meets
/// the best bid and ask and prints, or, where the options say so, the rows of the ladder. Deterministic for a seed.
///
/// Orders and cancels travel to it, and its reports back, each way in the order in which they were sent, for as long as
/// the options say; by default for no time at all. Time is that of events: what is on its way arrives with the first event
/// at or after its time, before that event itself is seen here, and a report carries the time of that event. As what is
/// open of an entry is known late then, any fill of one of its exits ends the other one at the venue, as at a broker.
public struct SimAdapter: OrderAdapter {
    /// What travels to the venue.
    private enum Command: Sendable {
        case submit(OrderRequest)
        case cancel(ClientOrderID, SymbolID, reason: String)
        case replace(ApprovedChange)
    }

    /// What travels back.
    private struct Answer: Sendable {
        let report: OrderEvent
        let symbol: SymbolID
        let trace: TraceContext
    }

    /// What fees need to know of an instrument.
    private struct Terms: Sendable {
        let multiplier: Quantity
        let currency: CurrencyCode
    }

    /// One for each instrument, in the order of the list given.
    private var engines: ContiguousArray<MatchingEngine> = []
    private var terms: ContiguousArray<Terms> = []
    /// Where an instrument's engine is; a number past the last for one that is not in the list.
    private var places = InstrumentTable<Int>(default: .max)
    private var orders = SimOrders()
    /// What the engine has told of the call under way.
    private var reports: ContiguousArray<MatchingReport> = []
    /// Whether what ends in the call under way ends because its time is over.
    private var isExpiring = false
    private var lastVenueOrderID: UInt64 = 0
    private var lastExecutionID: UInt64 = 0
    /// Whether its reports say that they stand for nothing.
    private let isSimulated: Bool
    private let options: SimOptions
    private var entering: SimTransit<Command>
    private var returning: SimTransit<Answer>
    private var refusals: SplitMix64
    /// Whether messages travel; not once the session has ended.
    private var travels: Bool
    /// When the next message arrives, in either direction.
    private var nextArrival = Timestamp(nanoseconds: .max)
    /// Brackets of which an exit has filled.
    private var groups = SimGroups()
    /// Orders whose time was over before they had arrived; never walked through.
    private var overdue: Set<ClientOrderID> = []
    /// Whether the session ends.
    private var isEnding = false

    /// A venue for those instruments.
    ///
    /// - Parameter isSimulated: whether it stands in for a real venue, which its reports say then; nothing travels there.
    public init(
        instruments: [Instrument], options: SimOptions = SimOptions(), isSimulated: Bool = false
    ) {
        self.isSimulated = isSimulated
        self.options = options
        entering = SimTransit(
            SimLatency(options.latency.entry, options.latency, seed: options.seed(of: .entry)))
        returning = SimTransit(
            SimLatency(options.latency.response, options.latency, seed: options.seed(of: .response)))
        refusals = SplitMix64(seed: options.seed(of: .refusal))
        travels = !isSimulated && !options.latency.isNone
        for (place, instrument) in instruments.enumerated() {
            places[instrument.symbol] = place
            engines.append(
                MatchingEngine(tickSize: instrument.tickSize, options: options.matching(place: place)))
            terms.append(
                Terms(
                    multiplier: instrument.multiplier, currency: CurrencyCode(instrument.currency) ?? .none))
        }
        reports.reserveCapacity(64)
    }

    // MARK: Our side

    /// Sends an order; it is acknowledged when it arrives and, if the market allows, filled.
    public mutating func submit(_ order: ApprovedOrder, _ outbox: inout Outbox) {
        submit(order.request, &outbox)
    }

    /// The same of an order that nobody has to approve: of a book that is only simulated.
    mutating func submit(_ request: OrderRequest, _ outbox: inout Outbox) {
        if travels { return send(.submit(request), &outbox) }
        take(request)
        publishReports(at: outbox.now, &outbox)
    }

    /// Sends other terms for an order: at a lower quantity alone it keeps its place.
    public mutating func replace(
        _ order: WorkingOrder, _ change: ApprovedChange, _ outbox: inout Outbox
    ) {
        if travels { return send(.replace(change), &outbox) }
        take(change, at: outbox.now, &outbox)
    }

    /// Sends a cancel, which finds the order if it is still working then.
    public mutating func cancel(_ order: WorkingOrder, reason: String, _ outbox: inout Outbox) {
        cancel(order.request, reason: reason, &outbox)
    }

    /// The same of an order of a book that is only simulated.
    mutating func cancel(_ order: OrderRequest, reason: String, _ outbox: inout Outbox) {
        if travels { return send(.cancel(order.id, order.symbol, reason: reason), &outbox) }
        take(cancel: order.id, order.symbol, reason: reason, at: outbox.now, &outbox)
    }

    /// Where there is a chance of it: nobody asks again where it stands in for a real venue.
    public var mayRefuseCancels: Bool { options.cancelRejectChance > 0 && !isSimulated }

    /// Orders do not end by themselves.
    public var keepsTime: Bool { false }

    /// Takes an order out whose time is over, if it is still working. One that is still on its way ends when it arrives.
    public mutating func expire(_ order: WorkingOrder, _ outbox: inout Outbox) {
        let place = places[order.request.symbol]
        guard place < engines.count else { return }
        guard engines[place].cancel(order.id.matchingID, into: &reports) else {
            if travels && orders[order.id.matchingID] == nil { overdue.insert(order.id) }
            return
        }
        isExpiring = true
        publishReports(cancelReason: Self.timeIsOver, at: outbox.now, &outbox)
        isExpiring = false
        timePassed(&outbox)
    }

    private static var timeIsOver: String { "its time is over" }

    private mutating func send(_ command: Command, _ outbox: inout Outbox) {
        entering.send(command, at: outbox.now)
        noteNextArrival()
        timePassed(&outbox)
    }

    /// Lets arrive what has been on its way long enough.
    @inline(__always)
    public mutating func timePassed(_ outbox: inout Outbox) {
        if nextArrival <= outbox.now { letArrive(&outbox) }
    }

    @inline(never)
    private mutating func letArrive(_ outbox: inout Outbox) {
        while let (due, command) = entering.take(by: outbox.now) { arrive(command, at: due, &outbox) }
        while let (_, answer) = returning.take(by: outbox.now) { publish(answer, &outbox) }
        noteNextArrival()
    }

    private mutating func noteNextArrival() { nextArrival = min(entering.nextDue, returning.nextDue) }

    /// What is still on its way ends here: reports arrive now, cancels too, and orders that had not reached the venue are
    /// cancelled. From now on nothing travels.
    public mutating func sessionEnds(_ outbox: inout Outbox) {
        isEnding = true
        while let (_, command) = entering.takeFirst() {
            switch command {
            case .submit(let request): recall(request, at: outbox.now, &outbox)
            case .cancel, .replace: arrive(command, at: outbox.now, &outbox)
            }
        }
        while let (_, answer) = returning.takeFirst() { publish(answer, &outbox) }
        travels = false
        noteNextArrival()
    }

    // MARK: The venue's side

    private mutating func arrive(_ command: Command, at time: Timestamp, _ outbox: inout Outbox) {
        switch command {
        case .submit(let request):
            guard overdue.remove(request.id) == nil else {
                return answer(
                    SimOrder(request), .expire, .expired, reason: Self.timeIsOver, at: time, &outbox)
            }
            guard !groups.isOver(request) else {
                return answer(
                    SimOrder(request), .cancel, .cancelled, reason: SimGroups.reason, at: time, &outbox)
            }
            take(request)
            publishReports(at: time, &outbox)
        case .replace(let change): take(change, at: time, &outbox)
        case .cancel(let id, let symbol, let reason):
            take(cancel: id, symbol, reason: reason, at: time, &outbox)
        }
    }

    private mutating func take(_ request: OrderRequest) {
        orders.insert(SimOrder(request))
        let place = places[request.symbol]
        if place >= engines.count {
            reports.append(.rejected(request.id.matchingID, .unknownInstrument))
        } else if isRefused(options.rejectChance) {
            reports.append(.rejected(request.id.matchingID, .chance))
        } else if request.flags.contains(.postOnly) && engines[place].wouldTrade(MatchingOrder(request)) {
            reports.append(.rejected(request.id.matchingID, .wouldTrade))
        } else {
            engines[place].submit(MatchingOrder(request), into: &reports)
        }
    }

    private mutating func take(_ change: ApprovedChange, at time: Timestamp, _ outbox: inout Outbox) {
        let place = places[change.order.request.symbol], id = change.id.matchingID
        guard place < engines.count, var known = orders[id] else { return }
        engines[place].replace(
            id, quantity: change.quantity, limitPrice: change.limitPrice, stopPrice: change.stopPrice,
            timeInForce: known.request.timeInForce, into: &reports)
        guard case .replaced(_, let leaves)? = reports.first else {
            if case .rejected(_, let reason)? = reports.first {
                answer(
                    known, .replaceReject, known.standing, reason: "\(reason.text)", at: time, &outbox)
            }
            return reports.removeAll(keepingCapacity: true)
        }
        known.quantity = change.quantity
        known.limitPrice = change.limitPrice
        known.stopPrice = change.stopPrice
        orders[id] = leaves > .zero ? known : nil
        answer(
            known, .replace, leaves > .zero ? known.standing : .filled, reason: "changed", at: time, &outbox)
        publishReports(at: time, &outbox)
    }

    private mutating func take(
        cancel id: ClientOrderID, _ symbol: SymbolID, reason: String, at time: Timestamp,
        _ outbox: inout Outbox
    ) {
        let place = places[symbol]
        guard place < engines.count, let order = orders[id.matchingID] else { return }
        // Nor does anybody at the end of a session.
        let isLast = isEnding || reason == OrderEvent.sessionEndReason
        if mayRefuseCancels && !isLast && isRefused(options.cancelRejectChance) {
            return answer(
                order, .ack, order.standing, reason: OrderEvent.cancelRefusal, at: time, &outbox)
        }
        guard engines[place].cancel(id.matchingID, into: &reports) else { return }
        publishReports(cancelReason: reason, at: time, &outbox)
    }

    /// Draws only where there is a chance at all.
    private mutating func isRefused(_ chance: UInt64) -> Bool {
        chance > 0 && refusals.next() >> 32 < chance
    }

    /// The session has ended before the order reached the venue.
    private mutating func recall(_ request: OrderRequest, at time: Timestamp, _ outbox: inout Outbox) {
        answer(
            SimOrder(request), .cancel, .cancelled, reason: "session end, on its way to the venue", at: time,
            &outbox)
    }

    // MARK: The market

    /// Whether it wants the market's events themselves, rows included.
    public var readsRows: Bool { options.book == .rows }

    /// Lets working orders meet the new quote.
    @inline(__always)
    public mutating func quoteChanged(_ symbol: SymbolID, _ quote: Tick, _ outbox: inout Outbox) {
        let place = places[symbol]
        guard place < engines.count else { return }
        engines[place].quoteChanged(quote, into: &reports)
        if !reports.isEmpty { publishMarketReports(&outbox) }
    }

    /// Lets working orders meet a print.
    @inline(__always)
    public mutating func tradePrinted(_ symbol: SymbolID, _ trade: Trade, _ outbox: inout Outbox) {
        let place = places[symbol]
        guard place < engines.count else { return }
        engines[place].tradePrinted(trade, into: &reports)
        if !reports.isEmpty { publishMarketReports(&outbox) }
    }

    /// Lets working orders meet the rows of a ladder, or their loss.
    public mutating func marketChanged(_ event: MarketEvent, _ outbox: inout Outbox) {
        if event.symbol == .none {
            for place in engines.indices { engines[place].apply(event, into: &reports) }
        } else {
            let place = places[event.symbol]
            guard place < engines.count else { return }
            engines[place].apply(event, into: &reports)
        }
        if !reports.isEmpty { publishMarketReports(&outbox) }
    }

    /// Nothing trades until the next quote.
    public mutating func quoteLost(_ symbol: SymbolID) {
        for place in engines.indices where symbol == .none || place == places[symbol] {
            engines[place].marketLost()
        }
    }

    // MARK: Reports

    /// What the market has done to our orders; where the way back takes no time, it is there at once.
    @inline(never)
    private mutating func publishMarketReports(_ outbox: inout Outbox) {
        publishReports(at: outbox.now, &outbox)
        timePassed(&outbox)
    }

    private mutating func publishReports(
        cancelReason: String = "", at time: Timestamp, _ outbox: inout Outbox
    ) {
        for report in reports { publish(report, cancelReason, at: time, &outbox) }
        reports.removeAll(keepingCapacity: true)
        if groups.hasNews { endOtherExits(at: time, &outbox) }
    }

    /// Ends what is left of the brackets of exits that have filled, while our own word is on its way.
    private mutating func endOtherExits(at time: Timestamp, _ outbox: inout Outbox) {
        for exit in groups.takeNews() {
            for other in orders.others(of: exit) {
                let place = places[other.request.symbol], id = other.request.id.matchingID
                guard place < engines.count, engines[place].cancel(id, into: &reports) else { continue }
                orders[id] = nil
                answer(other, .cancel, .cancelled, reason: SimGroups.reason, at: time, &outbox)
            }
        }
        reports.removeAll(keepingCapacity: true)
    }

    private mutating func publish(
        _ report: MatchingReport, _ cancelReason: String, at time: Timestamp, _ outbox: inout Outbox
    ) {
        guard var order = orders[report.id] else { return }
        switch report {
        case .accepted(let id, _):
            lastVenueOrderID += 1
            order.venueOrderID = lastVenueOrderID
            orders[id] = order
            answer(order, .ack, .accepted, at: time, &outbox)
        case .triggered, .replaced: break
        case .fill(let fill):
            let commission = book(fill, &order)
            orders[fill.id] = fill.leaves > .zero ? order : nil
            if travels { groups.filled(order.request) }
            answer(
                order, .fill, fill.leaves > .zero ? .partiallyFilled : .filled, fill: fill,
                commission: commission, at: time, &outbox)
        case .cancelled(let id, _, let reason):
            orders[id] = nil
            answer(
                order, isExpiring ? .expire : .cancel, isExpiring ? .expired : .cancelled,
                reason: reason == .requested ? cancelReason : "\(reason.text)", at: time, &outbox)
        case .rejected(let id, let reason):
            orders[id] = nil
            answer(order, .reject, .rejected, reason: "\(reason.text)", at: time, &outbox)
        }
    }

    /// Books an execution.
    ///
    /// - Returns: what it adds to the order's fees; `nil` where there are none.
    private mutating func book(_ fill: MatchingFill, _ order: inout SimOrder) -> Money? {
        order.add(fill)
        lastExecutionID += 1
        let place = places[order.request.symbol]
        guard !options.fees.isNone, place < terms.count, terms[place].currency != .none else { return nil }
        return order.charge(options.fees, fill, multiplier: terms[place].multiplier)
    }

    private mutating func answer(
        _ order: SimOrder, _ report: OrderReport, _ status: OrderStatus, fill: MatchingFill? = nil,
        commission: Money? = nil, reason: String = "", at time: Timestamp, _ outbox: inout Outbox
    ) {
        let request = order.request
        let place = places[request.symbol]
        var event = OrderEvent(
            id: request.id, venueOrderID: order.venueOrderID, report: report,
            status: status, side: request.side, quantity: order.quantity,
            filledQuantity: order.filled, averagePrice: order.averagePrice,
            lastPrice: fill?.price ?? .zero, lastQuantity: fill?.quantity ?? .zero,
            executionID: fill == nil ? 0 : lastExecutionID, commission: commission ?? .zero,
            commissionCurrency: commission == nil ? .none : terms[place].currency,
            leavesQuantity: status.isTerminal ? .zero : order.quantity - order.filled,
            limitPrice: report == .replace ? order.limitPrice : nil,
            stopPrice: report == .replace ? order.stopPrice : nil, reason: reason)
        event.isSimulated = isSimulated
        if travels {
            returning.send(Answer(report: event, symbol: request.symbol, trace: request.trace), at: time)
            nextArrival = min(nextArrival, returning.nextDue)
        } else {
            outbox.publish(
                .orderEvent(event), symbol: request.symbol, source: .execution, trace: request.trace)
        }
    }

    private mutating func publish(_ answer: Answer, _ outbox: inout Outbox) {
        if !overdue.isEmpty && answer.report.status.isTerminal { overdue.remove(answer.report.id) }
        outbox.publish(
            .orderEvent(answer.report), symbol: answer.symbol, source: .execution, trace: answer.trace)
    }
}

extension SimOrder {
    /// Where it stands while it works.
    fileprivate var standing: OrderStatus { filled > .zero ? .partiallyFilled : .accepted }
}

extension MatchingOrder {
    /// A request as the engine takes it.
    fileprivate init(_ request: OrderRequest) {
        self.init(
            id: request.id.matchingID, side: request.side, type: request.type, quantity: request.quantity,
            limitPrice: request.limitPrice, stopPrice: request.stopPrice, timeInForce: request.timeInForce)
    }
}
