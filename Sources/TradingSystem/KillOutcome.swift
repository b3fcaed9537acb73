import ExactJSON
import Execution
import Messaging
import Platform
import Positions
import Risk
import TradingModel

/// What a kill has made of the orders and positions in its scope.
struct KillOutcome: Sendable {
    /// Orders shown at most of each kind; the numbers are whole.
    static let shown = 200

    /// Orders that were cancelled, by their ids.
    var cancelled: [String] = []
    /// Orders whose end is not known yet; at a broker also those that earlier sessions have left there.
    var unconfirmed: [String] = []
    /// What is held.
    var positions: [(symbol: SymbolID, quantity: Quantity)] = []

    /// What the broker holds besides, which `flatten` does not close: only hands do.
    var uncounted: [String] = []

    /// Writes the members `cancelled`, `unconfirmed` (numbers), both lists of ids, `positions` and, where the broker holds
    /// more than our books, `uncounted_at_broker`.
    func write(to json: inout JSONWriter) {
        for (name, ids) in [("cancelled", cancelled), ("unconfirmed", unconfirmed)] {
            json.key(dynamic: name)
            json.integer(ids.count)
            json.key(dynamic: name + "_orders")
            json.beginArray()
            for id in ids.prefix(Self.shown) { json.string(id) }
            json.endArray()
        }
        json.key("positions")
        json.beginArray()
        for (symbol, quantity) in positions {
            json.beginObject()
            json.key("symbol")
            json.string(symbol.name)
            json.key("position")
            json.quantity(quantity)
            json.endObject()
        }
        json.endArray()
        guard !uncounted.isEmpty else { return }
        json.key("uncounted_at_broker")
        json.beginArray()
        for text in uncounted { json.string(text) }
        json.endArray()
    }
}

extension RunningSession {
    /// What has become of the scope of a kill.
    func killOutcome(_ scope: KillScope) -> KillOutcome {
        // The query sees the kill delivered: what the simulated venue cancels is cancelled by then.
        var outcome = session.bus.query { core in core.execution.killOutcome(scope) }
        if let broker { outcome.uncounted = broker.book.uncountedHoldings(in: scope) }
        if let broker { outcome.unconfirmed += broker.book.condemnedLeftovers(in: scope).map(\.description) }
        return outcome
    }

    /// Waits until no order works that a kill wants gone.
    ///
    /// - Returns: whether that came within so many nanoseconds.
    func waitForKill(_ scope: KillScope, atMost patience: UInt64) -> Bool {
        session.wait(atMost: patience) { self.killOutcome(scope).unconfirmed.isEmpty }
    }

    /// Whether our books have been compared with the venue's, whatever came of it.
    var isCompared: Bool {
        guard let books = broker?.book.reconciliation else { return session.isReconciled }
        return session.isReconciled && books.isReady || !books.drift.isEmpty
    }
}

extension TradingSession {
    /// Waits until nothing is held in the scope of a kill.
    func waitForFlatness(_ scope: KillScope, atMost patience: UInt64) {
        _ = wait(atMost: patience) { bus.query { $0.execution.killOutcome(scope).positions.isEmpty } }
    }

    /// Looks again and again until something holds.
    ///
    /// - Returns: whether that came within so many nanoseconds.
    func wait(atMost patience: UInt64, until holds: () -> Bool) -> Bool {
        let deadline = MonotonicClock.now() + patience
        let never = Locked(false)
        while !holds() {
            guard MonotonicClock.now() < deadline else { return false }
            _ = never.wait(until: MonotonicClock.now() + 5_000_000) { $0 ? true : nil }
        }
        return true
    }
}

extension ExecutionRouter {
    /// What has become of the orders and positions in the scope of a kill.
    fileprivate func killOutcome(_ scope: KillScope) -> KillOutcome {
        var outcome = KillOutcome()
        for id in killed {
            guard let order = orders.order(id), scope.contains(order.request.strategy, order.request.symbol)
            else { continue }
            if order.status == .cancelled { outcome.cancelled.append("\(id)") }
        }
        for order in orders.working where isCondemned(order.request) || isReducedAway(order.id) {
            if scope.contains(order.request.strategy, order.request.symbol) {
                outcome.unconfirmed.append("\(order.id)")
            }
        }
        for (symbol, position) in positions.traded where position.quantity != .zero {
            if scope == .all || scope == .symbol(symbol) {
                outcome.positions.append((symbol, position.quantity))
            }
        }
        return outcome
    }
}

extension KillSwitch {
    /// Writes `engaged level by reason since persisted latches`: the first members of the kill of everything, else of the
    /// first kill, else of the newest release.
    func write(to json: inout JSONWriter) {
        let state = state
        let first = state.latches.latches.first
        json.beginObject()
        json.key("engaged")
        json.bool(state.isEngaged)
        json.key("level")
        if let first { json.string(first.level.name) } else { json.null() }
        json.key("by")
        json.string(first?.actor ?? state.actor)
        json.key("reason")
        json.string(first?.reason ?? state.reason)
        json.key("since")
        (first?.since ?? state.changedAt).writeIfKnown(to: &json)
        json.key("persisted")
        json.bool(isPersisted)
        json.key("latches")
        json.beginArray()
        for latch in state.latches.latches { latch.writeStatus(to: &json) }
        json.endArray()
        json.endObject()
    }
}

extension KillLatch {
    fileprivate func writeStatus(to json: inout JSONWriter) {
        json.beginObject()
        json.key("scope")
        json.string(scope.text)
        json.key("level")
        json.string(level.name)
        json.key("by")
        json.string(actor)
        json.key("reason")
        json.string(reason)
        json.key("since")
        since.writeIfKnown(to: &json)
        json.endObject()
    }
}

extension Timestamp {
    fileprivate func writeIfKnown(to json: inout JSONWriter) {
        if self > .zero { json.timestamp(self) } else { json.null() }
    }
}
