/// How the broker's orders are sent and followed.
public struct BrokerOptions: Sendable, Equatable {
    /// Our client id: messages about orders of another one are not ours.
    public var clientID: Int32
    /// Which session of the daemon this is: orders that bear the number of another one were left over by it.
    public var session: UInt32
    /// Account that orders are for and positions are of; empty for the only one of the login.
    public var account: String
    /// Whether orders work outside regular trading hours, too.
    public var worksOutsideRegularHours: Bool
    /// Nanoseconds that reports about one thing may be apart: executions and status, executions and position.
    public var settleTime: Int64 = 3_000_000_000
    /// Nanoseconds after which an order or cancel without an answer, and any open doubt, is asked about (again).
    public var answerTime: Int64 = 10_000_000_000
    /// Nanoseconds for which the cancels of a kill are asked after.
    public var killTime: Int64 = 5_000_000_000
    /// Nanoseconds from one comparison of the books to the next where nothing calls for one; 0 for none.
    public var compareTime: Int64 = 0
    /// Nanoseconds from one of those questions to the next.
    public var repeatTime: Int64 = 1_000_000_000
    /// Finished orders whose later reports are still understood; older ones are forgotten with their executions.
    public var finishedKept = 4_096

    /// Options with the defaults above.
    public init(
        clientID: Int32, session: UInt32, account: String = "", worksOutsideRegularHours: Bool = false
    ) {
        self.clientID = clientID
        self.session = session
        self.account = account
        self.worksOutsideRegularHours = worksOutsideRegularHours
    }
}
