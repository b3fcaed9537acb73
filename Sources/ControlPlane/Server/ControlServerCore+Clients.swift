import Glibc
import Platform

/// Clients coming, being served and going.
extension ControlServerCore {
    /// Finds out who connected and whether there is a place.
    func welcome(_ socket: consuming OwnedDescriptor) {
        let caller: Caller
        do throws(SystemError) {
            let peer = try Peer(socket: socket.number)
            caller = Caller(peer: peer, role: roles.role(of: peer))
        } catch {
            dispatcher.count(\.failedAccepts)
            return
        }
        let id = newNumber()
        let mayEngage = mayEngage(caller.role)
        if !admission.hasRoom(for: caller.peer.uid) { hearAll(servingAtOnce: mayEngage) }
        switch admission.admit(id, uid: caller.peer.uid, mayEngage: mayEngage) {
        case .admitted: break
        case .replacing(let victim): evict(victim)
        case .refused(let reason): return turnAway(socket, caller.peer, reason)
        }
        connect(id, socket, caller)
    }

    /// Reads once. An engage is served at once, with what its client has sent before it; who may engage and does not has a turn
    /// like everybody else, so that hearing all of them costs no time; the others are served.
    func readable(_ client: ClientConnection) {
        guard receive(client) else { return }
        guard client.isUrgent && !client.state.holdsEngage else { return serve(client) }
        client.askForTurn()
        settle(client)
    }

    /// - Returns: false when the connection is lost.
    private func receive(_ client: ClientConnection) -> Bool {
        do throws(SystemError) {
            try client.receive(into: &buffer, now: clock())
            return true
        } catch {
            dispatcher.count(\.brokenConnections)
            drop(client)
            return false
        }
    }

    /// Serves complete lines for one turn; the others have theirs before the next.
    ///
    /// Who sends more than it may rests until it may again: refusing costs work, too, which others would wait for.
    func serve(_ client: ClientConnection) {
        if client.state.holdsEngage { return serveEngage(client) }
        var budget = limits.requestsPerTurn
        var rest: UInt64 = 0
        while budget > 0, rest == 0, let item = client.state.nextLine(now: clock()) {
            budget -= item.cost
            rest = handle(item, from: client)
        }
        // Blocked before what is queued is sent: that may make room for lines that wait.
        let mayHoldMore = budget <= 0 || rest > 0 || client.state.isBlocked
        guard flush(client) else { return }
        if mayHoldMore && !client.state.isBlocked { client.askForTurn(after: rest) }
        settle(client)
    }

    /// Serves lines up to the last that engages, in their order and without regard for anybody's turn; where the client does
    /// not read its answers, those that engage alone.
    private func serveEngage(_ client: ClientConnection) {
        while client.state.holdsEngage, let item = client.state.nextLine(now: clock()) {
            _ = handle(item, from: client)
        }
        guard flush(client) else { return }
        if !client.state.isBlocked { client.askForTurn() }
        settle(client)
    }

    /// The turn that was asked for.
    private func takeTurn(_ client: ClientConnection) {
        client.isTurnScheduled = false
        serve(client)
    }

    /// Sends what is queued, then serves on if the client was held back by its own output.
    func writable(_ client: ClientConnection) {
        guard flush(client) else { return }
        if client.state.mayServeOn && !client.isTurnScheduled { return serve(client) }
        settle(client)
    }

    /// Sends what is queued.
    func deliver(_ client: ClientConnection) {
        if flush(client) { settle(client) }
    }

    /// Answers what has been received completely and takes nothing more.
    func finishServing(_ client: ClientConnection) {
        while let item = client.state.nextLine(now: clock()) { _ = handle(item, from: client) }
        client.state.close()
        deliver(client)
    }

    /// Closes the connection if its time is over.
    func expire(_ client: ClientConnection, now: UInt64) {
        switch client.state.expiry(now: now) {
        case nil: return
        case .write:
            dispatcher.count(\.writeTimeouts)
            drop(client)
        case .arrival:
            dispatcher.count(\.arrivalTimeouts)
            refuse(client, .timeout("the request did not arrive within \(limits.requestArrival)"))
        case .idle:
            dispatcher.count(\.idleTimeouts)
            refuse(client, .timeout("no request within \(limits.idle)"))
        }
    }

    /// Sends a last error and closes.
    private func refuse(_ client: ClientConnection, _ error: RPCError) {
        client.state.send(RPCAnswer.error(error, id: .null), now: clock())
        client.state.close()
        deliver(client)
    }

    /// - Returns: nanoseconds for which the client is to rest.
    private func handle(_ item: LineFramer.Item, from client: ClientConnection) -> UInt64 {
        admission.touch(client.id)
        guard case .line(let line) = item else {
            dispatcher.count(\.oversizedRequests)
            let error = RPCError.tooLarge(
                "a request has at most \(limits.requestBytes) bytes", limit: limits.requestBytes)
            client.state.send(RPCAnswer.error(error, id: .null), now: clock())
            client.state.close()
            return 0
        }
        let now = clock()
        switch dispatcher.handle(line, from: client.caller, inFlight: client.state.inFlight, now: now) {
        case .nothing: break
        case .answer(let bytes): client.state.send(bytes, now: now)
        case .pending(let call): wait(for: call, of: client, now: now)
        }
        let rest = dispatcher.takeRest()
        return client.isUrgent ? 0 : rest
    }

    /// - Returns: false when the connection is lost.
    private func flush(_ client: ClientConnection) -> Bool {
        do throws(SystemError) {
            try client.flush(now: clock())
            return true
        } catch {
            dispatcher.count(\.brokenConnections)
            drop(client)
            return false
        }
    }

    private func settle(_ client: ClientConnection) {
        if client.state.isFinished { drop(client) } else { client.arm() }
    }

    private func connect(_ id: UInt64, _ socket: consuming OwnedDescriptor, _ caller: Caller) {
        guard let loop else { return admission.leave(id) }
        let client: ClientConnection
        let isUrgent = mayEngage(caller.role)
        do throws(SystemError) {
            client = try ClientConnection(
                id: id, socket: socket, caller: caller,
                state: ClientState(limits: limits, mayEngage: isUrgent, now: clock()), isUrgent: isUrgent,
                loop: loop, ready: { [weak self] ready in self?.isReady(id, ready) })
        } catch {
            dispatcher.count(\.failedAccepts)
            return admission.leave(id)
        }
        clients[id] = client
        dispatcher.count(\.connections)
        dispatcher.observe(.connected(caller))
        updateTimer()
    }

    /// Reading may end the connection; then nothing is written.
    private func isReady(_ id: UInt64, _ ready: EventLoop.Interest) {
        if ready.contains(.turn), let client = clients[id] { takeTurn(client) }
        if ready.contains(.read), let client = clients[id] { readable(client) }
        if ready.contains(.write), let client = clients[id] { writable(client) }
    }

    private func mayEngage(_ role: Role) -> Bool {
        MethodTable.row(MethodTable.engage)?.allows(role, under: dispatcher.identity.profile) ?? false
    }

    /// Reads from everybody before somebody is evicted or refused: who has hung up makes room, and what has been
    /// sent, be it the order to stop trading, is served: at once for who may have to evict somebody, else in its turn, so that
    /// strangers who connect in vain cost little.
    private func hearAll(servingAtOnce: Bool) {
        for client in clients.values where client.state.wantsToRead {
            guard receive(client) else { continue }
            if client.state.holdsEngage || servingAtOnce && (client.isUrgent || !client.isTurnScheduled) {
                serve(client)
            } else {
                client.askForTurn()
                settle(client)
            }
        }
    }

    private func evict(_ id: UInt64) {
        guard let victim = clients[id] else { return }
        let reason = "closed in favour of a newer connection"
        dispatcher.count(\.evictedClients)
        dispatcher.observe(.turnedAway(victim.caller.peer, reason))
        refuse(victim, .rateLimited(reason, retryAfterMilliseconds: 0))
        drop(victim)
    }

    private func turnAway(
        _ socket: borrowing OwnedDescriptor, _ peer: Peer, _ refusal: ConnectionAdmission.Refusal
    ) {
        let reason: String
        switch refusal {
        case .allTaken:
            reason = "all \(limits.clients) connections are taken"
            dispatcher.count(\.refusedClients)
        case .tooManyOfUser:
            reason = "a user has at most \(limits.clientsPerUser) connections"
            dispatcher.count(\.refusedClientsPerUser)
        }
        dispatcher.observe(.turnedAway(peer, reason))
        let line = RPCAnswer.error(.rateLimited(reason, retryAfterMilliseconds: 0), id: .null) + [0x0A]
        // A courtesy: the connection is closed whether or not the client can be told.
        do throws(SystemError) { _ = try UnixSocket.send(socket.number, line[...]) } catch {}
    }
}

extension LineFramer.Item {
    /// Of a turn: long lines and batches take longer.
    fileprivate var cost: Int {
        switch self {
        case .line(let line): 1 + line.count / 512
        case .tooLong: 1
        }
    }
}
