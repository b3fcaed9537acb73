import TWSProtocol

/// What happens because nothing happens.
extension SessionCore {
    /// Time has passed.
    mutating func tick(_ now: UInt64) {
        if let deadline, now >= deadline { stepIsOver(now) }
        switch state {
        case .idle, .connecting, .handshake, .starting, .backoff, .stopped: break
        case .ready, .reconciling, .lost, .live:
            checkHeartbeat(now)
            believeLink(now)
            serveContracts(now)
        }
        guard state == .live else { return }
        if let reason = doubt.due(now) { reconcile(.booksInDoubt, reason, now) }
        if now >= since &+ Backoff.steady { backoff.reset() }
    }

    private mutating func stepIsOver(_ now: UInt64) {
        switch state {
        case .backoff: connect(.attempt, "attempt \(attempts + 1)", now)
        case .ready: contracts.giveUp(now, "no answer about the contract in time")
        case .connecting, .handshake, .starting, .reconciling: socketLost(.timeout(state), now)
        // Nothing is waited for.
        case .idle, .live, .lost, .stopped: deadline = nil
        }
    }

    private mutating func checkHeartbeat(_ now: UInt64) {
        switch heartbeat.check(now) {
        case .well: break
        case .ask: emit(.ask(.requestCurrentTime(RequestCurrentTime())))
        case .dead: socketLost(.silent, now)
        }
    }
}
