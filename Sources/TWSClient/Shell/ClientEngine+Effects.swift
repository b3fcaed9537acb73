import Platform
import TWSProtocol
import TradingModel

/// What a session wants done.
extension ClientEngine {
    func perform(_ effect: SessionEffect, _ now: UInt64) {
        switch effect {
        case .connect(let port): connect(port, now)
        case .greet(let bytes): greet(bytes, now)
        case .attach(let version):
            if let descriptor = socket?.number { lane.attach(descriptor, version: version, now: now) }
        case .ask(let message): ask(message, now)
        case .close(let reason): close(reason)
        case .changed(let from, let to, let reason): changed(from, to, reason, now)
        case .quiet(let until): lane.holdOff(until: until)
        case .nextOrderID(let id):
            orderIDs.gatewaySays(id)
            refillOrderIDs(now)
        case .order(let message):
            noteOrderID(message)
            tell { $0.orders?.take(message, at: $0.time) }
        case .orderError(let error): tell { $0.orders?.take(error, at: $0.time) }
        case .reconciled: tell { $0.orders?.reconciled(at: $0.time) }
        case .contract(let contract, let symbol, let text):
            tell { $0.market?.take(contract, for: symbol, text: text, at: $0.time) }
        case .stream(let message, let request): tellStream(message, request)
        case .streamError(let error):
            if !table.take(error, now: now) { intake.counters.late &+= 1 }
            needsPoll = true
        case .streams(let turn): turnStreams(turn, now)
        case .note(let kind, let code, let id, let text): note(kind, code, id, text, now)
        }
    }

    // MARK: Socket

    private func connect(_ port: UInt16, _ now: UInt64) {
        if let address = lookup.numeric { return open(address, port: port, now) }
        let attempt = core.attempts
        let isAsked = lookup.begin { [link] outcome in
            link.async { $0.lookedUp(outcome, attempt: attempt, port: port) }
        }
        guard !isAsked else { return }
        // The name server is slow: an address of an earlier answer is better than none.
        guard !addresses.isEmpty else {
            return core.socketLost(.address("\(options.host): its address is still being looked up"), now)
        }
        open(addresses[attempt % addresses.count], port: port, now)
    }

    func open(_ address: String, port: UInt16, _ now: UInt64) {
        intake.begin()
        do throws(SystemError) {
            socket = try ClientSocket(address, port: port, loop: loop) { [weak self] in self?.isReady($0) }
        } catch {
            core.socketLost(SessionFailure(error), now)
        }
    }

    private func greet(_ bytes: [UInt8], _ now: UInt64) {
        do throws(SystemError) {
            try socket?.greet(bytes)
        } catch {
            core.socketLost(SessionFailure(error), now)
        }
    }

    /// What has not left is told before the socket closes, and the lane has let go of it by then.
    private func close(_ reason: String) {
        lane.takesOrders = false
        let unsent = lane.detach(reason: reason)
        socket = nil
        tellUnsent(unsent)
    }

    // MARK: Telling

    private func changed(_ from: SessionState, _ to: SessionState, _ reason: String, _ now: UInt64) {
        // Whatever the read still held went with the socket.
        if core.version == nil { endRead() }
        if from == .starting, to == .ready {
            lane.start()
            needsDrain = true
        }
        lane.takesOrders = to.takesOrders
        let change = SessionChange(from: from, to: to, reason: reason, time: time)
        publish()
        note(.state, nil, nil, "\(from.rawValue) → \(to.rawValue): \(reason)", now)
        tell { engine in
            engine.orders?.sessionChanged(change)
            engine.market?.sessionChanged(change)
        }
    }

    private func tellStream(_ message: ServerMessage, _ request: Int32) {
        guard let stream = table.stream(ofRequest: request) else { return intake.counters.late &+= 1 }
        tell { $0.market?.take(message, of: stream, at: $0.time) }
    }

    private func turnStreams(_ turn: SessionEffect.StreamTurn, _ now: UInt64) {
        needsPoll = true
        switch turn {
        case .live: table.sessionLive(now: now)
        case .lost: table.sessionLost(now: now)
        case .dataLost: table.dataLost(now: now)
        case .interrupted(let code): table.interrupted(code: code)
        case .resumed(let code): table.resumed(code: code)
        }
    }

    /// A reset that cannot be foreseen looks like any other outage; worth a word.
    func noteMissingZones(_ now: UInt64) {
        for zone in resets.missing {
            note(.alarm, nil, nil, "time zone \(zone) is not known here: resets are not foreseen", now)
        }
    }

    private func note(
        _ kind: ClientNote.Kind, _ code: Int32?, _ id: Int32?, _ text: String, _ now: UInt64
    ) {
        guard notes.admits(kind, now) else { return }
        onNote(ClientNote(kind, code: code, id: id, text: text, time: time))
    }

    /// Numbers of our orders, so that none is ever given again.
    private func noteOrderID(_ message: ServerMessage) {
        switch message {
        case .orderStatusReport(let report) where report.clientID == options.clientID: saw(report.orderID)
        case .openOrder(let open) where open.clientID == options.clientID: saw(open.orderID)
        case .executionReport(let report) where report.clientID == options.clientID: saw(report.orderID)
        default: break
        }
    }

    private func saw(_ id: Int32) {
        guard id > 0, id < SessionCore.requestIDs.lowerBound else { return }
        orderIDs.saw(id)
    }

    /// Marks further ids as used; a disk that does not take it is told once, and orders are refused when none is left.
    func refillOrderIDs(_ now: UInt64) {
        refill.begin(orderIDs, now) { [link] failure in link.async { $0.refilled(failure) } }
    }

    /// The first ids, while no socket waits yet.
    func refillBeforeConnecting() {
        do throws(SystemError) { try orderIDs.refill() } catch { refilled(error) }
    }

    private func refilled(_ failure: SystemError?) {
        let now = MonotonicClock.now()
        refill.ended(failure, now)
        defer { orderIDFault = failure }
        guard let failure, failure != orderIDFault else { return }
        time = Timestamp(nanoseconds: clock.utc(at: now))
        note(.alarm, nil, nil, "no order ids can be reserved: \(failure)", now)
    }

    // MARK: Requests

    private func ask(_ message: ClientMessage, _ now: UInt64) {
        needsDrain = true
        switch message {
        case .startAPI(let message): lane.send(message, now: now)
        case .requestContractData(let message): lane.send(message, now: now)
        case .requestMarketRule(let message): lane.send(message, now: now)
        case .requestOpenOrders(let message): lane.send(message, now: now)
        case .requestExecutions(let message): lane.send(message, now: now)
        case .requestPositions(let message): lane.send(message, now: now)
        case .requestCompletedOrders(let message): lane.send(message, now: now)
        case .requestCurrentTime(let message): lane.send(message, now: now)
        default: assertionFailure("a session asks for nothing else")
        }
    }
}
