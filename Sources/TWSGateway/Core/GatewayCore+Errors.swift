import TWSProtocol
import TradingModel

/// Errors and notices on demand, with what they mean for the state of the gateway.
extension GatewayCore {
    /// Sends an error; those that concern subscriptions go to the live ones.
    mutating func error(
        _ code: Int32, _ symbol: String?, _ concerned: [SessionID], _ client: Int32?
    ) throws(FaultSyntaxError) {
        let concern = Concern(place: try place(symbol), sessions: concerned)
        switch code {
        case 1100, 2110: loseLink(code)
        case 1101: regainLink(dataLost: true)
        case 1102: regainLink(dataLost: false)
        case 1300:
            tellAll(code, "\(GatewayErrorText.of(code)) \(port)")
            for session in sessions.map(\.session) { outbox.close(session) }
        case 316, 317: depthError(code, concern)
        case 10167: delayLines(concern)
        case 10090, 10091, 2152, 165: noticeSubscriptions(code, concern)
        case 10197:
            refuseLive(code, concern)
            faults.compete(FaultBoard.Competition(symbol: symbol, client: client))
        case 354, 10089, 10168, 10182, 10186, 10189, 10190, 309: refuseLive(code, concern)
        default: farmError(code, concerned)
        }
    }

    private mutating func tellAll(_ code: Int32, _ text: String? = nil) {
        for session in outbox.readySessions {
            send(error: code, text ?? GatewayErrorText.of(code), to: session)
        }
    }

    private mutating func loseLink(_ code: Int32) {
        faults.lostLink = code
        market.cutOff()
        brokerage.loseLink()
        tellAll(code)
    }

    /// With data lost every subscription is gone, without a further word.
    private mutating func regainLink(dataLost: Bool) {
        faults.lostLink = nil
        if dataLost { market.dropSubscriptions() }
        tellAll(dataLost ? 1101 : 1102)
        if !faults.brokenFarms.contains(.market) { market.reconnect(at: now, &outbox) }
        brokerage.regainLink(at: now, &outbox)
    }

    /// Farm notices come in pairs; what is none of them is only said.
    private mutating func farmError(_ code: Int32, _ concerned: [SessionID]) {
        if let broken = FaultBoard.Farm(rawValue: code) {
            faults.brokenFarms.insert(broken)
            if broken == .market { market.cutOff() }
            tellAll(code)
        } else if let well = FaultBoard.Farm.allCases.first(where: { $0.recovery == code }) {
            faults.brokenFarms.remove(well)
            tellAll(code)
            if well == .market, !faults.isLinkDown { market.reconnect(at: now, &outbox) }
        } else {
            for session in concerned where outbox.clientID(of: session) != nil {
                send(error: code, GatewayErrorText.of(code), to: session)
            }
        }
    }

    /// 317: the book is told anew. 316: the subscription is gone.
    private mutating func depthError(_ code: Int32, _ concern: Concern) {
        for depth in market.depths where concern.includes(depth.instrument, depth.session) {
            send(error: code, GatewayErrorText.of(code), request: depth.request, to: depth.session)
            if code == 317 { depth.tellAll(market.markets[depth.instrument].ladder, &outbox) }
        }
        guard code == 316 else { return }
        market.depths.removeAll { concern.includes($0.instrument, $0.session) }
    }

    private mutating func delayLines(_ concern: Concern) {
        for index in market.lines.indices
        where concern.includes(market.lines[index].instrument, market.lines[index].session) {
            let line = market.lines[index]
            send(error: 10167, GatewayErrorText.of(10167), request: line.request, to: line.session)
            market.delay(index, &outbox)
        }
    }

    /// Notices: everything goes on.
    private mutating func noticeSubscriptions(_ code: Int32, _ concern: Concern) {
        for live in liveRequests(concern) {
            send(error: code, GatewayErrorText.of(code), request: live.request, to: live.session)
        }
    }

    /// Live subscriptions end with an error; 309 concerns depth, 10189 and 10190 tick by tick, the others all.
    private mutating func refuseLive(_ code: Int32, _ concern: Concern) {
        let ofDepth = code == 309
        let ofTicks = code == 10189 || code == 10190
        for live in liveRequests(concern)
        where (!ofDepth || live.kind == .depth) && (!ofTicks || live.kind == .tickByTick) {
            send(error: code, GatewayErrorText.of(code), request: live.request, to: live.session)
        }
        if !ofDepth && !ofTicks { market.lines.removeAll { concern.includes($0.instrument, $0.session) } }
        if !ofTicks { market.depths.removeAll { concern.includes($0.instrument, $0.session) } }
        if !ofDepth { market.ticks.removeAll { concern.includes($0.instrument, $0.session) } }
    }

    private func liveRequests(
        _ concern: Concern
    ) -> [(session: SessionID, request: Int32, kind: Fault.RequestKind)] {
        let lines = market.lines.filter { concern.includes($0.instrument, $0.session) }
            .map { ($0.session, $0.request, Fault.RequestKind.line) }
        let depths = market.depths.filter { concern.includes($0.instrument, $0.session) }
            .map { ($0.session, $0.request, Fault.RequestKind.depth) }
        let ticks = market.ticks.filter { concern.includes($0.instrument, $0.session) }
            .map { ($0.session, $0.request, Fault.RequestKind.tickByTick) }
        return lines + depths + ticks
    }
}

/// Which live subscriptions an error concerns.
private struct Concern {
    /// Position of the instrument; `nil` for every one.
    let place: Int?
    let sessions: [SessionID]

    func includes(_ instrument: Int, _ session: SessionID) -> Bool {
        (place == nil || place == instrument) && sessions.contains(session)
    }
}
