import TWSClient
import TradingModel

/// What time does: silence and doubt are noticed, cancels that do not get through are tried again, books are compared.
extension BrokerLedger {
    /// Asks again where answers are missing, and gives reports that belong together time to come.
    mutating func timePassed(_ time: Timestamp) {
        refillNotes(time)
        watchOrders(time)
        watchLeftovers(time)
        watchPositions(time)
        compareAgain(time)
        askAgain(time)
    }

    /// Now and then the books are compared though nothing calls for it.
    private mutating func compareAgain(_ time: Timestamp) {
        guard options.compareTime > 0, session.takesOrders, let last = comparison.view.lastAt,
            time.since(last) >= options.compareTime
        else { return }
        want("the time for it has come")
    }

    /// Who is gone is not silent: what waits for an answer waits anew with the next session. Whose silence has ended the
    /// session was silent before it.
    mutating func forgetSilence(at time: Timestamp) {
        for orderID in open {
            guard var order = orders[orderID], let since = order.doubtSince else { continue }
            if order.isAwaited && time.since(since) > options.answerTime { tellSilence(order, at: time) }
            order.doubtSince = nil
            update(order)
        }
    }

    private mutating func watchOrders(_ time: Timestamp) {
        // Else nobody is there who could answer; the next session begins with a comparison.
        guard session.takesOrders || isComparingAgain else { return }
        for orderID in open {
            guard var order = orders[orderID] else { continue }
            if order.hasCancelToSend {
                tryCancel(&order, time)
                continue
            }
            let patience = patience(order)
            // A comparison answers everything but who is silent: one that takes its time, as that which follows a kill,
            // hides none.
            if isComparingAgain && !order.isAwaited && patience != nil { continue }
            watch(&order, for: patience, time)
        }
        guard !isComparingAgain else { return }
        for orderID in comparison.unexplained {
            guard var order = orders[orderID], order.isDone else { continue }
            watch(&order, for: order.isUnexplained ? options.settleTime : nil, time)
        }
    }

    /// A cancel that has not left, or was refused, is sent again: at once, then every `repeatTime`. One that does not get
    /// through for long is told.
    private mutating func tryCancel(_ order: inout BrokerOrder, _ time: Timestamp) {
        guard let wish = order.cancel else { return }
        if wish.since == nil { order.cancel?.since = time }
        if let since = wish.since, time.since(since) > options.answerTime {
            order.cancel?.since = time
            tellSilence(order, at: time)
            note(.warning, order, "its cancel is refused, or cannot be sent")
        }
        let isDue = wish.triedAt.map { time.since($0) >= options.repeatTime } ?? true
        if isDue { order.cancel?.triedAt = time }
        update(order)
        if isDue { sendCancel(order) }
    }

    /// How long an order may stay as it is before it is asked about; `nil`: for ever. One that the gateway holds back may
    /// stay so for hours: it is asked about less and less often.
    private func patience(_ order: BrokerOrder) -> Int64? {
        if order.ending != nil { return options.settleTime }
        if order.stage == .sent || order.cancel != nil { return options.answerTime }
        if order.isUnexplained { return options.settleTime }
        guard order.isHeldBack || order.stage == .known else { return nil }
        return options.answerTime << min(order.timesAsked, 6)
    }

    /// Wants a comparison when the doubt about an order has lasted.
    private mutating func watch(_ order: inout BrokerOrder, for patience: Int64?, _ time: Timestamp) {
        guard let patience else {
            if order.doubtSince != nil {
                order.doubtSince = nil
                order.timesAsked = 0
                update(order)
            }
            return
        }
        guard let since = order.doubtSince else {
            order.doubtSince = time
            return update(order)
        }
        guard time.since(since) > patience else { return }
        order.doubtSince = time
        order.timesAsked += 1
        update(order)
        if order.isAwaited { tellSilence(order, at: time) }
        note(
            .warning, order,
            order.isAwaited
                ? "no answer from the broker"
                : order.isUnexplained ? "its executions are missing" : "the gateway holds it back")
        want("an order is in doubt")
    }

    /// Tells the sequence that nobody knows of an order whether it, or its cancel, has arrived.
    @inline(never)
    private mutating func tellSilence(_ order: BrokerOrder, at time: Timestamp) {
        let (fault, reason): (Fault, String) =
            switch order.cancel {
            case nil: (.execUnknown, "no answer to the order")
            case let wish? where wish.sentIn == nil: (.execCancel, "the cancel does not get through")
            case _?: (.execCancel, "no answer to the cancel")
            }
        publish(FaultNotice(fault, "\(order.request.id)").notice(actor: "broker", reason: reason), at: time)
    }

    private mutating func watchPositions(_ time: Timestamp) {
        guard comparison.isCompared, comparison.needsLook || comparison.differsSince != nil else { return }
        let differences = differences().filter {
            !comparison.isEqual || !comparison.outdated.contains($0.symbol)
        }
        comparison.needsLook = false
        guard !differences.isEmpty else {
            comparison.differsSince = nil
            guard !comparison.isEqual else { return }
            comparePositions(at: time)
            return tellReadiness("positions are equal", at: time)
        }
        let since = comparison.differsSince ?? time
        comparison.differsSince = since
        guard time.since(since) > options.settleTime, comparison.view.drift != differences else { return }
        guard !comparison.isEqual else {
            // While the session ran: the executions may only be late, so everything is asked for first.
            return want("positions differ")
        }
        comparison.view.drift = differences
        for drift in differences { note(.alarm, nil, "drift: \(drift)") }
        add(.drift(differences))
    }

    /// Wants the books to be compared, soon.
    mutating func want(_ reason: String) { comparison.wish = comparison.wish ?? reason }

    private mutating func askAgain(_ time: Timestamp) {
        askAfterCancels(time)
        guard let wish = comparison.wish, session.takesOrders else { return }
        if let asked = comparison.askedAt, time.since(asked) < options.answerTime { return }
        comparison.askedAt = time
        comparison.wish = nil
        add(.reconcile(wish))
    }
}
