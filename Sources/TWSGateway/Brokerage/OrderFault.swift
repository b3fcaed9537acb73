/// What can go wrong with orders; each concerns the next order it fits, once, unless it says otherwise.
public enum OrderFault: Hashable, Sendable {
    /// The next orderStatus is sent twice.
    case duplicateStatus
    /// The next orderStatus is not sent.
    case missingStatus
    /// Of the next fill, execDetails is sent before orderStatus.
    case executionBeforeStatus
    /// The last execution is sent again, corrected: the same execution id, its last part one higher, one tick worse.
    case executionCorrection
    /// The next working order is filled while its client is not connected; when it is, its connection is dropped first.
    case fillWhileDisconnected
    /// The next client that starts is told a next valid id so many below its true one, but at least 1.
    case nextIDRolledBack(Int32)
    /// The next order is refused with 201.
    case rejectNextOrder
    /// The oldest working order is cancelled by the exchange, with 202.
    case cancelByExchange
    /// The next order is answered with 103, duplicate order id.
    case duplicateID
    /// The oldest working order is refused with 201, late.
    case rejectWorking
    /// The next cancel comes too late: its order has filled whole, and it is answered with 10148.
    case fillBeforeCancel
    /// The next change of an order is taken for another order beside it: with its reference, under a number of its own.
    case changeBecomesOrder
}
