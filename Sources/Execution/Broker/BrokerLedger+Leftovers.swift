import TWSClient
import TWSProtocol
import TradingModel

/// An order at our client id that is open and that this session has not sent.
struct Leftover: Sendable {
    var finding: BrokerFinding
    /// The order's number over time and clients; 0 until known.
    var permanentID: Int64
    /// The comparison after which its cancel was last sent; `nil` while none was, or it has to be sent again.
    var cancelledIn: Int?
    /// Since when the cancel waits for an answer; `nil` until the time is told.
    var since: Timestamp?
}

/// Orders that were left over: followed until they are gone, and cancelled when the kill switch says so.
extension BrokerLedger {
    // MARK: What the gateway says

    /// An order at our client id that this session has not sent: counted, and found when the session begins.
    mutating func foldLeftOver(_ report: OpenOrder) {
        counts.foreign += 1
        guard report.state.known?.isDone != true else {
            return forgetLeftover(report.orderID, "openOrder \(report.state.status)")
        }
        let quantity = report.order.totalQuantity.map { "\($0)" } ?? "?"
        let finding = BrokerFinding.openOrder(
            orderID: report.orderID, reference: report.order.reference,
            text: "\(report.order.action) \(quantity) \(report.contract.symbol) \(report.order.orderType)")
        comparison.answers?.leftOver[report.orderID] = finding
        leftovers[report.orderID, default: Leftover(finding: finding, permanentID: 0)].finding = finding
        if report.permanentID != 0 { leftovers[report.orderID]?.permanentID = report.permanentID }
    }

    /// - Returns: whether the status is of an order that was left over. Where one of ours bears its number, too, the
    ///   permanent number tells them apart.
    mutating func foldLeftOver(_ report: OrderStatusReport) -> Bool {
        guard let leftover = leftovers[report.orderID] else { return false }
        let isSame = leftover.permanentID == report.permanentID && report.permanentID != 0
        guard isSame || orders[report.orderID] == nil else { return false }
        counts.foreign += 1
        let isOther = leftover.permanentID != 0 && report.permanentID != 0 && !isSame
        if !isOther, report.known?.isDone == true {
            forgetLeftover(report.orderID, "orderStatus \(report.status)")
        }
        return true
    }

    /// An error of an order that is not ours.
    @inline(never)
    mutating func foldLeftOver(_ error: ErrorMessage) {
        counts.foreign += 1
        guard leftovers[error.id] != nil else {
            let isAlarm = GatewayCode(rawValue: error.code).isAlarm
            return note(
                isAlarm ? .alarm : .note, nil, code: error.code, "order \(error.id), not known: \(error.text)"
            )
        }
        note(.warning, nil, code: error.code, "left-over order \(error.id): \(error.text)")
        switch GatewayCode(rawValue: error.code).reaction {
        case .orderCancelled: forgetLeftover(error.id, "error \(error.code): \(error.text)")
        case .orderRefused, .orderUnknown, .cancelRefused: want("a left-over order is in doubt")
        default: break
        }
    }

    /// What the open orders do not name is gone.
    mutating func settleLeftovers(_ answers: BookComparison.Answers) {
        guard answers.hasOpenOrders else { return }
        for orderID in leftovers.keys.sorted() where answers.leftOver[orderID] == nil {
            forgetLeftover(orderID, "not open any more")
        }
    }

    @inline(never)
    private mutating func forgetLeftover(_ orderID: Int32, _ why: String) {
        comparison.answers?.leftOver[orderID] = nil
        guard leftovers.removeValue(forKey: orderID) != nil else { return }
        note(.note, nil, "left-over order \(orderID) is gone: \(why)")
    }

    // MARK: Cancelling

    /// Remembers that orders left over are to be cancelled, those that are found later, too.
    ///
    /// - Returns: the numbers of those whose cancel has to be sent now.
    mutating func wishCancelLeftovers(reason: String) -> [Int32] {
        leftoverCancel = leftoverCancel ?? reason
        return leftovers.keys.sorted().filter { beginCancelLeftover($0) }
    }

    /// Orders left over are not to be cancelled any more.
    mutating func spareLeftovers() {
        leftoverCancel = nil
        for orderID in leftovers.keys { leftovers[orderID]?.cancelledIn = nil }
    }

    /// - Returns: `false` when its cancel was sent since the last comparison.
    private mutating func beginCancelLeftover(_ orderID: Int32) -> Bool {
        guard let leftover = leftovers[orderID], leftover.cancelledIn != comparison.round else {
            return false
        }
        leftovers[orderID]?.cancelledIn = comparison.round
        leftovers[orderID]?.since = nil
        note(.warning, nil, "\(leftoverCancel ?? ""): cancelling left-over \(leftover.finding)")
        return true
    }

    /// Sends the cancels that are wanted and have not been sent, and asks after those that are not answered.
    mutating func watchLeftovers(_ time: Timestamp) {
        guard leftoverCancel != nil, session.takesOrders else { return }
        for orderID in leftovers.keys.sorted() {
            if beginCancelLeftover(orderID) { add(.cancel(orderID)) }
            guard let since = leftovers[orderID]?.since else {
                leftovers[orderID]?.since = time
                continue
            }
            guard time.since(since) > options.answerTime else { continue }
            leftovers[orderID]?.since = time
            want("a left-over order is not cancelled yet")
        }
    }
}
