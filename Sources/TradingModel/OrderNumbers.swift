/// Gives the orders of a session their ids: one for all who make orders, so that ids ascend in the order of the requests.
public struct OrderNumbers: Sendable {
    private let session: UInt32
    private var last: UInt32 = 0

    /// Numbers from 1 within `session`.
    public init(session: UInt32) { self.session = session }

    /// The next id, given once.
    public mutating func next() -> ClientOrderID {
        last += 1
        return ClientOrderID(session: session, number: last)
    }
}
