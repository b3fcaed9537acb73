import TWSProtocol
import TradingModel

/// Tick-by-tick requests.
extension MarketDesk {
    mutating func request(
        _ wanted: RequestTickByTick, from asker: Asker, _ faults: inout FaultBoard, at time: Timestamp,
        _ outbox: inout GatewayOutbox
    ) {
        let session = asker.session
        let place: Int
        switch instrument(wanted.contract) {
        case .success(let found): place = found
        case .failure(let refused):
            return refuse(wanted.requestID, refused.code, refused.text, session, at: time, &outbox)
        }
        guard let kind = TickSubscription.Kind(rawValue: wanted.tickType) else {
            return refuse(
                wanted.requestID, 321,
                "Error validating request.-'bT' : cause - Invalid tick type: \(wanted.tickType)", session,
                at: time, &outbox)
        }
        switch tickVerdict(wanted, kind, asker, place, &faults) {
        case .granted, .delayed: break
        case .noticed(let code):
            refuse(wanted.requestID, code, GatewayErrorText.of(code), session, at: time, &outbox)
        case .refused(let code, let text):
            return refuse(wanted.requestID, code, text, session, at: time, &outbox)
        }
        if wanted.numberOfTicks > 0, !isCutOff { tellPast(wanted, kind, place, session, &outbox) }
        var tick = TickSubscription(
            session, request: wanted.requestID, instrument: place, kind: kind,
            ignoresSize: wanted.ignoresSize, venue: venue(wanted.contract, place))
        if !isCutOff, let quote = markets[place].quote { tick.tell(quote, at: time, &outbox) }
        ticks.append(tick)
    }

    private func tickVerdict(
        _ wanted: RequestTickByTick, _ kind: TickSubscription.Kind, _ asker: Asker, _ place: Int,
        _ faults: inout FaultBoard
    ) -> Verdict {
        let instrument = markets[place].instrument
        if uses(wanted.requestID, asker.session) {
            return .refused(322, "Error processing request.-'bV' : cause - Duplicate ticker id")
        }
        if kind.isOfTrades && !instrument.hasTrades {
            return .refused(
                10189, "Failed to request tick-by-tick data:No trades are published for \(instrument.name)")
        }
        guard wanted.numberOfTicks >= 0, wanted.numberOfTicks <= MarketHistory.ticks else {
            return .refused(321, "Error validating request.-'bT' : cause - Invalid number of ticks")
        }
        guard ticks.count < limits.tickByTick else { return .refused(10190) }
        if let refusal = faults.takeRefusal(.tickByTick, instrument.name, asker.client) {
            return refusal == 10090 ? .noticed(refusal) : .refused(refusal)
        }
        return unsubscribed.contains(instrument.name) ? .refused(10189) : .granted
    }

    /// Where a trade is said to have happened: the venue asked, or the first one behind `SMART`.
    private func venue(_ contract: Contract, _ place: Int) -> String {
        guard contract.exchange == "SMART" else { return contract.exchange }
        return markets[place].instrument.venues.first { $0.name != "SMART" }?.name ?? "SMART"
    }

    /// The last ticks before the stream, in one message.
    private func tellPast(
        _ wanted: RequestTickByTick, _ kind: TickSubscription.Kind, _ place: Int, _ session: SessionID,
        _ outbox: inout GatewayOutbox
    ) {
        let past: PastTicks
        switch kind {
        case .last, .allLast: past = .trades
        case .bidAsk: past = .bidAsk
        case .midPoint: past = .middle
        }
        past.tell(
            markets[place].history, request: wanted.requestID, from: nil, to: nil,
            count: Int(wanted.numberOfTicks), venue: venue(wanted.contract, place), to: session, &outbox)
    }

    mutating func cancel(
        _ cancel: CancelTickByTick, from session: SessionID, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        let before = ticks.count
        ticks.removeAll { $0.request == cancel.requestID && $0.session == session }
        guard ticks.count == before else { return }
        refuse(
            cancel.requestID, 300, "Can't find EId with tickerId:\(cancel.requestID)", session, at: time,
            &outbox)
    }

    /// Answers a request for past ticks.
    func answer(
        _ wanted: RequestHistoricalTicks, from asker: Asker, _ faults: inout FaultBoard,
        at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        let session = asker.session
        func refuse(_ code: Int32, _ text: String) {
            self.refuse(wanted.requestID, code, text, session, at: time, &outbox)
        }
        let place: Int
        switch instrument(wanted.contract) {
        case .success(let found): place = found
        case .failure(let refused): return refuse(refused.code, refused.text)
        }
        guard let past = PastTicks(rawValue: wanted.whatToShow) else {
            return refuse(
                321, "Error validating request.-'bQ' : cause - Invalid data type: \(wanted.whatToShow)")
        }
        guard (1...Int32(MarketHistory.ticks)).contains(wanted.numberOfTicks) else {
            return refuse(321, "Error validating request.-'bQ' : cause - Number of ticks must be 1 to 1000")
        }
        guard wanted.startTime.isEmpty != wanted.endTime.isEmpty else {
            return refuse(321, "Error validating request.-'bQ' : cause - Specify either start or end time")
        }
        let start = GatewayTime.read(wanted.startTime)
        let end = GatewayTime.read(wanted.endTime)
        guard start != nil || end != nil else {
            return refuse(10314, "End Date/Time: The date, time, or time-zone entered is invalid.")
        }
        let name = markets[place].instrument.name
        if let code = faults.takeRefusal(.history, name, asker.client) {
            return refuse(code, GatewayErrorText.of(code))
        }
        if past == .trades && !markets[place].instrument.hasTrades {
            return refuse(
                10187, "Failed to request historical ticks:No data for \(markets[place].instrument.name)")
        }
        past.tell(
            markets[place].history, request: wanted.requestID, from: start, to: end,
            count: Int(wanted.numberOfTicks), venue: venue(wanted.contract, place), to: session, &outbox)
    }
}
