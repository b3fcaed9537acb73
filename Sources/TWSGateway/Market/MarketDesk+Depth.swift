import TWSProtocol
import TradingModel

/// Depth requests.
extension MarketDesk {
    mutating func request(
        _ wanted: RequestMarketDepth, from asker: Asker, _ faults: inout FaultBoard, at time: Timestamp,
        _ outbox: inout GatewayOutbox
    ) {
        let session = asker.session
        let place: Int
        switch instrument(wanted.contract) {
        case .success(let found): place = found
        case .failure(let refused):
            return refuse(wanted.requestID, refused.code, refused.text, session, at: time, &outbox)
        }
        switch depthVerdict(wanted, asker, place, &faults) {
        case .granted, .delayed: break
        case .noticed(let code):
            refuse(wanted.requestID, code, GatewayErrorText.of(code), session, at: time, &outbox)
        case .refused(let code, let text):
            return refuse(wanted.requestID, code, text, session, at: time, &outbox)
        }
        let depth = DepthSubscription(
            session: session, request: wanted.requestID, instrument: place,
            rows: min(Int(wanted.rows), limits.depthRows), isSmartDepth: wanted.isSmartDepth,
            makers: makers(wanted, markets[place].instrument))
        depths.append(depth)
        if !isCutOff { depth.tellAll(markets[place].ladder, &outbox) }
    }

    private func depthVerdict(
        _ wanted: RequestMarketDepth, _ asker: Asker, _ place: Int, _ faults: inout FaultBoard
    ) -> Verdict {
        let instrument = markets[place].instrument
        if uses(wanted.requestID, asker.session) {
            return .refused(322, "Error processing request.-'b' : cause - Duplicate ticker id")
        }
        guard wanted.rows > 0 else {
            return .refused(
                321, "Error validating request.-'bN' : cause - Invalid number of rows: \(wanted.rows)")
        }
        let isOffered =
            wanted.isSmartDepth
            ? wanted.contract.exchange == "SMART" : instrument.depth(at: wanted.contract.exchange) != nil
        guard isOffered else { return .refused(10092) }
        guard depths.instruments(besides: place) < limits.depthInstruments else {
            return .refused(
                309, "Max number (\(limits.depthInstruments)) of market depth requests has been reached")
        }
        guard depths.count(of: asker.session) < limits.depthSubscriptions else {
            return .refused(
                309, "Max number (\(limits.depthSubscriptions)) of market depth requests has been reached")
        }
        if let refusal = faults.takeRefusal(.depth, instrument.name, asker.client) {
            return [10090, 2152].contains(refusal) ? .noticed(refusal) : .refused(refusal)
        }
        return unsubscribed.contains(instrument.name) ? .refused(354) : .granted
    }

    /// Names in the rows: with smart depth the venues, at a venue with market makers the venue.
    private func makers(_ wanted: RequestMarketDepth, _ instrument: GatewayInstrument) -> [ShortText] {
        if wanted.isSmartDepth {
            let direct = instrument.venues.filter { $0.name != "SMART" }.map { ShortText($0.name) }
            return direct.isEmpty ? [ShortText("SMART")] : direct
        }
        switch instrument.depth(at: wanted.contract.exchange) {
        case .makers?: return [ShortText(wanted.contract.exchange)]
        case .plain?, nil: return []
        }
    }

    mutating func cancel(
        _ cancel: CancelMarketDepth, from session: SessionID, at time: Timestamp,
        _ outbox: inout GatewayOutbox
    ) {
        let before = depths.count
        depths.removeAll {
            $0.request == cancel.requestID && $0.session == session && $0.isSmartDepth == cancel.isSmartDepth
        }
        guard depths.count == before else { return }
        refuse(
            cancel.requestID, 310,
            "Can't find the subscribed market depth with tickerId:\(cancel.requestID)", session, at: time,
            &outbox)
    }
}
