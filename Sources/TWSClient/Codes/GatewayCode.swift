/// The number of an error message: one channel for errors, warnings and notices.
///
/// What it means is a matter of a table, never of a range or of the text, which may be in any language. A code the table
/// does not have is a notice: it ends neither an order nor a stream.
///
/// Source: reference of the TWS socket protocol, "error codes and what to do".
public struct GatewayCode: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: Int32

    /// Any number; known or not.
    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// What it says, whatever it is said of.
    public enum Reaction: Hashable, Sendable {
        /// The gateway has lost IBKR; the socket stays. No new orders, data are stale.
        case linkLost
        /// The link is back: reconcile. When data were lost, every stream is asked for again.
        case linkRestored(isDataLost: Bool)
        /// The gateway moves to the port at the end of the text and lets everybody go.
        case portChanged
        /// Our client id is in use; the socket closes. Try again with the same id.
        case clientIDInUse
        /// We send too fast: be quiet for a second.
        case tooManyMessages
        /// A farm of IBKR has changed; the text names it after its last colon.
        case farm(Farm, FarmState)
        /// Another session of the login takes the market data: retry slowly.
        case competingSession
        /// The end of the request, whether it was for a stream, an order or anything else.
        case requestRefused
        /// No such stream now or ever.
        case streamRefused
        /// Needs a subscription: level 1 may go on with delayed data, every other stream is refused.
        case streamUnsubscribed
        /// A stream that flowed has ended.
        case streamEnded
        /// The book is void, fresh rows follow; the subscription lives.
        case streamReset
        /// Something to know of a stream; it lives.
        case streamNote
        /// Something to know of an order; it lives.
        case orderNote
        /// The order is dead.
        case orderRefused
        /// The order is cancelled, by us or by the exchange; earlier fills stand.
        case orderCancelled
        /// The order is refused, or held in the gateway without being sent: cancel it.
        case orderHeld
        /// How the order stands is in doubt, or the gateway knows none of that number: reconcile.
        case orderUnknown
        /// The number has been used: this order is refused, but another one of that number may live.
        case orderIDInUse
        /// The change is refused, the order lives as it was.
        case changeRefused
        /// The order cannot be cancelled as it stands, usually because it is done: reconcile.
        case cancelRefused
        /// A notice, to be logged.
        case notice
        /// Of no consequence.
        case ignored
    }

    /// What a farm delivers.
    public enum Farm: String, Hashable, Sendable, CaseIterable {
        /// Market data.
        case marketData
        /// Historical data.
        case history
        /// Contracts and market rules.
        case definitions
    }

    /// How a farm is.
    public enum FarmState: String, Hashable, Sendable, CaseIterable {
        /// It delivers.
        case well
        /// It delivers nothing; streams are stale.
        case broken
        /// It rests until somebody asks.
        case dormant
        /// It is being connected.
        case connecting
    }

    /// Codes that do not stand in the table but are notices by their range.
    static let notices: ClosedRange<Int32> = 2_100...2_199

    /// What it says; `notice` for a code that nobody knows.
    public var reaction: Reaction { entry?.reaction ?? .notice }

    /// Whether a person should look: a mistake of ours, or an order that the gateway holds back.
    public var isAlarm: Bool { entry?.isAlarm ?? false }

    /// What it means, in English; `nil` for a code that nobody knows.
    public var meaning: String? { entry?.meaning }

    /// Whether it is known, or a notice by its range.
    public var isKnown: Bool { entry != nil || Self.notices.contains(rawValue) }

    private var entry: Entry? { Self.entries[rawValue] }
}
