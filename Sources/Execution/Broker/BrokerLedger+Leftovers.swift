import TWSClient
import TWSProtocol
import TradingModel

/// An order at our client id that is open and that this session has not sent.
struct Leftover: Sendable {
    var finding: BrokerFinding
    /// The contract it is for, by the gateway's number.
    var contractID: Int32
    /// The order's number over time and clients; 0 until known.
    var permanentID: Int64
    /// The comparison after which its cancel was last sent; `nil` while none was, or it has to be sent again.
    var cancelledIn: Int?
    /// Since when the cancel waits for an answer; `nil` until the time is told.
    var since: Timestamp?
    /// The comparison during or after which it appeared, where the session knew all that was open before; `nil` for one that
    /// was found at the start, and once it was told.
    var appearedIn: Int?
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
        appear(report.orderID, finding, report.contract.contractID)
        if report.permanentID != 0 { leftovers[report.orderID]?.permanentID = report.permanentID }
    }

    /// One that appears while the session runs is nobody's that we know of: it is asked about, and then drift.
    private mutating func appear(_ orderID: Int32, _ finding: BrokerFinding, _ contractID: Int32) {
        if leftovers[orderID] == nil {
            leftovers[orderID] = Leftover(
                finding: finding, contractID: contractID, permanentID: 0,
                appearedIn: comparison.isComparing ? comparison.round : nil)
            if comparison.isComparing { want("an open order is not ours") }
        }
        leftovers[orderID]?.finding = finding
        leftovers[orderID]?.contractID = contractID
    }

    /// What a comparison begun after its appearance still names is no mistake of a moment.
    private mutating func tellStrangers(_ answers: BookComparison.Answers) {
        for orderID in leftovers.keys.sorted() {
            guard let leftover = leftovers[orderID], let round = leftover.appearedIn,
                answers.leftOver[orderID] != nil
            else { continue }
            guard round < comparison.round else {
                want("an open order is not ours")
                continue
            }
            leftovers[orderID]?.appearedIn = nil
            note(.alarm, nil, "drift: \(leftover.finding) is not ours")
            add(.strangeOrder("\(leftover.finding) is not ours"))
        }
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
        tellStrangers(answers)
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
    /// - Parameter symbol: those of an instrument; `nil` for all.
    /// - Returns: the numbers of those whose cancel has to be sent now.
    mutating func wishCancelLeftovers(in symbol: SymbolID?, reason: String) -> [Int32] {
        leftoverCancel = leftoverCancel ?? reason
        if let symbol { leftoverSymbols.insert(symbol) } else { cancelsAllLeftovers = true }
        return leftovers.keys.sorted().filter { beginCancelLeftover($0) }
    }

    /// Orders left over are not to be cancelled any more.
    mutating func spareLeftovers() {
        leftoverCancel = nil
        leftoverSymbols = []
        cancelsAllLeftovers = false
        for orderID in leftovers.keys { leftovers[orderID]?.cancelledIn = nil }
    }

    /// Whether a kill concerns it.
    func isToGo(_ leftover: Leftover) -> Bool {
        cancelsAllLeftovers || symbols[leftover.contractID].map(leftoverSymbols.contains) == true
    }

    /// - Returns: `false` when its cancel was sent since the last comparison, or nothing asks for it.
    private mutating func beginCancelLeftover(_ orderID: Int32) -> Bool {
        guard let leftover = leftovers[orderID], isToGo(leftover), leftover.cancelledIn != comparison.round
        else { return false }
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
            guard leftovers[orderID]?.cancelledIn != nil else { continue }
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
