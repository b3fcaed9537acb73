import TradingModel

/// The automatic trips: conditions on which trading stops by itself. The list only grows.
///
/// A trip engages the kill switch; it never flattens and never ends by itself. Every property that operators read is in
/// `rule`; the documentation is made from it.
/// Source: risk reference, "Auto-trip conditions".
public enum Trip: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// The result of the day has fallen too far.
    case dayLoss
    /// The result has fallen too far from its best.
    case drawdown
    /// Too many orders of a strategy are refused.
    case rejectStorm
    /// Orders are accepted too fast.
    case orderRate
    /// A strategy has traded by itself often enough.
    case repetition
    /// An instrument in which something is at stake has fallen silent.
    case staleFeed
    /// The clock cannot be relied on.
    case clock
    /// Our books are not the broker's.
    case drift
    /// An execution of an order that nobody knows.
    case unknownExecution
    /// More was sent or filled than was decided.
    case childParent
    /// The broker is gone while orders work.
    case disconnect
    /// What happens cannot be written down.
    case audit
    /// The daemon cannot keep up.
    case latency
    /// The daemon is not as it must be.
    case `internal`
    /// A reference price has moved too far in too short a time.
    case velocity

    /// snake_case name, as in settings, actors (`trip:NAME`) and metrics.
    public var name: StaticString {
        switch self {
        case .dayLoss: "day_loss"
        case .drawdown: "drawdown"
        case .rejectStorm: "reject_storm"
        case .orderRate: "order_rate"
        case .repetition: "repeat"
        case .staleFeed: "stale_feed"
        case .clock: "clock"
        case .drift: "drift"
        case .unknownExecution: "unknown_execution"
        case .childParent: "child_parent"
        case .disconnect: "disconnect"
        case .audit: "audit"
        case .latency: "latency"
        case .internal: "internal"
        case .velocity: "velocity"
        }
    }

    /// The trip of that name.
    public init?(name: String) {
        guard let trip = Self.allCases.first(where: { $0.name.description == name }) else { return nil }
        self = trip
    }

    /// Who engages the kill switch: `trip:NAME`.
    public var actor: String { Self.actorPrefix + name.description }

    /// The trip that an actor is; `nil` for everybody else.
    public init?(actor: String) {
        guard actor.hasPrefix(Self.actorPrefix) else { return nil }
        self.init(name: String(actor.dropFirst(Self.actorPrefix.count)))
    }

    private static let actorPrefix = "trip:"

    /// Whether the condition is seen by the sequence of events itself; others are told from outside.
    public var isWatched: Bool {
        switch self {
        case .dayLoss, .drawdown, .rejectStorm, .orderRate, .repetition, .staleFeed, .clock,
            .unknownExecution, .childParent, .disconnect, .velocity:
            true
        case .drift, .audit, .latency, .internal: false
        }
    }
}

/// What a trip does, in the words of the documentation.
public struct TripRule: Sendable {
    /// Whom it stops.
    public enum Reach: String, Sendable {
        /// Everybody.
        case all
        /// The strategy that caused it.
        case strategy
        /// The instrument it is about.
        case symbol
    }

    /// When it trips.
    public let condition: String
    /// Settings under `risk.trips.NAME`; empty where nothing can be set.
    public let parameters: String
    /// How far the kill goes.
    public let level: KillLevel
    /// Whom it stops.
    public let reach: Reach
    /// What has to be done before it can be released for good.
    public let cure: String
    /// Whether profile prod insists on it.
    public let isMandatory: Bool
}
