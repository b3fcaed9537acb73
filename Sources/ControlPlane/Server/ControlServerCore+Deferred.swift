import Platform

/// Calls whose answer comes later.
extension ControlServerCore {
    func wait(for call: PendingCall, of client: ClientConnection, now: UInt64) {
        let number = newNumber()
        client.state.inFlight += 1
        pending[number] = PendingEntry(
            client: client.id, call: call, deadline: now + call.method.answerDeadline.clampedNanoseconds)
        // What was said at once goes out with this turn, without a way through the queue.
        for (method, parameters) in call.channel.takeNotices() {
            client.state.send(RPCAnswer.notification(method, parameters), now: now)
        }
        let home = home
        call.channel.listen { event in home?.async { $0.received(event, of: number) } }
    }

    /// Tells callers whose calls take too long; the work goes on and its result is still noted.
    func expirePending(now: UInt64) {
        for (number, entry) in pending where !entry.isAnswered && now >= entry.deadline {
            pending[number]?.isAnswered = true
            answer(dispatcher.timeout(of: entry.call), to: entry)
        }
    }

    private func received(_ event: ReplyEvent, of number: UInt64) {
        guard let entry = pending[number] else { return }
        switch event {
        case .notice(let method, let parameters):
            guard !entry.isAnswered, let client = clients[entry.client], !client.state.isBlocked else {
                return
            }
            client.state.send(RPCAnswer.notification(method, parameters), now: clock())
            deliver(client)
        case .finished(let result):
            pending[number] = nil
            let line = dispatcher.finish(entry.call, with: result)
            if !entry.isAnswered { answer(line, to: entry) }
        case .line(let line):
            pending[number] = nil
            dispatcher.ran(entry.call)
            if !entry.isAnswered { answer(line, to: entry) }
        }
    }

    private func answer(_ line: [UInt8], to entry: PendingEntry) {
        guard let client = clients[entry.client] else { return }
        client.state.inFlight -= 1
        client.state.send(line, now: clock())
        deliver(client)
    }
}
