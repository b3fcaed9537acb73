import TradingModel

/// Where one order stands, in two dimensions: its life, and what was asked of the venue and is not answered.
///
/// Pure: `fold` is its only way to change, and has an answer to every event in every state. Executions are the owner's to
/// tell apart: a fill is folded once for each, and nothing else makes one.
public struct OrderLife: Hashable, Sendable, BitwiseCopyable {
    /// How far it has come.
    public enum State: Hashable, Sendable, BitwiseCopyable {
        /// Not handed over yet.
        case local
        /// Handed over and not accepted; since when nobody knows whether it arrived, where that is so.
        ///
        /// Only word of the venue or a query ends that doubt, never time.
        case inFlight(unresolvedSince: Timestamp?)
        /// At the venue, and not working.
        case held(OrderHold)
        /// Working at the venue.
        case working
        /// Over.
        case done(OrderEnd)
    }

    /// How far it has come.
    public internal(set) var state = State.local
    /// What was asked and is not answered.
    public internal(set) var requests = PendingRequests()
    /// How much it is for, as last confirmed by the venue.
    public internal(set) var quantity: Quantity
    /// Σ quantity of its executions.
    public internal(set) var filled = Quantity.zero
    /// Whether the venue has said anything of it.
    public internal(set) var isAcknowledged = false
    /// Whether its trigger was met.
    public internal(set) var isTriggered = false

    /// An order of that quantity that has not left.
    public init(quantity: Quantity) { self.quantity = quantity }

    /// Whether it is over.
    public var isDone: Bool {
        if case .done = state { true } else { false }
    }

    /// Since when nobody knows whether it arrived; `nil` while that is known.
    public var unresolvedSince: Timestamp? {
        if case .inFlight(let since) = state { since } else { nil }
    }

    /// Whether nobody knows what it is: whether it arrived, or why it is held.
    public var isUnresolved: Bool { unresolvedSince != nil || state == .held(.unresolved) }

    /// What may still fill, as far as is known; never negative.
    public var leaves: Quantity { isDone ? .zero : max(.zero, quantity - filled) }

    /// What has filled beyond what was asked for; never negative.
    public var overfill: Quantity { max(.zero, filled - quantity) }

    /// The order after an event, and what the event did to it.
    public func after(_ event: OrderLifeEvent) -> (life: OrderLife, outcome: OrderLifeOutcome) {
        var life = self
        let outcome = life.fold(event)
        return (life, outcome)
    }
}

/// Requests about an order that the venue has not answered: the newest cancel and the newest change.
///
/// A fill answers none of them.
public struct PendingRequests: Hashable, Sendable, BitwiseCopyable {
    /// Number of the cancel that waits for an answer; 0 for none.
    public internal(set) var cancel: UInt16 = 0
    /// Number of the change that waits for an answer; 0 for none.
    public internal(set) var modify: UInt16 = 0
    /// Number of the newest cancel asked for; 0 for none.
    public internal(set) var newestCancel: UInt16 = 0
    /// Number of the newest change asked for; 0 for none.
    public internal(set) var newestModify: UInt16 = 0
    /// Number of the newest change that was answered; 0 for none.
    public internal(set) var answeredModify: UInt16 = 0

    /// Whether nothing waits for an answer.
    public var isEmpty: Bool { cancel == 0 && modify == 0 }

    /// Number for the next cancel; asking more than 65 535 times is asking the last time again.
    public var nextCancel: UInt16 { newestCancel == .max ? .max : newestCancel + 1 }

    /// Number for the next change; asking more than 65 535 times is asking the last time again.
    public var nextModify: UInt16 { newestModify == .max ? .max : newestModify + 1 }

    /// Everything is answered: the order is over by the venue's word.
    mutating func settle() {
        cancel = 0
        modify = 0
        answeredModify = newestModify
    }
}
