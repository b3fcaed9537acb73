/// What can go wrong and is told, one code each. The list only grows, and a code keeps its meaning.
///
/// What finds a fault, what is done about it and what ends it is the table in `TradingSystem/Faults`.
public enum Fault: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// A stream has fallen silent in an open market, or its instrument is halted.
    case feedStale
    /// A farm of the broker, or its link, is down.
    case feedFarm
    /// Quote or ladder were cleared by the source.
    case feedReset
    /// Tick by tick is refused or has failed; level 1 stands in.
    case feedLevel1
    /// A ladder had bids above asks, or rows that cannot be.
    case feedCrossed
    /// What flows is minutes late.
    case feedDelayed
    /// A stream is not to be had, or is over.
    case feedUnavailable
    /// Nobody knows whether an order arrived.
    case execUnknown
    /// The venue has refused an order.
    case execReject
    /// A cancel has no answer.
    case execCancel
    /// The broker takes no orders, or our books are not known to equal its own.
    case execBroker
    /// A session ended with orders whose cancellation is not confirmed.
    case execUnconfirmed
    /// A limit of activity has stopped trading.
    case riskLimit
    /// A loss has stopped trading.
    case riskLoss
    /// Our books are not the broker's.
    case riskDrift
    /// The bus is late, or stands still.
    case infraQueue
    /// A live feed was faster than the bus.
    case infraOverload
    /// The disk of the audit trail is full.
    case infraDisk
    /// The audit trail cannot be written.
    case infraAudit
    /// An observer of the bus has missed events.
    case infraTap
    /// The journal cannot be written.
    case infraRecorder
    /// The clock cannot be relied on.
    case infraClock
    /// An invariant of the daemon is broken.
    case infraInternal
    /// The exits of an entry are not for what is open of it.
    case execExits

    /// The code, as in audit lines, metrics and logs.
    public var code: StaticString {
        switch self {
        case .feedStale: "FEED_STALE"
        case .feedFarm: "FEED_FARM"
        case .feedReset: "FEED_RESET"
        case .feedLevel1: "FEED_LEVEL1"
        case .feedCrossed: "FEED_CROSSED"
        case .feedDelayed: "FEED_DELAYED"
        case .feedUnavailable: "FEED_UNAVAILABLE"
        case .execUnknown: "EXEC_UNKNOWN"
        case .execReject: "EXEC_REJECT"
        case .execCancel: "EXEC_CANCEL"
        case .execBroker: "EXEC_BROKER"
        case .execUnconfirmed: "EXEC_UNCONFIRMED"
        case .riskLimit: "RISK_LIMIT"
        case .riskLoss: "RISK_LOSS"
        case .riskDrift: "RISK_DRIFT"
        case .infraQueue: "INFRA_QUEUE"
        case .infraOverload: "INFRA_OVERLOAD"
        case .infraDisk: "INFRA_DISK"
        case .infraAudit: "INFRA_AUDIT"
        case .infraTap: "INFRA_TAP"
        case .infraRecorder: "INFRA_RECORDER"
        case .infraClock: "INFRA_CLOCK"
        case .infraInternal: "INFRA_INTERNAL"
        case .execExits: "EXEC_EXITS"
        }
    }

    /// The fault of that code.
    public init?(code: some StringProtocol) {
        guard let fault = Self.allCases.first(where: { $0.code.description == code }) else { return nil }
        self = fault
    }
}

/// A fault, or the end of one, that a notice tells: `EXEC_CANCEL c-3-17`.
public struct FaultNotice: Hashable, Sendable {
    /// Which.
    public var fault: Fault
    /// What it is about: an order, an observer; may be empty.
    public var subject: String
    /// Whether it holds no longer.
    public var isCleared: Bool

    /// A fault of that subject.
    public init(_ fault: Fault, _ subject: String = "", isCleared: Bool = false) {
        self.fault = fault
        self.subject = subject
        self.isCleared = isCleared
    }

    /// What a notice tells; `nil` for one of another kind, or of a code that is not known.
    public init?(_ notice: SystemNotice) {
        switch notice.kind {
        case .faultRaised: isCleared = false
        case .faultCleared: isCleared = true
        default: return nil
        }
        let parts = notice.detail.split(separator: " ", maxSplits: 1)
        guard let code = parts.first, let fault = Fault(code: code) else { return nil }
        self.fault = fault
        subject = parts.count > 1 ? String(parts[1]) : ""
    }

    /// The notice that tells it.
    public func notice(actor: String, reason: String) -> SystemNotice {
        SystemNotice(
            isCleared ? .faultCleared : .faultRaised, actor: actor, reason: reason,
            detail: subject.isEmpty ? "\(fault.code)" : "\(fault.code) \(subject)")
    }
}

extension FeedStatus {
    /// Words of reasons by which faults are told apart; the feeds use them.
    public enum Words {
        /// A ladder with bids above asks.
        public static let crossed: StaticString = "bids above asks"
        /// A ladder whose rows are not in order.
        public static let unsorted: StaticString = "rows out of order"
        /// A ladder whose operations point outside.
        public static let outside: StaticString = "an operation on a row that is not there"
        /// How the reason of an interruption begins, before its code.
        public static let interrupted = "interrupted ("
        /// An interruption has ended, and nothing has come yet.
        public static let awaited = "awaiting data after an interruption"
        /// How the reason of a feed begins that outran the bus.
        public static let overload = "INFRA_OVERLOAD"
    }

    /// What is wrong with the stream; `nil` where nothing is, or nothing but what the settings ask for.
    public var fault: Fault? {
        switch quality {
        case .live: nil
        case .conflated: isFallback ? .feedLevel1 : nil
        case .delayed: .feedDelayed
        case .reset: isBroken ? .feedCrossed : .feedReset
        case .stale:
            reason.hasPrefix(Words.interrupted) || reason == Words.awaited ? .feedFarm : .feedStale
        case .unavailable:
            if reason.hasPrefix(Words.overload) {
                .infraOverload
            } else {
                reason.hasSuffix(": off") || reason.hasPrefix("off:") ? nil : .feedUnavailable
            }
        case .ended: .feedUnavailable
        }
    }

    private var isBroken: Bool {
        Words.crossed.matches(reason) || Words.unsorted.matches(reason) || Words.outside.matches(reason)
    }

    /// Level 1 because something better has failed, not because it is asked for or has yet to come.
    private var isFallback: Bool {
        ["refused (", "ended (", ": silent", "connection lost", "no line is free"]
            .contains { reason.contains($0) }
    }
}
