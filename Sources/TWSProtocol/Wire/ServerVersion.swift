/// The version a session speaks, agreed in the handshake; it decides which fields a message has.
///
/// Source: reference tables of the TWS socket protocol, "version gates". From 201 on the protocol is another
/// one (binary message ids, protobuf), so a session never agrees on more than 200.
public struct ServerVersion: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The number, as in the handshake.
    public let rawValue: Int32

    /// Version `rawValue`, whether or not this codec speaks it; see `isSpoken`.
    @inlinable
    public init(_ rawValue: Int32) { self.rawValue = rawValue }

    /// The lowest version spoken here.
    public static let lowest = ServerVersion(178)
    /// The highest version spoken here: the last one that is text throughout.
    public static let highest = ServerVersion(200)
    /// All versions spoken here, lowest first.
    public static let spoken: [ServerVersion] = (lowest.rawValue...highest.rawValue).map(ServerVersion.init)

    /// Whether this codec speaks it.
    public var isSpoken: Bool { self >= .lowest && self <= .highest }

    /// Orders by number.
    @inlinable
    public static func < (left: ServerVersion, right: ServerVersion) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Versions at which fields come or go; each is the first version with the change.
extension ServerVersion {
    /// Contract data: fields of funds.
    public static let fundData = ServerVersion(179)
    /// Contract data: last trade date.
    public static let lastTradeDate = ServerVersion(182)
    /// Orders: customer account.
    public static let customerAccount = ServerVersion(183)
    /// Orders: professional customer.
    public static let professionalCustomer = ServerVersion(184)
    /// Open order: bond accrued interest.
    public static let bondAccruedInterest = ServerVersion(185)
    /// Contract data: reasons why a contract is not eligible.
    public static let ineligibilityReasons = ServerVersion(186)
    /// Fields for requests for quotes, in placeOrder and cancelOrder; gone again at `withoutQuoteRequests`.
    public static let quoteRequests = ServerVersion(187)
    /// Orders: overnight session included.
    public static let includeOvernight = ServerVersion(189)
    /// The fields of `quoteRequests` are gone.
    public static let withoutQuoteRequests = ServerVersion(190)
    /// Permanent ids have 64 bits.
    public static let longPermanentID = ServerVersion(191)
    /// Orders and cancels: CME tagging; cancels lose their version field.
    public static let tagging = ServerVersion(192)
    /// Open order: CME tagging.
    public static let taggingInOpenOrder = ServerVersion(193)
    /// Error message: time; it loses its version field.
    public static let errorTime = ServerVersion(194)
    /// Open order: all fields of a preview.
    public static let fullPreview = ServerVersion(195)
    /// Historical data: its end is a message of its own.
    public static let historicalDataEnd = ServerVersion(196)
    /// Current time in milliseconds.
    public static let currentTimeInMilliseconds = ServerVersion(197)
    /// Open order and executions: submitter.
    public static let submitter = ServerVersion(198)
    /// Orders: imbalance only.
    public static let imbalanceOnly = ServerVersion(199)
    /// Executions may be asked for by days.
    public static let executionDays = ServerVersion(200)
}
