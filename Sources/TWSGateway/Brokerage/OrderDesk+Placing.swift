import TWSProtocol
import TradingModel

extension OrderDesk {
    /// A new order: held back, waiting for its parent, or into the market.
    mutating func accept(
        _ key: OrderKey, _ terms: OrderTerms, _ instrument: GatewayInstrument, isTransmitted: Bool,
        _ turn: inout Turn
    ) throws(Refusal) {
        let parent = try parent(of: key, terms)
        if ledger.contracts[terms.contract] == nil { record(.listed(TradedContract(instrument)), &turn) }
        let number = ledger.orders.count + 1
        let mustWait = parent.map { $0.stage != .filled } ?? false
        let stage: OrderStage = !isTransmitted ? .held : mustWait ? .waiting : .pending
        record(.placed(number: number, key, terms, stage), &turn)
        guard isTransmitted else { return }
        tell(number, &turn)
        if stage == .pending { enter(number, &turn) }
        if let parent { transmitFamily(of: parent, &turn) }
    }

    /// Refuses what could come to more than the ledger can hold.
    ///
    /// - Parameter order: the order that gets these terms; `nil` for a new one.
    func checkSize(
        _ terms: OrderTerms, _ instrument: GatewayInstrument, replacing order: BookedOrder? = nil
    ) throws(Refusal) {
        let most = ledger.largestPosition(terms, replacing: order)
        guard most <= Int128(Int64.max) else {
            throw .rejected("The position would be larger than positions can be")
        }
        let price =
            [terms.limit, terms.stop, floor.mark(terms.contract)?.price].compactMap(\.self).max()
            ?? instrument.startPrice
        let (value, isTooLarge) = (most * Int128(price.rawValue) / 1_000_000_000)
            .multipliedReportingOverflow(by: Int128(instrument.multiplier.rawValue))
        guard !isTooLarge, value <= Self.mostValue else {
            throw .rejected("The value of the position would be larger than values can be")
        }
    }

    /// A sixteenth of what the ledger can hold: prices move between the order and its fill.
    private static let mostValue = Money.mostBooked.rawValue / 16

    private func parent(of key: OrderKey, _ terms: OrderTerms) throws(Refusal) -> BookedOrder? {
        guard terms.parent != 0 else { return nil }
        guard let parent = ledger.order(OrderKey(client: key.client, order: terms.parent)),
            parent.terms.account == terms.account
        else { throw .unknownParent(terms.parent) }
        guard parent.stage != .cancelled, parent.stage != .refused else {
            throw .rejected("The parent order has been cancelled")
        }
        return parent
    }

    /// The last child transmits its parent and the children that were held back with it.
    private mutating func transmitFamily(of parent: BookedOrder, _ turn: inout Turn) {
        for child in ledger.children[parent.number] ?? [] { transmit(child, &turn) }
        transmit(parent.number, &turn)
    }

    /// Lets an order go that was held back; nothing for others.
    mutating func transmit(_ number: Int, _ turn: inout Turn) {
        guard let order = ledger.order(number), order.stage == .held else { return }
        let parent = ledger.order(OrderKey(client: order.key.client, order: order.terms.parent))
        let mustWait = parent.map { $0.stage != .filled } ?? false
        move(number, to: mustWait ? .waiting : .pending, &turn)
        if !mustWait { enter(number, &turn) }
    }

    /// Lets an order into the market; what comes of it is dealt with by `settle`.
    mutating func enter(_ number: Int, _ turn: inout Turn) {
        guard turn.fault == nil, let order = ledger.order(number) else { return }
        floor.submit(order, into: &turn.reports)
    }

    /// New terms for an order that is there already.
    mutating func modify(_ known: BookedOrder, _ message: PlaceOrder, _ turn: inout Turn) throws(Refusal) {
        guard known.stage != .filled else { throw .filled }
        guard !known.stage.isDone else { throw .duplicateID }
        var (instrument, terms) = try intake.read(message, at: turn.time)
        guard terms.contract == known.terms.contract, terms.quantity > known.filled else { throw .mismatch }
        try checkSize(terms, instrument, replacing: known)
        if known.stage == .held {
            guard terms.parent == known.terms.parent else { throw .mismatch }
        } else {
            guard message.order.transmits, terms.differsOnlyInPriceQuantityAndLife(from: known.terms) else {
                throw .mismatch
            }
        }
        // An order of the day ends with the day it was placed on.
        if terms.lifeText == known.terms.lifeText, terms.goodTillDate.isEmpty {
            terms.expiry = known.terms.expiry
        }
        if terms != known.terms { record(.modified(number: known.number, terms), &turn) }
        if known.stage == .held {
            if message.order.transmits { transmitAll(with: known, &turn) }
        } else {
            tell(known.number, &turn)
            replace(known, &turn)
        }
        settle(&turn)
    }

    private mutating func transmitAll(with order: BookedOrder, _ turn: inout Turn) {
        transmit(order.number, &turn)
        if let parent = ledger.order(OrderKey(client: order.key.client, order: order.terms.parent)) {
            transmitFamily(of: parent, &turn)
        }
    }

    private mutating func replace(_ known: BookedOrder, _ turn: inout Turn) {
        guard turn.fault == nil, let order = ledger.order(known.number), order.terms != known.terms,
            order.stage == .pending || order.stage == .working
        else { return }
        floor.replace(order, into: &turn.reports)
    }
}
