import TWSProtocol
import TradingModel

/// What goes wrong on purpose.
extension GatewayCore {
    /// Schedules a fault, or lets it happen when it is for now.
    ///
    /// - Throws: why it cannot happen at all: a symbol that is none, a client that is not there, nothing to fill.
    public mutating func perform(_ fault: ScheduledFault, at time: Timestamp) throws(FaultSyntaxError) {
        advance(to: time)
        switch fault.moment {
        case .now: try happen(fault, to: nil)
        case .at, .on, .after: try faults.schedule(fault, began: began)
        case .afterBytes(let bytes): try cut(fault, after: bytes)
        case .afterMoreBytes(let bytes): try cut(fault, afterMore: bytes)
        }
    }

    /// A timeline that was read before the gateway began; its times count from `time`.
    public mutating func begin(_ timeline: [ScheduledFault], at time: Timestamp) {
        began = time
        for fault in timeline {
            // What is for now happens as soon as time passes.
            var fault = fault
            if fault.moment == .now { fault.moment = .at(0) }
            do throws(FaultSyntaxError) {
                try faults.schedule(fault, began: time)
            } catch {
                note(nil, "\(fault.fault.name) is forgotten: \(error)")
            }
        }
    }

    /// Lets happen what is due.
    mutating func performDue() {
        while let fault = faults.takeDue(at: now) { attempt(fault, to: nil) }
    }

    /// Lets happen what waits for a message.
    mutating func performTriggered(by message: MessageID, answered: Bool, _ session: SessionID) {
        let client = outbox.clientID(of: session)
        for fault in faults.takeTriggered(by: message, answered: answered, client: client) {
            attempt(fault, to: session)
        }
    }

    /// A fault that was scheduled and can no more happen is noted.
    private mutating func attempt(_ fault: ScheduledFault, to session: SessionID?) {
        do throws(FaultSyntaxError) {
            try happen(fault, to: session)
        } catch {
            note(session, "\(fault.fault.name) could not happen: \(error)")
        }
    }

    private mutating func happen(_ scheduled: ScheduledFault, to cause: SessionID?) throws(FaultSyntaxError) {
        let fault = scheduled.fault
        var concerned = cause.map { [$0] } ?? sessions.map(\.session)
        // What waits for its occasion needs nobody to be there yet.
        if let client = scheduled.client, !fault.waitsForOccasion {
            guard let session = outbox.session(ofClient: client) else {
                throw FaultSyntaxError("client \(client) is not connected")
            }
            concerned = [session]
        }
        let client = scheduled.client ?? cause.flatMap { outbox.clientID(of: $0) }
        try carryOut(fault, concerned, client, isForAll: cause == nil && scheduled.client == nil)
        counters.countFault(fault.name)
        note(cause, "fault: \(fault.name)")
    }

    private mutating func carryOut(
        _ fault: Fault, _ concerned: [SessionID], _ client: Int32?, isForAll: Bool
    ) throws(FaultSyntaxError) {
        switch fault {
        case .drop: add(.drop, to: concerned)
        case .reset: add(.reset, to: concerned)
        case .trickle(let time): add(.trickle(time), to: concerned)
        case .hold(let frames): add(.hold(frames: frames), to: concerned)
        case .silence(let time): for session in concerned { silence(session, for: time) }
        case .malformed(let frame):
            for session in concerned { outbox.append(raw: frame.bytes, to: session) }
        case .error(let code, let symbol): try error(code, symbol, concerned, client)
        case .competitionEnds: faults.endCompetition()
        case .refuse(let code, let kind, let symbol, let count):
            _ = try place(symbol)
            try faults.refuse(
                FaultBoard.Refusal(code: code, kind: kind, symbol: symbol, client: client, count: count))
        case .busy(let count): faults.makeBusy(count, client)
        case .pacing(let count): faults.offendPacing(count, client)
        case .order(let fault): brokerage.inject(fault, client: client, at: now, &outbox)
        case .restart(let pause): try restart(pause)
        case .closePort(let pause): serverEffects.append(.closePort(pause))
        case .acceptMutely(let time): serverEffects.append(.acceptMutely(time))
        case .pause: faults.isMarketPaused = true
        case .resume:
            faults.isMarketPaused = false
            faults.endCompetition()
        case .firehose(let kind, let count): try firehose(kind, count, isForAll ? nil : concerned.first)
        }
    }

    private mutating func add(_ effect: ConnectionEffect, to concerned: [SessionID]) {
        for session in concerned {
            outbox.add(effect, to: session)
            if effect.endsConnection, let index = index(of: session) { sessions[index].ended() }
        }
    }

    /// Neither reads nor writes; a step of the session may take so much longer.
    mutating func silence(_ session: SessionID, for time: Int64) {
        outbox.add(.silence(time), to: session)
        guard let index = index(of: session) else { return }
        let end = now.advanced(by: time).advanced(by: options.limits.handshake)
        sessions[index].extendDeadline(to: end)
    }

    /// Cuts the open sessions, or waits for the next one.
    private mutating func cut(_ fault: ScheduledFault, after bytes: UInt64) throws(FaultSyntaxError) {
        let concerned = openSessions(of: fault.client)
        if concerned.isEmpty { return try faults.schedule(fault, began: began) }
        guard concerned.contains(where: { outbox.written(to: $0) <= bytes }) else {
            throw FaultSyntaxError("more than \(bytes) bytes have been sent already")
        }
        for session in concerned { cut(session, after: bytes) }
    }

    /// Cuts the open sessions, counted from where each of them is, or waits for the next one.
    private mutating func cut(_ fault: ScheduledFault, afterMore bytes: UInt64) throws(FaultSyntaxError) {
        let concerned = openSessions(of: fault.client)
        if concerned.isEmpty {
            let waiting = ScheduledFault(fault.fault, .afterBytes(bytes), client: fault.client)
            return try faults.schedule(waiting, began: began)
        }
        for session in concerned { cut(session, after: outbox.written(to: session) + bytes) }
    }

    /// Sessions that are not being let go, of that client, or of all.
    private func openSessions(of client: Int32?) -> [SessionID] {
        sessions.map(\.session).filter { session in
            !outbox.isClosing(session) && (client == nil || client == outbox.clientID(of: session))
        }
    }

    mutating func cut(_ session: SessionID, after bytes: UInt64) {
        guard outbox.written(to: session) <= bytes else {
            return note(session, "drop could not happen: more than \(bytes) bytes have been sent already")
        }
        outbox.add(.cut(afterBytes: bytes), to: session)
        counters.countFault(Fault.drop.name)
    }

    /// The state is read again, as after a real restart; the connections end without the brokerage's farewell.
    private mutating func restart(_ pause: Int64) throws(FaultSyntaxError) {
        do throws(BrokerageError) {
            try brokerage.restart()
        } catch {
            throw FaultSyntaxError("the state cannot be read again: \(error)")
        }
        noteTornLog()
        faults.restart()
        market.restart()
        for session in sessions.map(\.session) {
            outbox.end(session)
            closing.append(session)
        }
        sessions.removeAll()
        serverEffects.append(.restart(pause))
    }

    private mutating func firehose(
        _ kind: Fault.FirehoseKind, _ count: Int, _ session: SessionID?
    ) throws(FaultSyntaxError) {
        let versions = outbox
        guard
            let found = market.firehose(
                kind, count: count, session: session, at: now, version: { versions.version(of: $0) })
        else { throw FaultSyntaxError("no client is subscribed to \(kind.rawValue)") }
        if outbox.isHosing(found.session) { throw FaultSyntaxError("a firehose is running") }
        outbox.add(.firehose(found.block), to: found.session)
        outbox.countSent(found.message, times: count)
        var marker = CurrentTime()
        marker.seconds = now.nanoseconds / 1_000_000_000
        outbox.send(marker, to: found.session)
    }

    /// Position of the instrument of that local symbol; `nil` where none is named.
    func place(_ symbol: String?) throws(FaultSyntaxError) -> Int? {
        guard let symbol else { return nil }
        guard let place = market.place(named: symbol) else {
            let known = options.instruments.map(\.name).joined(separator: ", ")
            throw FaultSyntaxError("'\(symbol)' is none of \(known)")
        }
        return place
    }
}
