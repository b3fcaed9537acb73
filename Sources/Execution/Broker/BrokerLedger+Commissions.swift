import TWSProtocol
import TradingModel

/// What an execution cost, as the broker has told it last.
struct BrokerCommission: Hashable, Sendable {
    /// The version of the execution it was told for.
    let revision: Int
    let amount: Money
    let currency: CurrencyCode

    /// No amount of one execution is beyond this; what is, is no commission.
    static let greatest = Money(Price(rawValue: 1_000_000_000_000_000_000))

    /// What a report tells; `nil` where amount or currency cannot be used.
    init?(_ report: CommissionReport, _ name: ExecutionName) {
        guard let amount = report.commission, amount.magnitude <= Self.greatest,
            let currency = CurrencyCode(report.currency)
        else { return nil }
        (revision, self.amount, self.currency) = (name.revision, amount, currency)
    }
}

/// Commissions that came before their execution: the newest are kept, since those of other clients' executions come, too.
struct EarlyCommissions: Sendable {
    /// How many are kept.
    static let kept = 256
    private var byName: [String: BrokerCommission] = [:]
    /// Their names, oldest first; some may have been taken since.
    private var names: ContiguousArray<String> = []

    /// Keeps one.
    ///
    /// - Returns: whether an older one had to be let go.
    mutating func keep(_ commission: BrokerCommission, of name: ExecutionName) -> Bool {
        if let known = byName[name.base] {
            if commission.revision >= known.revision { byName[name.base] = commission }
            return false
        }
        var isLetGo = false
        if names.count == Self.kept { isLetGo = byName.removeValue(forKey: names.removeFirst()) != nil }
        names.append(name.base)
        byName[name.base] = commission
        return isLetGo
    }

    /// The one of an execution; it is forgotten here.
    mutating func take(_ name: ExecutionName) -> BrokerCommission? {
        guard !byName.isEmpty, let found = byName.removeValue(forKey: name.base) else { return nil }
        names.removeAll { $0 == name.base }
        return found
    }
}

/// What the gateway says of commissions: by the name of the execution, before or after it, and again with every answer.
extension BrokerLedger {
    mutating func fold(_ report: CommissionReport, at time: Timestamp) {
        counts.commissions += 1
        let name = ExecutionName(report.executionID)
        guard let commission = BrokerCommission(report, name) else {
            counts.unusableCommissions += 1
            guard executed[name.base] != nil else { return }
            return alarmOnce(
                "the commission of execution \(report.executionID) has no usable amount or currency")
        }
        guard let orderID = executed[name.base], var order = orders[orderID], let fill = order.fill(name)
        else {
            if earlyCommissions.keep(commission, of: name) { counts.commissionsLetGo += 1 }
            return
        }
        let known = fill.commission
        guard commission != known, commission.revision >= known?.revision ?? 0 else {
            return counts.repeated += 1
        }
        order.note(commission, of: name)
        update(order)
        publishChange(from: known, to: commission, of: fill, name, order, at: time)
    }

    /// Reports what is to be added to what had been told.
    private mutating func publishChange(
        from known: BrokerCommission?, to commission: BrokerCommission, of fill: BrokerOrder.Fill,
        _ name: ExecutionName, _ order: BrokerOrder, at time: Timestamp
    ) {
        // The executions of an earlier session have no numbers in this one.
        let raw =
            "commission \(commission.amount) \(commission.currency.name)"
            + (fill.number == 0 ? " of execution \(name.base)" : "")
        guard let known, known.amount != .zero else {
            return publish(commission, of: fill, order, raw: raw, at: time)
        }
        if known.currency == commission.currency {
            guard known.amount != commission.amount else { return }
            publish(commission.with(commission.amount - known.amount), of: fill, order, raw: raw, at: time)
        } else {
            publish(known.with(-known.amount), of: fill, order, raw: raw, at: time)
            publish(commission, of: fill, order, raw: raw, at: time)
        }
    }

    /// Reports a commission that comes without its fill.
    mutating func publish(
        _ commission: BrokerCommission, of fill: BrokerOrder.Fill, _ order: BrokerOrder, raw: String,
        at time: Timestamp
    ) {
        var event = order.report(.commission, order.status, commission: commission, raw: raw)
        event.executionID = fill.number
        publish(event, of: order.request, at: time)
    }
}

extension BrokerCommission {
    /// The same with another amount.
    fileprivate func with(_ amount: Money) -> BrokerCommission {
        BrokerCommission(revision: revision, amount: amount, currency: currency)
    }

    init(revision: Int, amount: Money, currency: CurrencyCode) {
        (self.revision, self.amount, self.currency) = (revision, amount, currency)
    }
}
