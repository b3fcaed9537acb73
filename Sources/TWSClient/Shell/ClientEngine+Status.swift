import Platform
import TWSProtocol
import TradingModel

extension ClientEngine {
    /// How things stand.
    func makeStatus(_ now: UInt64) -> ClientStatus {
        let time = Timestamp(nanoseconds: clock.utc(at: now))
        var status = ClientStatus()
        status.state = core.state
        status.since = Timestamp(nanoseconds: clock.utc(at: core.since))
        status.reason = core.reason
        status.serverVersion = core.version?.rawValue
        status.connectionTime = core.connectionTime
        status.accounts = core.accounts
        status.attempts = core.attempts
        status.failures = core.failures
        status.lastFailure = core.lastFailure.map { "\($0)" } ?? ""
        status.nextAttempt = core.nextAttempt.map { Timestamp(nanoseconds: clock.utc(at: $0)) }
        status.isInResetWindow = resets.window(at: time) != nil
        status.phase = phase(now, isInResetWindow: status.isInResetWindow)
        status.farms = core.farms.lines
        status.resolvedContracts = core.contracts.resolved
        status.streams = table.lines
        status.roundTrip = core.heartbeat.roundTrip
        status.counters = makeCounters()
        return status
    }

    private func makeCounters() -> ClientCounters {
        var counters = intake.counters
        counters.errors = errors
        (counters.sent, counters.waited) = lane.counts
        counters.liveSessions = core.liveSessions
        counters.reconciliations = core.reconciliations
        counters.linkLosses = core.linkLosses
        counters.unsent = unsent
        counters.lostNotes = notes.lost
        return counters
    }

    private func phase(_ now: UInt64, isInResetWindow: Bool) -> GatewayPhase {
        GatewayPhase(
            GatewayPhase.Facts(
                state: core.state, isLinkDown: core.isLinkDown, lastFailure: core.lastFailure,
                lastUp: core.lastUp, isInResetWindow: isInResetWindow, now: now))
    }
}
