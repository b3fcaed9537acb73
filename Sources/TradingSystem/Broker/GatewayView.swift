import ExactJSON
import Execution
import TWSClient
import TradingModel

extension BrokerLink {
    /// Writes the session with the gateway, its streams and our books there, for `status`.
    func write(to json: inout JSONWriter) {
        let status = client.status
        json.beginObject()
        writeSession(status, to: &json)
        writeAttempts(status, to: &json)
        json.key("farms")
        json.beginArray()
        for farm in status.farms { farm.write(to: &json) }
        json.endArray()
        json.key("streams")
        json.beginArray()
        for stream in status.streams { stream.write(to: &json) }
        json.endArray()
        json.key("messages")
        status.counters.write(to: &json)
        json.key("books")
        writeBooks(to: &json)
        json.endObject()
    }

    private func writeSession(_ status: ClientStatus, to json: inout JSONWriter) {
        json.key("state")
        json.string(status.state.rawValue)
        json.key("since")
        if status.since > .zero { json.timestamp(status.since) } else { json.null() }
        json.key("reason")
        json.string(status.reason)
        json.key("phase")
        json.string(status.phase.rawValue)
        json.key("in_reset_window")
        json.bool(status.isInResetWindow)
        json.key("address")
        json.string(address)
        json.key("server_version")
        if let version = status.serverVersion { json.integer(version) } else { json.null() }
        json.key("connected_at")
        json.string(status.connectionTime)
        json.key("accounts")
        json.beginArray()
        for account in status.accounts { json.string(account) }
        json.endArray()
    }

    private func writeAttempts(_ status: ClientStatus, to json: inout JSONWriter) {
        json.key("attempts")
        json.integer(status.attempts)
        json.key("failures")
        json.integer(status.failures)
        json.key("last_failure")
        json.string(status.lastFailure)
        json.key("next_attempt")
        if let next = status.nextAttempt { json.timestamp(next) } else { json.null() }
        json.key("contracts")
        json.integer(status.resolvedContracts)
        json.key("round_trip_ns")
        if let roundTrip = status.roundTrip { json.integer(roundTrip) } else { json.null() }
    }

    private func writeBooks(to json: inout JSONWriter) {
        let books = book.reconciliation
        let counts = book.counts
        json.beginObject()
        json.key("compared_at")
        if let time = books.lastAt { json.timestamp(time) } else { json.null() }
        json.key("ready")
        json.bool(books.isReady)
        json.key("found_at_start")
        json.beginArray()
        for finding in books.foundAtStart { json.string(finding.description) }
        json.endArray()
        json.key("adopted")
        json.beginArray()
        for position in books.adopted { json.string(position.text) }
        json.endArray()
        json.key("drift")
        json.beginArray()
        for drift in books.drift { json.string(drift.description) }
        json.endArray()
        json.key("executions")
        json.integer(counts.executions)
        json.key("repeated")
        json.integer(counts.repeated)
        json.key("corrections")
        json.integer(counts.corrections)
        json.key("late_fills")
        json.integer(counts.lateFills)
        json.key("concluded")
        json.integer(counts.concluded)
        json.key("foreign")
        json.integer(counts.foreign)
        json.endObject()
    }
}

extension ClientStatus.Farm {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("kind")
        json.string(kind.rawValue)
        json.key("name")
        json.string(name)
        json.key("state")
        json.string(state.rawValue)
        json.endObject()
    }
}

extension StreamLine {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("symbol")
        json.string(symbol.name)
        json.key("kind")
        json.string(kind.name)
        json.key("state")
        json.string(state)
        json.key("code")
        if let code { json.integer(code) } else { json.null() }
        json.endObject()
    }
}

extension ClientCounters {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        for (key, value) in members {
            json.key(key)
            json.integer(value)
        }
        json.endObject()
    }

    private var members: [(StaticString, UInt64)] {
        [
            ("bytes", bytes), ("tick_by_tick", tickByTick), ("depth", depth), ("level1", level1),
            ("others", others), ("late", late), ("unknown", unknown), ("discarded", discarded),
            ("errors", errors), ("sent", sent), ("waited", waited), ("live_sessions", UInt64(liveSessions)),
            ("reconciliations", UInt64(reconciliations)), ("link_losses", UInt64(linkLosses)),
            ("unsent", UInt64(unsent)), ("lost_notes", lostNotes),
        ]
    }
}
