import Messaging
import Risk
import TradingModel

/// What a kill does to orders: what has not left does not leave, what works is cancelled, also once the broker is back.
extension ExecutionRouter {
    /// From `halt` on, what has not left does not leave, and what works is cancelled; at `reduce`, what is not reducing.
    ///
    /// A trip is carried out in the event that finds it, and once more when the sequence tells of it: the second time does
    /// nothing new.
    public mutating func kill(_ latch: KillLatch, _ outbox: inout Outbox) {
        if kills.isEmpty { killed.removeAll(keepingCapacity: true) }
        kills.engage(latch)
        guard latch.level >= .halt else {
            reducedAway.removeAll(keepingCapacity: true)
            keepReducing(nil, &outbox)
            return venue.followCancels()
        }
        refuseCondemned(in: latch.scope, &outbox)
        for order in orders.working where latch.scope.contains(order.request) && isCondemned(order.request) {
            cancelKilled(order, &outbox)
        }
        cancelEverythingElse(of: latch, &outbox)
        venue.followCancels()
    }

    /// Nanoseconds after which a cancel that a venue may have refused is asked for again.
    private static var cancelPatience: Int64 { 1_000_000_000 }

    /// What a kill wanted gone, and nobody wants back, is asked for again, second after second.
    mutating func pressCancels(_ outbox: inout Outbox) {
        cancelsDue = Timestamp(nanoseconds: .max)
        for order in orders.working where isUnwanted(order) { cancelKilled(order, &outbox) }
    }

    private func isUnwanted(_ order: WorkingOrder) -> Bool {
        let request = order.request
        return isCondemned(request) || isFlatteningInVain(request)
            || reducedAway.contains(order.id) && kills.level(request.strategy, request.symbol) == .reduce
    }

    /// Whether time must pass for what is to be asked for again.
    public var waitsForTime: Bool { cancelsDue.nanoseconds < .max }

    /// What earlier sessions have left goes, where a kill from `halt` on holds for everything, or for its instrument.
    private mutating func cancelEverythingElse(_ outbox: inout Outbox) {
        for latch in kills.latches where latch.level >= .halt { cancelEverythingElse(of: latch, &outbox) }
    }

    private mutating func cancelEverythingElse(of latch: KillLatch, _ outbox: inout Outbox) {
        switch latch.scope {
        case .all: venue.cancelEverythingElse(in: nil, reason: Self.killReason, &outbox)
        case .symbol(let symbol):
            venue.cancelEverythingElse(in: symbol, reason: Self.killReason, &outbox)
        // Of what was left it is not known which strategy had sent it.
        case .strategy: break
        }
    }

    /// What is no longer to be flattened is not traded on.
    mutating func release(_ notice: SystemNotice, _ outbox: inout Outbox) {
        kills.release(notice.scope, to: notice.level)
        keepReducing(nil, &outbox)
        if !haltsAll {
            venue.spareEverythingElse()
            cancelEverythingElse(&outbox)
        }
        for order in orders.working where isFlatteningInVain(order.request) {
            let isWaiting = waiting.contains { $0.order.request.id == order.id }
            if isWaiting {
                waiting.removeAll { $0.order.request.id == order.id }
                refuse(order.request, Self.killReason, &outbox)
            } else {
                cancelKilled(order, &outbox)
            }
        }
    }

    private func isFlatteningInVain(_ request: OrderRequest) -> Bool {
        request.flags.contains(.flatten) && kills.level(request.strategy, request.symbol) != .flatten
    }

    mutating func cancelAgain(_ outbox: inout Outbox) {
        if cancelsOnReturn {
            cancelsOnReturn = false
            // Exits protect what is held: they are good until cancelled, and stay.
            for order in orders.working where order.request.bracket == nil {
                cancel(order, OrderEvent.absenceReason, &outbox)
            }
        }
        for order in orders.working where isCondemned(order.request) { cancelKilled(order, &outbox) }
        reducedAway.removeAll(keepingCapacity: true)
        keepReducing(nil, &outbox)
        if isEnding {
            for order in orders.working { cancel(order, OrderEvent.sessionEndReason, &outbox) }
        }
        cancelEverythingElse(&outbox)
    }

    /// Whether a kill wants an order gone: not one that flattens by the order of an operator who still wants it.
    public func isCondemned(_ request: OrderRequest) -> Bool {
        Self.isCondemned(request, kills)
    }

    static func isCondemned(_ request: OrderRequest, _ kills: KillLatches) -> Bool {
        switch kills.level(request.strategy, request.symbol) {
        case nil, .reduce: false
        case .halt: true
        case .flatten: !request.flags.contains(.flatten)
        }
    }

    mutating func cancelKilled(_ order: WorkingOrder, _ outbox: inout Outbox) {
        if killed.last != order.id && !killed.contains(order.id) {
            if killed.count == Self.killedKept { killed.removeFirst() }
            killed.append(order.id)
        }
        if venue.mayRefuseCancels {
            cancelsDue = min(cancelsDue, outbox.now.advanced(by: Self.cancelPatience))
        }
        cancel(order, Self.killReason, &outbox)
    }

    mutating func cancel(_ order: WorkingOrder, _ reason: String, _ outbox: inout Outbox) {
        if order.life.requests.newestCancel == 0 { noteWish(order, reason, at: outbox.now) }
        orders.noteCancel(of: order.id)
        venue.cancel(order, reason: reason, &outbox)
    }

    private var haltsAll: Bool { (kills.forAll?.level ?? .reduce) >= .halt }

    static var killReason: String { OrderEvent.killReason }
}

extension KillScope {
    /// Whether it concerns an order.
    func contains(_ request: OrderRequest) -> Bool { contains(request.strategy, request.symbol) }
}
