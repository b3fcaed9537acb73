/// What an event did to an order.
public enum OrderLifeOutcome: Hashable, Sendable, BitwiseCopyable {
    /// It was news, and as it should be.
    case applied
    /// It changed nothing that matters; such things happen every day.
    case absorbed(OrderAbsorption)
    /// Somebody should look. What it proves was taken in all the same.
    case alarmed(OrderAlarm)
}

/// Why an event changed nothing.
public enum OrderAbsorption: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// It says what is known already.
    case repeated
    /// It is older than what is known: reports overtake each other.
    case stale
    /// The order is over; what is no fill does not bring it back.
    case over
    /// It answers a request that nobody waits for.
    case unrequested
    /// It leaves nothing in doubt: the order was never handed over, was accepted, or is over.
    case certain
    /// The order may have been on its way when the venue was asked.
    case crossing
    /// The venue says filled, and its executions are not there yet.
    case unproven
    /// A fill of nothing.
    case empty

    /// snake_case name.
    public var name: StaticString {
        switch self {
        case .repeated: "repeated"
        case .stale: "stale"
        case .over: "over"
        case .unrequested: "unrequested"
        case .certain: "certain"
        case .crossing: "crossing"
        case .unproven: "unproven"
        case .empty: "empty"
        }
    }

    /// What it means, for people.
    public var text: StaticString {
        switch self {
        case .repeated: "says what is known already"
        case .stale: "is older than what is known: reports overtake each other"
        case .over: "the order is over; what is no fill does not bring it back"
        case .unrequested: "answers a request that nobody waits for"
        case .certain: "leaves nothing in doubt: never handed over, accepted before, or over"
        case .crossing: "the order may have been on its way when the venue was asked"
        case .unproven: "the venue says filled, and its executions are not there yet"
        case .empty: "a fill of nothing"
        }
    }
}

/// Why somebody should look.
public enum OrderAlarm: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// An execution of an order that was over, in another way than filled. It counts.
    case lateFill
    /// More has filled than was asked for. It counts.
    case overfill
    /// An order that was filled is so no longer: an execution was taken back. It stays over.
    case underfill
    /// The venue knows an order that we have not handed over. What it says holds.
    case neverSent
    /// The venue has an order open that is over here. It stays over: whoever holds it must cancel it there.
    case revived
    /// The venue changed the quantity without being asked. It counts.
    case unrequestedChange
    /// It cannot be: a negative quantity, a correction of more than has filled. Nothing is taken from it.
    case impossible

    /// snake_case name.
    public var name: StaticString {
        switch self {
        case .lateFill: "late_fill"
        case .overfill: "overfill"
        case .underfill: "underfill"
        case .neverSent: "never_sent"
        case .revived: "revived"
        case .unrequestedChange: "unrequested_change"
        case .impossible: "impossible"
        }
    }

    /// What it means, for people.
    public var text: StaticString {
        switch self {
        case .lateFill: "a fill of an order that was over, in another way than filled; it counts"
        case .overfill: "more has filled than was asked for; it counts"
        case .underfill: "a filled order is so no longer, an execution was taken back; it stays over"
        case .neverSent: "the venue knows an order that was not handed over; what it says holds"
        case .revived: "the venue has an order open that is over here; it stays over"
        case .unrequestedChange: "the venue changed the quantity without being asked; it counts"
        case .impossible: "cannot be: a negative quantity, a correction of more than has filled; ignored"
        }
    }
}

/// How often each outcome came.
public struct OrderOutcomeCounts: Sendable, Hashable {
    /// Events that were applied.
    public private(set) var applied = 0
    private var absorptions = [Int](repeating: 0, count: OrderAbsorption.allCases.count)
    private var alarms = [Int](repeating: 0, count: OrderAlarm.allCases.count)

    /// None yet.
    public init() {}

    /// Events that changed nothing for that reason.
    public subscript(reason: OrderAbsorption) -> Int { absorptions[Int(reason.rawValue)] }

    /// Events that somebody should look at for that reason.
    public subscript(reason: OrderAlarm) -> Int { alarms[Int(reason.rawValue)] }

    /// Counts an outcome.
    public mutating func count(_ outcome: OrderLifeOutcome) {
        switch outcome {
        case .applied: applied += 1
        case .absorbed(let reason): absorptions[Int(reason.rawValue)] += 1
        case .alarmed(let reason): alarms[Int(reason.rawValue)] += 1
        }
    }
}
