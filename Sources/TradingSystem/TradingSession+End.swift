import Audit
import ExactJSON
import Execution
import Export
import Logging
import MarketData
import Messaging
import Platform
import TradingModel

/// How a session ends.
extension TradingSession {
    /// Trades no more and cancels what works; a real venue's confirmations come while the feed is still there.
    ///
    /// - Parameter leavesOrders: whether what works stays at the broker.
    func beginEnd(reason: String, leavesOrders: Bool = false) {
        let isFirst = gate.withLock { gate in
            defer {
                gate.isEnding = true
                gate.state = gate.state.after(.stop) ?? gate.state
            }
            return !gate.isEnding
        }
        guard isFirst else { return }
        open(at: usesEventTime ? .zero : UTCClock.now())
        publish(
            SystemNotice(
                .sessionStop, actor: "session", reason: reason,
                detail: leavesOrders ? ExecutionRouter<TradingVenue>.leavesOrders : ""),
            at: usesEventTime ? .zero : UTCClock.now())
    }

    /// Orders whose end is not known yet.
    var workingOrders: Int { bus.query { $0.execution.orders.working.count } }

    /// Waits until no order works.
    ///
    /// - Returns: whether that came within so many nanoseconds.
    func waitForCancels(atMost patience: UInt64) -> Bool {
        wait(atMost: patience) { workingOrders == 0 }
    }

    /// Writes down that orders were left at the broker whose end nobody knows.
    func noteUnconfirmed(_ orders: [String]) {
        raise(.execUnconfirmed, "", "\(orders.count) orders whose cancellation is not confirmed")
        write(.faultRaise, at: now()) { json in
            json.beginObject()
            json.key("fault")
            json.string(Fault.execUnconfirmed.code)
            json.key("reason")
            json.string("orders whose cancellation is not confirmed" as StaticString)
            json.key("orders")
            json.beginArray()
            for order in orders { json.string(order) }
            json.endArray()
            json.endObject()
        }
    }

    /// Says that orders stay at the broker, as the settings have it.
    func noteLeft(_ orders: [String]) {
        guard !orders.isEmpty else { return }
        log.warning(
            "Orders stay at the broker: execution.on_stop is leave",
            metadata: ["orders": "\(orders.joined(separator: ", "))"])
    }

    /// Cancels what works, delivers what waits, writes out and closes; the session cannot be used afterwards.
    ///
    /// - Returns: what the session did; `nil` when it was finished before.
    func finish(reason: String) -> SessionSummary? {
        let isFirst = gate.withLock { gate in
            defer { gate.isFinished = true }
            return !gate.isFinished
        }
        guard isFirst else { return nil }
        beginEnd(reason: reason)
        bus.stop()
        var summary = bus.query { core in
            core.finishRecorder()
            return SessionSummary(core, session: self)
        }
        recording?.end()
        // In a live session lines may have been written since the newest event; in a replay nothing is later than that.
        write(.sessionStop, at: max(now(), bus.query { $0.now })) { [summary] json in
            summary.writeRecord(reason: reason, to: &json)
        }
        // Who keeps the summary can prove later that nothing was cut off the log.
        summary.auditHead = audit.head
        closeAudit()
        gate.withLock { $0.state = $0.state.after(.drained) ?? $0.state }
        return summary
    }

    /// Begins the files of the export, if there is one: from here on the earlier export is gone.
    func beginExport() throws(LaunchError) {
        do throws(ExportError) {
            try bus.query { core in Result { () throws(ExportError) in try core.beginExport() } }.get()
        } catch {
            throw LaunchError(error)
        }
    }

    /// Writes out the export of a session that is finished, if there is one.
    func finishExport(_ summary: SessionSummary, input: FeedStatistics) throws(ExportError) {
        try bus.query { core in
            Result { () throws(ExportError) in
                try core.finishExport { summary.write(to: &$0, input: input) }
            }
        }.get()
    }

    /// Leaves the export of a session that is finished as it is.
    ///
    /// - Returns: whether there was one.
    func abandonExport() -> Bool { bus.query { $0.abandonExport() } }

    /// Why the recorder has stopped; `nil` while it works, and where nothing is recorded.
    var recorderFault: String? { recording?.fault }

    private func closeAudit() {
        do throws(AuditError) {
            try audit.close()
        } catch {
            log.error("Audit log not closed", metadata: ["reason": "\(error)"])
        }
    }
}
