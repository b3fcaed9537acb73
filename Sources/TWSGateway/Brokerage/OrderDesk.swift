import Execution
import TWSProtocol
import TradingModel

/// Takes orders, changes and cancels them, and lets them meet the market. Pure: it logs nothing and tells nobody.
struct OrderDesk: Sendable {
    var ledger = Ledger()
    var floor: MatchingFloor
    var faults = OrderFaultBoard()
    let intake: OrderIntake
    let commissions: CommissionSchedule
    let mostOrders: Int
    /// No order ends by itself before; kept up to date by `record` and `expire`.
    var nextExpiry: Timestamp?

    init(_ options: BrokerageOptions) {
        floor = MatchingFloor(options.instruments, options.matching)
        intake = OrderIntake(accounts: options.accounts, instruments: options.instruments)
        commissions = options.commissions
        mostOrders = options.mostOrders
    }

    /// Orders work again, in the order of their arrival: after a restart, and when what followed could not be logged.
    mutating func restore(_ ledger: Ledger) {
        self.ledger = ledger
        self.ledger.continueMatching()
        floor.restore(self.ledger.openOrders)
        nextExpiry = self.ledger.openOrders.compactMap(\.terms.expiry).min()
    }

    // MARK: Inputs

    /// Takes an order, or changes one.
    mutating func place(_ message: PlaceOrder, client: Int32, _ turn: inout Turn) {
        var key = OrderKey(client: client, order: message.orderID)
        do throws(Refusal) {
            if faults.take(.duplicateID, client) { throw .duplicateID }
            if faults.take(.rejectNextOrder, client) { throw Self.rejection }
            if let known = ledger.order(key) {
                guard faults.take(.changeBecomesOrder, client) else {
                    return try modify(known, message, &turn)
                }
                key = OrderKey(client: client, order: ledger.nextID(of: client))
            }
            guard key.order > 0 else { throw .invalid("Invalid order id") }
            guard key.order > ledger.highestID(of: client), key.order < .max else { throw .duplicateID }
            guard ledger.orders.count < mostOrders else { throw .rejected("The log of orders is full") }
            let (instrument, terms) = try intake.read(message, at: turn.time)
            try checkSize(terms, instrument)
            try accept(key, terms, instrument, isTransmitted: message.order.transmits, &turn)
        } catch {
            // A rejected order has used its id up; one that could not be read has not.
            if error.code == 201, key.order > ledger.highestID(of: client), key.order < .max {
                record(.numberUsed(key), &turn)
            }
            turn.tidings.append(.error(key, error))
        }
        settle(&turn)
    }

    /// Cancels an order of a client.
    mutating func cancel(_ key: OrderKey, _ turn: inout Turn) {
        guard let order = ledger.order(key) else {
            return turn.tidings.append(.error(key, .unknown(key.order)))
        }
        guard !order.stage.isDone else {
            return turn.tidings.append(.error(key, .notCancellable(key.order, order.stage.status.rawValue)))
        }
        if faults.take(.fillBeforeCancel, key.client), fillWhole(order, &turn) {
            turn.tidings.append(.error(key, .notCancellable(key.order, OrderStage.filled.status.rawValue)))
        } else {
            end(order.number, "", &turn)
        }
        settle(&turn)
    }

    /// Cancels the orders of all clients.
    mutating func cancelAll(_ turn: inout Turn) {
        for number in ledger.open { end(number, "", &turn) }
        settle(&turn)
    }

    /// A market has changed.
    mutating func marketChanged(_ event: MarketEvent, _ turn: inout Turn) {
        floor.apply(event, into: &turn.reports)
        if !turn.reports.isEmpty { settle(&turn) }
    }

    /// Ends the orders whose time is over.
    mutating func expire(_ turn: inout Turn) {
        guard let nextExpiry, nextExpiry <= turn.time else { return }
        for order in ledger.openOrders {
            if let expiry = order.terms.expiry, expiry <= turn.time { end(order.number, "expired", &turn) }
        }
        settle(&turn)
        self.nextExpiry = ledger.openOrders.compactMap(\.terms.expiry).min()
    }

    private static var rejection: Refusal {
        var refusal = Refusal.rejected("Rejected by the simulated gateway, as it was told to")
        refusal.advanced = #"{"rejects":[{"code":"8229","text":"Rejected on purpose"}]}"#
        return refusal
    }

    // MARK: Facts

    /// Takes a fact into the ledger and notes it for the log.
    mutating func record(_ fact: BrokerageFact, _ turn: inout Turn) {
        guard turn.fault == nil else { return }
        do throws(LedgerFault) {
            try ledger.apply(fact, at: turn.time)
        } catch {
            turn.fault = error
            return
        }
        turn.facts.append(fact)
        switch fact {
        case .placed(_, _, let terms, _), .modified(_, let terms):
            if let expiry = terms.expiry { nextExpiry = min(nextExpiry ?? expiry, expiry) }
        case .opened, .restarted, .listed, .numberUsed, .staged, .executed, .corrected: break
        }
    }

    /// Moves an order to a stage, and tells.
    mutating func move(_ number: Int, to stage: OrderStage, _ turn: inout Turn, reason: String = "") {
        record(.staged(number: number, stage, reason: reason), &turn)
        tell(number, &turn)
    }

    /// openOrder and orderStatus, as the order is now.
    func tell(_ number: Int, _ turn: inout Turn) {
        if let order = ledger.order(number) { turn.tidings.append(.order(order)) }
    }
}
