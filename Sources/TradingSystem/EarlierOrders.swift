import Audit
import Configuration
import Execution
import Logging
import Platform
import TradingModel

/// Orders that earlier sessions of a state directory have sent to the broker, as their audit trail tells them.
struct EarlierOrders: Sendable {
    /// Those that were not over, by id.
    let open: [RestoredOrder]
    /// The newest of those that were, by id.
    let finished: [RestoredOrder]
    /// Of those, by id, the ones that belong to brackets of which something may still follow.
    let ofBrackets: [RestoredOrder]
    /// Entries that the end of their session has left without exits, by id.
    let unprotected: [RestoredOrder]
    /// What is not known of them; `nil` where all is.
    let warning: StartUpWarning?

    /// Bytes of the trail that are read at most.
    static let reach = 256 << 20
    /// Nanoseconds of the trail that are read at least: a long weekend.
    static let age: Int64 = 4 * 86_400_000_000_000

    /// Reads the trail in `directory`, which must be open: nobody else writes it.
    ///
    /// - Parameter session: the one that begins; orders that are said to be of it or of later ones are not believed.
    init(directory: String, before session: UInt32, at now: Timestamp) {
        var trail = OrderTrail(kept: 2_048)
        do throws(AuditRecentFault) {
            try AuditRecentLines(
                directory: directory, since: now.advanced(by: -Self.age), within: Self.reach
            ).forEach { type, time, data in trail.fold(type, at: time, data) }
        } catch {
            (open, finished, ofBrackets, unprotected) = ([], [], [], [])
            warning = StartUpWarning(
                .leftAtBroker, "orders of earlier sessions are not known: \(error)")
            return
        }
        open = trail.open.filter { $0.id.session < session }
        finished = trail.finished.filter { $0.id.session < session }
        ofBrackets = trail.finishedOfBrackets.filter { $0.id.session < session }
        unprotected = trail.unprotected.filter { $0.id.session < session }
        warning = Self.warning(trail.misunderstood, trail.orphans.filter { $0.id.session < session })
    }

    private static func warning(_ misunderstood: Int, _ orphans: [RestoredOrder]) -> StartUpWarning? {
        var texts: [String] = []
        if misunderstood > 0 {
            texts.append("\(misunderstood) lines about orders of earlier sessions are not understood")
        }
        if !orphans.isEmpty {
            let ids = orphans.map { "\($0.id)" }.joined(separator: ", ")
            texts.append(
                "exits whose entry is not known any more, which nobody will resize or cancel: \(ids)")
        }
        return texts.isEmpty ? nil : StartUpWarning(.leftAtBroker, texts.joined(separator: "; "))
    }
}

extension TradingSession {
    /// Tells the sequence which orders of earlier sessions may still fill.
    func begin(with earlier: EarlierOrders, _ gate: inout Gate, at time: Timestamp) {
        for order in (earlier.open + earlier.ofBrackets).sorted(by: { $0.id < $1.id }) {
            publish(order.notice(actor: "startup", reason: "audit trail"), at: time)
        }
        for entry in earlier.unprotected {
            log.warning(
                "The exits of an entry were cancelled when its session ended, and are not sent again",
                metadata: ["order.id": "\(entry.id)", "symbol": "\(entry.request.symbol.name)"])
        }
        guard let warning = earlier.warning else { return }
        gate.standingWarnings.append(warning)
        log.warning("\(warning.text)")
    }
}
