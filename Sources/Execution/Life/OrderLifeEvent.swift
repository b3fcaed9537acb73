import TradingModel

/// Why an order that the venue has does not work.
public enum OrderHold: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// It waits for its trigger, its hours or its parent.
    case waiting
    /// Done for the day, or suspended; it may come back.
    case doneForDay
    /// Nobody knows: it is refused, or waits for something (TWS `Inactive`). An error, a later status or a query decides.
    case unresolved
}

/// How an order ended.
public enum OrderEnd: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// In full, by its executions.
    case filled
    /// Cancelled; what filled before stays filled.
    case cancelled
    /// Refused by the venue.
    case rejected
    /// Its time was over.
    case expired
    /// It never left.
    case denied
}

/// Something that is known now about one order, from us or from the venue.
///
/// Requests bear a number, from 1, so that an answer that comes twice or too late is known as such; an answer that does not
/// say which request it is for bears 0.
public enum OrderLifeEvent: Hashable, Sendable, BitwiseCopyable {
    /// We gave it to the venue.
    case handedOver
    /// It has not left, for certain.
    case notSent
    /// Whether it arrived cannot be known any more: the connection is lost.
    case outcomeUnknown(at: Timestamp)
    /// The venue has received it, and has neither accepted nor refused it.
    case acknowledged
    /// The venue has accepted it, and does not let it work (any more).
    case held(OrderHold)
    /// The venue lets it work.
    case working
    /// Its trigger was met: it works from now on.
    case triggered
    /// An execution that was not known before, of that quantity.
    case fill(Quantity)
    /// The venue replaces an execution of one quantity by one of another.
    case correction(from: Quantity, to: Quantity)
    /// The venue takes an execution of that quantity back.
    case bust(Quantity)
    /// The venue says that it has filled in full. Quantities are for executions to say.
    case toldFilled
    /// We asked for its cancellation.
    case cancelRequested(UInt16)
    /// The venue does not cancel it.
    case cancelRefused(UInt16)
    /// We asked for other terms, with that quantity in all.
    case modifyRequested(UInt16, Quantity)
    /// It is for that quantity in all from now on.
    case modifyAccepted(UInt16, Quantity)
    /// It stays as it was.
    case modifyRefused(UInt16)
    /// It is gone.
    case cancelled
    /// The venue refused it.
    case rejected
    /// Its time is over.
    case expired
    /// The venue was asked for all that is open, and named it.
    case found
    /// The venue was asked for all that is open, and did not name it.
    case absent

    /// Which event it is, without what it carries.
    public enum Kind: UInt8, Sendable, CaseIterable {
        case handedOver, notSent, outcomeUnknown, acknowledged, held, working, triggered, fill, correction,
            bust
        case toldFilled, cancelRequested, cancelRefused, modifyRequested, modifyAccepted, modifyRefused
        case cancelled, rejected, expired, found, absent
    }

    /// Which event it is.
    public var kind: Kind {
        switch self {
        case .handedOver: .handedOver
        case .notSent: .notSent
        case .outcomeUnknown: .outcomeUnknown
        case .acknowledged: .acknowledged
        case .held: .held
        case .working: .working
        case .triggered: .triggered
        case .fill: .fill
        case .correction: .correction
        case .bust: .bust
        case .toldFilled: .toldFilled
        case .cancelRequested: .cancelRequested
        case .cancelRefused: .cancelRefused
        case .modifyRequested: .modifyRequested
        case .modifyAccepted: .modifyAccepted
        case .modifyRefused: .modifyRefused
        case .cancelled: .cancelled
        case .rejected: .rejected
        case .expired: .expired
        case .found: .found
        case .absent: .absent
        }
    }

    /// Whether only an order that has left can bring it about.
    var provesSending: Bool {
        switch self {
        case .acknowledged, .held, .working, .triggered, .fill, .toldFilled, .modifyAccepted, .cancelled,
            .rejected, .expired, .found:
            true
        // An execution cannot be changed before there is one; the others are ours, or say that something is not there.
        case .handedOver, .notSent, .outcomeUnknown, .correction, .bust, .cancelRequested, .cancelRefused,
            .modifyRequested, .modifyRefused, .absent:
            false
        }
    }
}
