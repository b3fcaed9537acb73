import Execution
import TWSClient
import Telemetry
import TradingModel

/// The session with the gateway and our books there, in mode ibkr only.
extension SessionMetrics {
    func gateway(_ broker: BrokerLink?, _ streams: [SessionReading.StreamCount], _ seen: inout Seen) {
        guard broker != nil || seen.hasGateway else { return }
        seen.hasGateway = true
        // After a switch to another mode nothing of the session before is true any more.
        session(broker?.client.status ?? ClientStatus())
        levels(broker == nil ? streams.map(\.none) : streams)
        gauge(
            "tradingd_broker_drifts", "Instruments whose position differs from the broker's unexplained",
            Double(broker?.book.reconciliation.drift.count ?? 0))
        if let broker { count(broker, &seen) }
    }

    private func levels(_ streams: [SessionReading.StreamCount]) {
        for count in streams {
            registry.gauge(
                "tradingd_gateway_streams", help: "Instruments by stream and its quality",
                labels: ["stream": "\(count.stream.name)", "quality": "\(count.quality.name)"]
            ).set(Double(count.instruments))
        }
    }

    private func count(_ broker: BrokerLink, _ seen: inout Seen) {
        let status = broker.client.status
        for (kind, value) in status.counters.byKind {
            add(
                value, "gateway.received." + kind,
                registry.counter(
                    "tradingd_gateway_messages_received_total", help: "Messages of the gateway",
                    labels: ["kind": kind]), &seen)
        }
        for (name, help, value) in Self.counts(status) {
            add(value, name, registry.counter(name, help: help), &seen)
        }
        books(broker.book.counts, &seen)
    }

    private func session(_ status: ClientStatus) {
        for state in SessionState.allCases {
            registry.gauge(
                "tradingd_gateway_state", help: "1 for the state of the session with the gateway",
                labels: ["state": state.rawValue]
            ).set(status.state == state ? 1 : 0)
        }
        gauge(
            "tradingd_gateway_state_timestamp_seconds", "Since when the session has that state",
            Double(status.since.nanoseconds) / 1e9)
        gauge(
            "tradingd_gateway_resolved_contracts", "Instruments the gateway has told the contract of",
            Double(status.resolvedContracts))
        gauge(
            "tradingd_gateway_round_trip_seconds",
            "How long the gateway took to answer when it was last asked, NaN while it never was",
            status.roundTrip.map(seconds) ?? .nan)
    }

    private static func counts(_ status: ClientStatus) -> [(name: String, help: String, value: UInt64)] {
        let counters = status.counters
        return [
            ("tradingd_gateway_received_bytes_total", "Bytes of the gateway", counters.bytes),
            ("tradingd_gateway_errors_total", "Error messages, notices included", counters.errors),
            ("tradingd_gateway_messages_sent_total", "Messages handed to the socket", counters.sent),
            (
                "tradingd_gateway_paced_total", "Messages that had to wait for pace or socket",
                counters.waited
            ),
            (
                "tradingd_gateway_unsent_total", "Orders, changes and cancels that never left",
                UInt64(counters.unsent)
            ),
            ("tradingd_gateway_attempts_total", "Tries to connect", UInt64(status.attempts)),
            (
                "tradingd_gateway_live_sessions_total", "Sessions that were live",
                UInt64(counters.liveSessions)
            ),
            (
                "tradingd_gateway_link_losses_total", "Times the gateway lost IBKR",
                UInt64(counters.linkLosses)
            ),
            ("tradingd_gateway_lost_notes_total", "Notes of the client not told", counters.lostNotes),
        ]
    }

    private func books(_ counts: BrokerCounts, _ seen: inout Seen) {
        for (kind, count) in counts.byKind {
            add(
                UInt64(count), "broker." + kind,
                registry.counter(
                    "tradingd_broker_reports_total", help: "What the broker told of orders",
                    labels: ["kind": kind]), &seen)
        }
        add(
            UInt64(counts.reconciliations), "broker.reconciliations",
            registry.counter("tradingd_broker_reconciliations_total", help: "Comparisons of the books"), &seen
        )
    }
}

extension ClientCounters {
    /// Every message received, by what it was.
    fileprivate var byKind: [(String, UInt64)] {
        [
            ("tick_by_tick", tickByTick), ("depth", depth), ("level1", level1), ("other", others),
            ("late", late), ("unknown", unknown), ("discarded", discarded),
        ]
    }
}

extension BrokerCounts {
    fileprivate var byKind: [(String, Int)] {
        [
            ("execution", executions), ("correction", corrections), ("late_fill", lateFills),
            ("repeated", repeated), ("foreign", foreign), ("unknown_execution", unknownExecutions),
            ("concluded", concluded),
        ]
    }
}
