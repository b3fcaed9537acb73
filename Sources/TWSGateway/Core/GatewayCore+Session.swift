import TWSProtocol
import TradingModel

/// What a session says, from its greeting on.
extension GatewayCore {
    /// A client has said something.
    ///
    /// - Returns: the version agreed, when this was the greeting and it went well.
    mutating func handle(_ input: SessionInput, from session: SessionID, at time: Timestamp) -> ServerVersion?
    {
        advance(to: time)
        // Who is being let go is not heard any more.
        guard let index = index(of: session), !outbox.isClosing(session) else { return nil }
        switch (input, sessions[index].phase) {
        case (_, .ending): return nil
        case (.broken(let reason), _):
            counters.broken += 1
            end(index, .drop, "closed: \(reason)")
        case (.offer(let offer), .greeting): return agree(offer, index)
        // The reader tells greetings first and requests afterwards.
        case (.offer, .starting), (.offer, .ready), (_, .greeting): return nil
        case (.unknown(let number), _):
            counters.unknown += 1
            noteOnce(index, number, "sent message \(number.rawValue), which is no request")
        case (.empty, _): counters.empty += 1
        case (.discarded(let fault, let request), _): discard(fault, request, index)
        case (.request(let request), .starting(let version)):
            counters.received.count(request.number)
            start(request, index, version)
        case (.request(let request), .ready):
            counters.received.count(request.number)
            serve(request, index)
        }
        return nil
    }

    /// Answers with the highest version both speak; without one there is nothing to say.
    private mutating func agree(_ offer: ClientGreeting, _ index: Int) -> ServerVersion? {
        let (lowest, highest) = (options.versions.lowerBound, options.versions.upperBound)
        guard let version = offer.agreed(lowest: lowest, highest: highest) else {
            end(
                index, .drop,
                "closed: it speaks \(offer.lowest.rawValue) to \(offer.highest.rawValue), the gateway "
                    + "\(lowest.rawValue) to \(highest.rawValue)")
            return nil
        }
        let session = sessions[index].session
        sessions[index].agreed(version, deadline: now.advanced(by: options.limits.handshake))
        outbox.agree(version, with: session)
        let answer = GatewayGreeting(version: version, connectionTime: GatewayTime.connection(now))
        outbox.append(raw: answer.bytes, to: session)
        return version
    }

    /// A request that cannot be read is refused by number; the session goes on.
    private mutating func discard(_ fault: MessageFault, _ request: Int32?, _ index: Int) {
        counters.discarded += 1
        noteOnce(index, MessageID(fault.message), "request discarded: \(fault)")
        guard sessions[index].client != nil else { return }
        send(
            error: 320, "Error reading request. \(fault)", request: request ?? -1,
            to: sessions[index].session)
    }

    /// Before the start nothing else is heard.
    private mutating func start(_ request: ClientMessage, _ index: Int, _ version: ServerVersion) {
        guard case .startAPI(let start) = request else {
            counters.early += 1
            return
        }
        let session = sessions[index].session
        if faults.takeBusyClient(start.clientID) || sessions.contains(where: { $0.client == start.clientID })
        {
            send(
                error: 326,
                "Unable to connect as the client id is already in use. Retry with a unique client id.",
                to: session)
            end(index, .finish, "client id \(start.clientID) is in use")
            return
        }
        guard start.clientID >= 0 else {
            send(error: 321, "Error validating request.-'bY' : cause - Invalid client id", to: session)
            return end(index, .finish, "client id \(start.clientID) is none")
        }
        sessions[index].started(version, client: start.clientID)
        outbox.start(session, client: start.clientID)
        counters.started += 1
        note(session, "client \(start.clientID) at version \(version.rawValue)")
        if let bytes = faults.takeCut(client: start.clientID) { cut(session, after: bytes) }
        brokerage.sessionReady(session, client: start.clientID, at: now, &outbox)
        for notice in faults.farmNotices { send(error: notice.code, notice.text, to: session) }
    }

    /// A request of a session that has started: pace first, then whoever it concerns.
    private mutating func serve(_ request: ClientMessage, _ index: Int) {
        let session = sessions[index].session
        var verdict = sessions[index].pace.count(at: now, limit: options.limits.requestsPerSecond)
        if verdict == .served, faults.takePacingOffence(sessions[index].client) {
            verdict = sessions[index].pace.offend()
        }
        guard verdict == .served else {
            send(
                error: 100, "Max rate of messages per second has been exceeded:max=50 rec=51",
                request: request.requestNumber ?? -1, to: session)
            if verdict == .ended { end(index, .finish, "sent too many requests, for the third time") }
            return
        }
        performTriggered(by: request.number, answered: false, session)
        // A fault may have ended the session, or all of them.
        guard let index = self.index(of: session), sessions[index].phase != .ending else { return }
        if !brokerage.handle(request, from: session, at: now, &outbox) { answer(request, index) }
        performTriggered(by: request.number, answered: true, session)
    }
}
