import Dispatch
import Execution
import Messaging
import Platform
import Risk
import TradingModel

/// What the broker tells a session.
extension TradingSession {
    /// The broker takes orders and our books equal its own; called after `brokerReady` is published.
    ///
    /// - Parameter warnings: what an operator must look at before this session trades.
    func brokerIsReady(warnings: [StartUpWarning]) {
        gate.withLock { gate in
            gate.brokerWarnings = warnings
            reconcile(&gate, at: UTCClock.now())
        }
        // What was read once stays read; anything else may not be traded past.
        if let warning = unreadWarnings.first { disarm(by: "fault:exec", reason: warning.text) }
    }

    /// Takes an event of the broker: never refused for want of room, since a fill must not be lost.
    ///
    /// - Parameter accountWarnings: what does not fit about the accounts of the login.
    func publish(
        broker event: MarketEvent, book: BrokerBook, accountWarnings: () -> [StartUpWarning]
    ) -> PublishResult {
        var events: ContiguousArray = [event]
        let result = bus.publish(draining: &events, waiting: true)
        if case .system(let notice) = event.payload, notice.kind == .brokerReady {
            brokerIsReady(
                warnings: accountWarnings()
                    + book.reconciliation.foundAtStart.map {
                        StartUpWarning(.foundAtBroker, "at the broker: \($0)")
                    })
        }
        return result
    }

    /// Our books are not the broker's, and nobody knows why: the kill switch, which cancels what works.
    @Sendable
    func trip(drift text: String) { trip(.drift, text) }

    /// Something about the broker that keeps this session from trading as long as it lives.
    func standsInTheWay(_ warning: String) {
        gate.withLock { $0.standingWarnings.append(StartUpWarning(.leftAtBroker, warning)) }
        disarm(by: "fault:exec", reason: warning)
    }
}
