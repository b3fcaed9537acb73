import TWSProtocol
import TradingModel

/// Who asks for market data.
struct Asker: Sendable {
    let session: SessionID
    let client: Int32?
}

/// Level 1 requests.
extension MarketDesk {
    /// How a request for market data goes.
    enum Verdict: Equatable, Sendable {
        /// As asked.
        case granted
        /// Delayed values instead, after this notice; `nil` for none.
        case delayed(notice: Int32?)
        /// As asked, after this notice.
        case noticed(Int32)
        /// Not at all.
        case refused(Int32, String)

        static func refused(_ code: Int32) -> Verdict { .refused(code, GatewayErrorText.of(code)) }
    }

    /// Generic ticks that can be asked for; only 233 brings anything here.
    private static let genericTicks: Set<String> = [
        "100", "101", "104", "105", "106", "107", "125", "165", "166", "221", "225", "232", "233", "236",
        "258", "292",
        "293", "294", "295", "318", "375", "411", "456", "460", "576", "577", "586", "587", "588", "595",
        "614", "619",
        "787", "mdoff",
    ]

    /// Begins to tell level 1, or refuses to.
    ///
    /// - Parameters:
    ///   - type: what the session asked for by reqMarketDataType.
    ///   - faults: may have one that waits for such a request.
    mutating func request(
        _ wanted: RequestMarketData, from asker: Asker, type: Int32, _ faults: inout FaultBoard,
        at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        let session = asker.session
        let place: Int
        switch instrument(wanted.contract) {
        case .success(let found): place = found
        case .failure(let refused):
            return refuse(wanted.requestID, refused.code, refused.text, session, at: time, &outbox)
        }
        var isDelayed = false
        switch lineVerdict(wanted, asker, place, type, &faults) {
        case .granted: break
        case .refused(let code, let text):
            return refuse(wanted.requestID, code, text, session, at: time, &outbox)
        case .noticed(let code):
            refuse(wanted.requestID, code, GatewayErrorText.of(code), session, at: time, &outbox)
        case .delayed(let notice):
            isDelayed = true
            if let notice {
                refuse(wanted.requestID, notice, GatewayErrorText.of(notice), session, at: time, &outbox)
            }
        }
        let generic = wanted.genericTicks.split(separator: ",")
        lines.append(
            LineSubscription(
                session, request: wanted.requestID, instrument: place,
                wantsTradeVolume: generic.contains("233"), isDelayed: isDelayed,
                snapshotDeadline: wanted.isSnapshot || wanted.isRegulatorySnapshot
                    ? time.advanced(by: limits.snapshot) : nil))
        begin(lines.count - 1, at: time, &outbox)
    }

    private func lineVerdict(
        _ wanted: RequestMarketData, _ asker: Asker, _ place: Int, _ type: Int32,
        _ faults: inout FaultBoard
    ) -> Verdict {
        if uses(wanted.requestID, asker.session) { return .refused(102) }
        let generic = wanted.genericTicks.split(separator: ",").map { $0.filter { $0 != " " } }
        if wanted.isSnapshot && !generic.isEmpty {
            return .refused(414, "Snapshot market data subscription is not applicable to generic ticks")
        }
        if let wrong = generic.first(where: { !Self.genericTicks.contains($0) }) {
            return .refused(
                321, "Error validating request.-'bW' : cause - Incorrect generic tick list of \(wrong).")
        }
        guard lines.count < limits.marketDataLines else { return .refused(101) }
        let isDelayable = type == 3 || type == 4
        let name = markets[place].instrument.name
        if let refusal = faults.takeRefusal(.line, name, asker.client) {
            switch refusal {
            case 10167: return .delayed(notice: 10167)
            case 10090, 2152: return .noticed(refusal)
            // Needs a subscription for live data; delayed data flows where that was asked for.
            case 10089, 10091: return isDelayable ? .delayed(notice: refusal) : .refused(refusal)
            default: return .refused(refusal)
            }
        }
        guard unsubscribed.contains(name) else { return .granted }
        return isDelayable ? .delayed(notice: 10167) : .refused(354)
    }

    /// Says what comes, and all there is.
    private mutating func begin(_ index: Int, at time: Timestamp, _ outbox: inout GatewayOutbox) {
        let line = lines[index]
        let instrument = markets[line.instrument].instrument
        var parameters = TickRequestParameters()
        parameters.requestID = line.request
        parameters.minTick = instrument.minTick
        parameters.bboExchange = instrument.contract.securityType == "STK" ? SmartTable.code : ""
        parameters.snapshotPermissions = 3
        outbox.send(parameters, to: line.session)
        tellType(of: line, &outbox)
        guard !isCutOff else { return }
        if instrument.contract.securityType == "STK" {
            var halted = TickGeneric()
            halted.requestID = line.request
            halted.tickType =
                line.isDelayed
                ? LineSubscription.Tick.halted.delayed : LineSubscription.Tick.halted.rawValue
            outbox.send(halted, to: line.session)
        }
        lines[index].tell(markets[line.instrument], &outbox)
        endSnapshots(at: time, &outbox)
    }

    private func tellType(of line: LineSubscription, _ outbox: inout GatewayOutbox) {
        var notice = MarketDataTypeNotice()
        notice.requestID = line.request
        notice.marketDataType = line.isDelayed ? 3 : 1
        outbox.send(notice, to: line.session)
    }

    /// A live line gives delayed values from now on.
    mutating func delay(_ index: Int, _ outbox: inout GatewayOutbox) {
        lines[index].isDelayed = true
        lines[index].needsAll = true
        tellType(of: lines[index], &outbox)
        if !isCutOff { lines[index].tell(markets[lines[index].instrument], &outbox) }
    }

    mutating func cancel(
        _ cancel: CancelMarketData, from session: SessionID, at time: Timestamp, _ outbox: inout GatewayOutbox
    ) {
        let before = lines.count
        lines.removeAll { $0.request == cancel.requestID && $0.session == session }
        guard lines.count == before else { return }
        refuse(
            cancel.requestID, 300, "Can't find EId with tickerId:\(cancel.requestID)", session, at: time,
            &outbox)
    }

    // MARK: For every kind of request

    /// Why a request for an instrument is refused.
    struct Refusal: Error, Equatable {
        let code: Int32
        let text: String
    }

    /// The one instrument that a contract means.
    func instrument(_ contract: Contract) -> Result<Int, Refusal> {
        switch search.resolve(contract) {
        case .one(let place): return .success(place)
        case .unknown: return .failure(Refusal(code: 200, text: GatewayErrorText.of(200)))
        case .ambiguous:
            return .failure(
                Refusal(
                    code: 200,
                    text: "The contract description specified for \(contract.symbol) is ambiguous; you must "
                        + "specify the multiplier or trading class."))
        case .noExchange:
            return .failure(
                Refusal(
                    code: 321, text: "Error validating request.-'bM' : cause - Please enter exchange"))
        }
    }

    func refuse(
        _ request: Int32, _ code: Int32, _ text: String, _ session: SessionID, at time: Timestamp,
        _ outbox: inout GatewayOutbox
    ) {
        outbox.send(ErrorMessage(request: request, code: code, text: text, at: time), to: session)
    }
}
