import TradingModel

/// What people are told of an order: the one of all that applies to it which FIX ranks highest.
///
/// Beside `OrderStatus`, which is a venue's word in one report and keeps its meaning in recordings.
public enum OrderDisplayStatus: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Not handed over yet.
    case local
    /// Handed over; the venue has not said a word.
    case sent
    /// The venue has received it, and has not accepted it.
    case pendingNew
    /// Nobody knows whether it arrived, or why it is held.
    case unresolved
    /// Accepted, and waiting for its trigger, its hours or its parent.
    case held
    /// Working.
    case accepted
    /// Working since its trigger was met.
    case triggered
    /// Filled in part, and not over.
    case partiallyFilled
    /// Its cancellation was asked for, and may come too late.
    case pendingCancel
    /// A change was asked for.
    case pendingReplace
    /// Done for the day, or suspended.
    case doneForDay
    /// Filled in full.
    case filled
    /// Cancelled.
    case cancelled
    /// Refused by the venue.
    case rejected
    /// Its time is over.
    case expired
    /// It never left.
    case denied

    /// snake_case name.
    public var name: StaticString {
        switch self {
        case .local: "local"
        case .sent: "sent"
        case .pendingNew: "pending_new"
        case .unresolved: "unresolved"
        case .held: "held"
        case .accepted: "accepted"
        case .triggered: "triggered"
        case .partiallyFilled: "partially_filled"
        case .pendingCancel: "pending_cancel"
        case .pendingReplace: "pending_replace"
        case .doneForDay: "done_for_day"
        case .filled: "filled"
        case .cancelled: "cancelled"
        case .rejected: "rejected"
        case .expired: "expired"
        case .denied: "denied"
        }
    }

    /// Its rank when several apply, the highest is shown.
    ///
    /// - Source: FIX 5.0 SP2, appendix D; what FIX does not know ranks as New.
    public var precedence: Int {
        switch self {
        case .pendingCancel: 12
        case .pendingReplace: 11
        case .doneForDay: 10
        case .filled: 8
        case .cancelled, .expired: 5
        case .partiallyFilled: 4
        case .local, .sent, .pendingNew, .unresolved, .held, .accepted, .triggered, .rejected, .denied: 2
        }
    }
}

extension OrderLife {
    /// What people are told of it.
    public var display: OrderDisplayStatus {
        var highest = ofState
        func rank(_ status: OrderDisplayStatus, if applies: Bool) {
            if applies && status.precedence > highest.precedence { highest = status }
        }
        rank(.partiallyFilled, if: filled > .zero && !isDone)
        rank(.pendingReplace, if: requests.modify != 0)
        rank(.pendingCancel, if: requests.cancel != 0)
        return highest
    }

    private var ofState: OrderDisplayStatus {
        switch state {
        case .local: .local
        case .inFlight(nil): isAcknowledged ? .pendingNew : .sent
        case .inFlight, .held(.unresolved): .unresolved
        case .held(.waiting): .held
        case .held(.doneForDay): .doneForDay
        case .working: isTriggered ? .triggered : .accepted
        case .done(.filled): .filled
        case .done(.cancelled): .cancelled
        case .done(.rejected): .rejected
        case .done(.expired): .expired
        case .done(.denied): .denied
        }
    }
}
