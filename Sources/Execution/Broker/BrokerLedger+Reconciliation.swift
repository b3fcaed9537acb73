import TWSClient
import TWSProtocol
import TradingModel

/// Our books against the broker's: after every connection, after every loss of the link, and when something is in doubt.
extension BrokerLedger {
    // MARK: Session

    /// Follows the session; a comparison begins with `reconciling`.
    mutating func sessionChanged(_ change: SessionChange) {
        session = change.to
        switch change.to {
        case .reconciling:
            comparison.round += 1
            comparison.answers = BookComparison.Answers()
        case .live: break
        case .idle, .connecting, .handshake, .starting, .ready, .lost, .backoff, .stopped:
            // What had been asked is not answered any more, and what was sent may not have arrived.
            if comparison.isCompared || change.from == .reconciling || change.from == .live {
                comparison.losses += 1
            }
            comparison.answers = nil
            comparison.isCompared = false
            forgetSilence(at: change.time)
        }
        tellReadiness(change.reason, at: change.time)
    }

    /// While the books are only compared once more, the broker is there: nothing was lost on its way.
    var isComparingAgain: Bool {
        session == .reconciling && comparison.told != nil && comparison.told != .brokerLost
    }

    /// Tells the bus when the broker begins or ceases to take orders, and when our books cease to equal its own.
    mutating func tellReadiness(_ reason: String, at time: Timestamp) {
        let isEqual = comparison.isCompared && comparison.isEqual
        let isAsking = isComparingAgain
        let kind: SystemNotice.Kind =
            isAsking
            ? .brokerUnreconciled
            : !session.takesOrders ? .brokerLost : isEqual ? .brokerReady : .brokerUnreconciled
        comparison.view.isReady = kind == .brokerReady
        guard kind != comparison.told || isAsking != comparison.toldComparing else { return }
        let isOver = kind == .brokerReady && comparison.toldComparing
        comparison.told = kind
        comparison.toldComparing = isAsking
        publish(
            SystemNotice(
                kind, actor: "broker", reason: reason,
                detail: isAsking || isOver ? SystemNotice.comparing : ""),
            at: time)
    }

    mutating func publish(_ notice: SystemNotice, at time: Timestamp) {
        add(
            .publish(
                MarketEvent(
                    timestamp: time, receivedAt: time, symbol: .none, source: .ibkr, payload: .system(notice))
            ))
    }

    // MARK: Answers

    mutating func fold(_ report: CompletedOrder) {
        guard let order = orderCompleted(report) else { return }
        comparison.answers?.endings[order.orderID] = BookComparison.Ending(
            status: report.status, isCancelled: report.known == .cancelled || report.known == .apiCancelled,
            text: report.completedStatus.isEmpty ? report.status : report.completedStatus)
    }

    mutating func fold(_ report: PositionReport, at time: Timestamp) {
        guard options.account.isEmpty || report.account == options.account else { return }
        let contractID = report.contract.contractID
        let symbol = symbols[contractID]
        if let symbol, report.position == nil {
            note(.warning, nil, "\(symbol.name): the broker told a position without a number")
        }
        comparison.averageCosts[contractID, default: [:]][report.account] = report.averageCost
        comparison.answers?.positions[contractID, default: [:]].updateValue(
            report.position, forKey: report.account)
        guard comparison.answers?.hasPositions != false else { return }
        comparison.positions[contractID, default: [:]].updateValue(report.position, forKey: report.account)
        guard let symbol else { return }
        comparison.outdated.remove(symbol)
        comparison.needsLook = true
    }

    /// What is not named is not held.
    mutating func completePositions() {
        guard let answers = comparison.answers else { return }
        comparison.positions = answers.positions
        comparison.hasAllPositions = true
        comparison.outdated = []
        comparison.answers?.hasPositions = true
        comparison.answers?.positions = [:]
    }

    // MARK: Comparing

    /// All answers are in.
    mutating func reconciled(at time: Timestamp) {
        guard let answers = comparison.answers else {
            return note(.warning, nil, "a comparison ended that had not begun")
        }
        counts.reconciliations += 1
        // What is doubted from here on, these answers have not settled.
        comparison.wish = nil
        for orderID in open {
            if let order = orders[orderID] { settle(order, answers, at: time) }
        }
        settleLeftovers(answers)
        findAtStart(answers)
        comparison.answers = nil
        comparison.view.lastAt = time
        comparison.isCompared = answers.hasOpenOrders && answers.hasExecutions && answers.hasPositions
        comparePositions(at: time)
        tellReadiness("reconciled", at: time)
    }

    /// Orders that are there when they are told for the first time are not of this session.
    private mutating func findAtStart(_ answers: BookComparison.Answers) {
        for symbol in symbols.values where position(symbol) != nil { comparison.compared.insert(symbol) }
        guard !comparison.isComparing else { return }
        let found = answers.leftOver.sorted { $0.key < $1.key }.map(\.value)
        for finding in found { note(.warning, nil, "found at the start: \(finding)") }
        comparison.view.foundAtStart.append(contentsOf: found)
    }

    /// Decides on one of our orders that is not over, from what everybody has answered.
    private mutating func settle(
        _ order: BrokerOrder, _ answers: BookComparison.Answers, at time: Timestamp
    ) {
        guard !answers.open.contains(order.orderID) else { return repeatCancel(order) }
        guard order.round < comparison.round, order.stage != .leaving, answers.hasOpenOrders,
            answers.hasExecutions
        else { return }
        var order = order
        if order.isUnexplained && order.toldIn >= comparison.round {
            // Told while the answers came: the executions may have been told before.
            return want("an order ended with executions missing")
        } else if let ending = answers.endings[order.orderID] {
            conclude(&order, ending, at: time)
        } else if order.ending != nil {
            note(.alarm, order, "its executions are not to be found at the broker")
            counts.concluded += 1
            finishHeld(&order, isProven: true, at: time)
        } else if order.isUnexplained {
            note(.warning, order, "not open, and its executions are missing")
        } else if order.stage == .sent || order.suspicion != nil {
            guard answers.hasCompletedOrders, order.lossesBefore < comparison.losses || order.suspicion != nil
            else { return }
            counts.concluded += 1
            finish(
                &order, .rejected,
                // No word of the broker, and nothing that it has refused.
                reason: order.suspicion ?? WorkingOrder.unsentPrefix + "it never reached the broker", raw: "",
                byWord: false, at: time)
        } else {
            counts.concluded += 1
            finish(
                &order, .cancelled, reason: "not open at the broker after reconnection", raw: "",
                byWord: false,
                at: time)
        }
        update(order)
    }

    /// It is among the completed orders. That it has filled is for executions to say.
    private mutating func conclude(
        _ order: inout BrokerOrder, _ ending: BookComparison.Ending, at time: Timestamp
    ) {
        let raw = "completedOrder \(ending.status): \(ending.text)"
        if GatewayOrderStatus(rawValue: ending.status) == .filled {
            order.isToldFilled = true
            note(.warning, order, "filled by the broker's word, and its executions are missing")
        } else if ending.isCancelled {
            counts.concluded += 1
            finish(
                &order, .cancelled, reason: order.cancel?.reason ?? ending.text, raw: raw, isProven: true,
                at: time)
        } else {
            counts.concluded += 1
            finish(&order, .rejected, reason: ending.text, raw: raw, isProven: true, at: time)
        }
    }

    /// An order that is still open though its cancel was asked for before.
    private mutating func repeatCancel(_ order: BrokerOrder) {
        guard order.cancel != nil, order.cancel?.sentIn != comparison.round else { return }
        sendCancel(order)
    }

    mutating func sendCancel(_ order: BrokerOrder) {
        // One of an earlier session that the gateway has not named yet has no number to cancel it by.
        guard order.orderID > 0 else { return }
        var order = order
        order.cancel?.sentIn = comparison.round
        update(order)
        add(.cancel(order.orderID))
    }

    // MARK: Positions

    /// Positions that differ from what was taken over and our executions add up to.
    func differences() -> [BrokerDrift] {
        symbols.values.sorted { $0.name < $1.name }.compactMap { symbol in
            guard comparison.compared.contains(symbol), let actual = position(symbol) else { return nil }
            let expected = adopted[symbol] + traded[symbol]
            return actual == expected ? nil : BrokerDrift(symbol: symbol, expected: expected, actual: actual)
        }
    }

    mutating func comparePositions(at time: Timestamp) {
        comparison.needsLook = false
        let isEqual = differences().isEmpty
        comparison.isEqual = isEqual
        if isEqual {
            comparison.differsSince = nil
            comparison.view.drift = []
        } else {
            comparison.differsSince = comparison.differsSince ?? time
        }
    }

    /// What may be accepted: the differences that somebody has been told of, as they were told, by answers of this session with
    /// the gateway. Anything else may still be on its way.
    func acceptable() -> [BrokerDrift] {
        guard comparison.isCompared, comparison.answers == nil, !comparison.isEqual else { return [] }
        let told = comparison.view.drift
        return differences().filter { told.contains($0) && !comparison.outdated.contains($0.symbol) }
    }

    /// Takes the broker's positions for right from now on: somebody has looked at the differences. What differs is told to
    /// the sequence, before the broker is ready.
    ///
    /// - Parameter symbols: of those alone; `nil` for all.
    mutating func acceptPositions(
        by actor: String, _ reason: String, in symbols: Set<SymbolID>? = nil, at time: Timestamp
    ) {
        for drift in acceptable() where symbols?.contains(drift.symbol) != false {
            let change = AdoptedPosition(
                drift.symbol, drift.actual - drift.expected, averagePrice: averagePrice(drift.symbol))
            adopted[drift.symbol] += change.change
            comparison.view.adopted.append(change)
            publish(change.notice(actor: actor, reason: reason), at: time)
            endToldFilled(drift.symbol, by: actor, at: time)
        }
        comparePositions(at: time)
        tellReadiness("positions accepted", at: time)
    }

    /// Orders that have filled by the broker's word, in executions that it does not tell any more: what is accepted has them.
    private mutating func endToldFilled(_ symbol: SymbolID, by actor: String, at time: Timestamp) {
        for orderID in open {
            guard var order = orders[orderID], order.request.symbol == symbol, order.isToldFilled else {
                continue
            }
            counts.concluded += 1
            finish(
                &order, .cancelled, reason: "filled by the broker's word, accepted by \(actor)", raw: "",
                isProven: true, at: time)
            update(order)
        }
    }
}
