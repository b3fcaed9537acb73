/// Best bid and ask.
public struct Tick: Hashable, Sendable, BitwiseCopyable {
    /// Best bid.
    public var bid: Price
    /// Best ask.
    public var ask: Price
    @usableFromInline var rawBidSize: Int64
    @usableFromInline var rawAskSize: Int64

    /// A quote; sizes that the source does not tell are `nil`.
    @inlinable
    public init(bid: Price, ask: Price, bidSize: Quantity? = nil, askSize: Quantity? = nil) {
        self.bid = bid
        self.ask = ask
        rawBidSize = bidSize?.rawValue ?? .min
        rawAskSize = askSize?.rawValue ?? .min
    }

    /// Size at the bid, where the source tells it.
    @inlinable
    public var bidSize: Quantity? { rawBidSize == .min ? nil : Quantity(rawValue: rawBidSize) }

    /// Size at the ask, where the source tells it.
    @inlinable
    public var askSize: Quantity? { rawAskSize == .min ? nil : Quantity(rawValue: rawAskSize) }
}

/// One print.
public struct Trade: Hashable, Sendable, BitwiseCopyable {
    /// Price of the print.
    public var price: Price
    /// Size of the print; positive.
    public var size: Quantity
    /// Who took liquidity.
    public var aggressor: Aggressor

    /// A print.
    @inlinable
    public init(price: Price, size: Quantity, aggressor: Aggressor) {
        self.price = price
        self.size = size
        self.aggressor = aggressor
    }
}

/// One row operation on one side of a ladder.
public struct DomDelta: Hashable, Sendable, BitwiseCopyable {
    /// Which side.
    public var side: BookSide
    /// What is done.
    public var operation: DomOperation
    /// Row, from 0 (the best).
    public var position: UInt16
    /// Price of the row; zero in a delete.
    public var price: Price
    /// Size of the row; zero in a delete.
    public var size: Quantity
    /// Last operation of one change of the market: the ladder may be judged after it.
    public var endsBatch: Bool

    /// A row operation.
    @inlinable
    public init(
        side: BookSide, operation: DomOperation, position: UInt16, price: Price = .zero,
        size: Quantity = .zero, endsBatch: Bool = true
    ) {
        self.side = side
        self.operation = operation
        self.position = position
        self.price = price
        self.size = size
        self.endsBatch = endsBatch
    }
}

/// A whole ladder, replacing what was there.
public struct DomSnapshot: Hashable, Sendable {
    /// Buyers, best first.
    public var bids: [Level]
    /// Sellers, best first.
    public var asks: [Level]
    /// Last operation of one change of the market.
    public var endsBatch: Bool

    /// A ladder.
    public init(bids: [Level], asks: [Level], endsBatch: Bool = true) {
        self.bids = bids
        self.asks = asks
        self.endsBatch = endsBatch
    }
}

/// A stream of market data of one instrument.
public enum FeedStream: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// Best bid and ask.
    case quotes
    /// Prints.
    case trades
    /// The ladder.
    case depth

    /// Lower-case name.
    public var name: StaticString {
        switch self {
        case .quotes: "quotes"
        case .trades: "trades"
        case .depth: "depth"
        }
    }
}

/// State of a feed or of one stream of it.
public struct FeedStatus: Hashable, Sendable {
    /// How good the stream is.
    public enum Quality: UInt8, Sendable, CaseIterable {
        /// Flowing, every change told.
        case live
        /// Nothing for longer than allowed.
        case stale
        /// The book was cleared by the source.
        case reset
        /// Not to be had.
        case unavailable
        /// The source came to its end.
        case ended
        /// Flowing as snapshots of level 1, some a second: good for quotes, too coarse for order flow.
        case conflated
        /// Flowing, but minutes late: for display, never for trading.
        case delayed

        /// Lower-case name.
        public var name: StaticString {
            switch self {
            case .live: "live"
            case .stale: "stale"
            case .reset: "reset"
            case .unavailable: "unavailable"
            case .ended: "ended"
            case .conflated: "conflated"
            case .delayed: "delayed"
            }
        }

        /// Whether what flows may be traded on.
        public var isTradable: Bool {
            switch self {
            case .live, .conflated, .reset: true
            case .stale, .unavailable, .ended, .delayed: false
            }
        }
    }

    /// Which stream; `nil` means every stream of the instrument.
    public var stream: FeedStream?
    /// How good it is now.
    public var quality: Quality
    /// Why, in words.
    public var reason: String

    /// Whether ladder and quote known before are no longer true.
    public var losesBook: Bool { stream == nil && losesStream }

    /// Whether the ladder known before is no longer true.
    public var losesLadder: Bool { losesStream && (stream == nil || stream == .depth) }

    /// Whether the quote known before is no longer true.
    public var losesQuote: Bool { losesStream && (stream == nil || stream == .quotes) }

    private var losesStream: Bool {
        switch quality {
        case .reset, .unavailable: true
        case .live, .stale, .ended, .conflated, .delayed: false
        }
    }

    /// A state with its reason.
    public init(stream: FeedStream? = nil, quality: Quality, reason: String) {
        self.stream = stream
        self.quality = quality
        self.reason = reason
    }
}

/// A timer that came due.
public struct TimerFired: Hashable, Sendable, BitwiseCopyable {
    /// Whose timer.
    public var id: UInt32
    /// When it was due.
    public var dueAt: Timestamp

    /// Timer `id`, due at `dueAt`.
    public init(id: UInt32, dueAt: Timestamp) {
        self.id = id
        self.dueAt = dueAt
    }
}

/// Something that changes how the daemon trades: operator commands and life cycle.
public struct SystemNotice: Hashable, Sendable {
    /// What happened.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// The session starts.
        case sessionStart
        /// The session ends; no order follows.
        case sessionStop
        /// The kill switch is engaged: nothing new, working orders are cancelled.
        case killSwitchEngaged
        /// The kill switch is released; the session is disarmed.
        case killSwitchReleased
        /// Trading is allowed.
        case armed
        /// Trading is not allowed.
        case disarmed
        /// The intents of all decisions up to `decisionSequence` are on the disk: orders that waited for that may go.
        case auditDurable
        /// The broker cannot be reached, or our books are not compared with its own: no new orders.
        case brokerLost
        /// The broker takes orders, and our books equal its own.
        case brokerReady
        /// The broker can be reached, but our books are not known to equal its own: no new orders.
        case brokerUnreconciled
        /// Operators have changed what risk allows: `detail` says what.
        case limitsChanged
        /// An automatic trip counts from nothing again: `detail` names it, with ` held` behind it where that is so only while
        /// a kill stands for it.
        case tripCleared
        /// How good the wall clock is: `detail` says it.
        case clockRead
        /// What earlier sessions have used up of the limits: `detail` says it. Or, with `acknowledged`, that an operator goes on
        /// without what is not known of it.
        case budgetCarried
        /// A position that no execution of ours explains counts from now on: `detail` says it.
        case positionAdopted
        /// An order of an earlier session counts as ours: `detail` says which, and how it stands.
        case orderRestored
        /// Nobody knows what an order is any more, `detail` by its id: only word of the venue ends that.
        case orderUnresolved
        /// An operator wants an order: `detail` is the `OrderTicket`.
        case orderRequested
        /// An operator wants orders cancelled: `detail` is the `CancelWish`.
        case cancelRequested
        /// An operator wants a working order changed: `detail` is the `ChangeWish`.
        case modifyRequested
        /// Something has gone wrong that no other event tells: `detail` says what (`FaultNotice`).
        case faultRaised
        /// What `faultRaised` told holds no longer.
        case faultCleared
        /// The broker takes no orders: what strategies want from now on is simulated.
        case shadowBegan
        /// It is simulated no longer: `detail` says what it has come to.
        case shadowEnded

        /// snake_case name.
        public var name: StaticString {
            switch self {
            case .sessionStart: "session_start"
            case .sessionStop: "session_stop"
            case .killSwitchEngaged: "killswitch_engaged"
            case .killSwitchReleased: "killswitch_released"
            case .armed: "armed"
            case .disarmed: "disarmed"
            case .auditDurable: "audit_durable"
            case .brokerLost: "broker_lost"
            case .brokerReady: "broker_ready"
            case .brokerUnreconciled: "broker_unreconciled"
            case .limitsChanged: "limits_changed"
            case .tripCleared: "trip_cleared"
            case .clockRead: "clock_read"
            case .budgetCarried: "budget_carried"
            case .positionAdopted: "position_adopted"
            case .orderRestored: "order_restored"
            case .orderUnresolved: "order_unresolved"
            case .orderRequested: "order_requested"
            case .cancelRequested: "cancel_requested"
            case .modifyRequested: "modify_requested"
            case .faultRaised: "fault_raised"
            case .faultCleared: "fault_cleared"
            case .shadowBegan: "shadow_began"
            case .shadowEnded: "shadow_ended"
            }
        }
    }

    /// What happened.
    public var kind: Kind
    /// Who caused it, e.g. `uid:1000`, `startup`.
    public var actor: String
    /// Why, in the actor's words; may be empty.
    public var reason: String
    /// Number of a `risk_decision`, for `auditDurable`; 0 otherwise.
    public var decisionSequence: UInt64
    /// How far a kill goes, for `killSwitchEngaged`; for `killSwitchReleased` what is left of it, `nil` for nothing.
    public var level: KillLevel?
    /// Whom a kill or its release concerns.
    public var scope: KillScope
    /// What the kind asks for besides; may be empty.
    public var detail: String

    /// A notice.
    ///
    /// - Parameter level: of a kill; an engagement without one is a halt.
    public init(
        _ kind: Kind, actor: String, reason: String = "", decisionSequence: UInt64 = 0,
        level: KillLevel? = nil, scope: KillScope = .all, detail: String = ""
    ) {
        self.kind = kind
        self.actor = actor
        self.reason = reason
        self.decisionSequence = decisionSequence
        self.level = level ?? (kind == .killSwitchEngaged ? .halt : nil)
        self.scope = scope
        self.detail = detail
    }

    /// The detail of a `brokerUnreconciled` that lasts only while the books are compared once more with a broker that is there,
    /// and of the `brokerReady` behind it.
    public static let comparing = "comparing"

    /// Whether it tells of such a comparison: nothing was lost, and new orders wait for a moment.
    public var isComparison: Bool {
        (kind == .brokerUnreconciled || kind == .brokerReady) && detail == Self.comparing
    }

    /// Whether it says no more than every notice did from the beginning.
    public var isPlain: Bool {
        level == (kind == .killSwitchEngaged ? .halt : nil) && scope == .all && detail.isEmpty
    }
}
