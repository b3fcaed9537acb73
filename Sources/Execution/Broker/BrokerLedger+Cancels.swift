import TWSClient
import TradingModel

/// How the cancels of a kill are asked after.
struct CancelWatch: Sendable {
    /// When that began; `nil` until the time is told.
    var since: Timestamp?
    /// When it was last asked.
    var askedAt: Timestamp?
}

/// Answers to the cancels of a kill must be known within seconds, not when somebody wonders.
extension BrokerLedger {
    /// Asks after what a kill has had cancelled, from now on.
    mutating func followCancels() { cancelWatch = CancelWatch() }

    /// Whether something works that is to be cancelled.
    private var waitsForCancels: Bool {
        open.contains { orders[$0]?.cancel != nil }
            || leftoverCancel != nil && leftovers.values.contains { isToGo($0) }
    }

    /// Has the books compared: at once, then every `repeatTime`, until nothing works or `BrokerOptions.killTime` is over.
    mutating func askAfterCancels(_ time: Timestamp) {
        guard var watch = cancelWatch else { return }
        let since = watch.since ?? time
        guard waitsForCancels, time.since(since) <= options.killTime else {
            cancelWatch = nil
            return
        }
        watch.since = since
        defer { cancelWatch = watch }
        // While the answers of a comparison come, none can be begun.
        guard session.takesOrders else { return }
        if let asked = watch.askedAt, time.since(asked) < options.repeatTime { return }
        watch.askedAt = time
        comparison.askedAt = time
        comparison.wish = nil
        add(.reconcile("kill switch: cancels are not confirmed"))
    }
}
