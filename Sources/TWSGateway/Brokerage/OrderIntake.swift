import TWSProtocol
import TradingModel

/// Reads what a client wants of an order, and refuses what the simulated gateway cannot do.
struct OrderIntake: Sendable {
    /// Longest text a client may give an order.
    private static let longestText = 256

    let accounts: [String]
    let search: ContractSearch

    init(accounts: [String], instruments: [GatewayInstrument]) {
        self.accounts = accounts
        search = ContractSearch(instruments: instruments)
    }

    /// The instrument and the terms that a message means.
    ///
    /// - Parameters:
    ///   - time: decides when an order of the day ends.
    ///   - isPreview: whether what cannot be done does not matter.
    func read(
        _ message: PlaceOrder, at time: Timestamp, isPreview: Bool = false
    ) throws(Refusal) -> (instrument: GatewayInstrument, terms: OrderTerms) {
        let instrument = try instrument(message)
        var terms = OrderTerms()
        terms.contract = instrument.contract.contractID
        terms.exchange = message.contract.exchange
        terms.account = try account(message.order.account)
        terms.side = try side(message.order.action)
        terms.type = try type(message.order.orderType)
        try readLife(message.order, &terms, at: time)
        if !isPreview { try OrderExtras.check(message.order) }
        terms.reference = message.order.reference
        terms.parent = message.order.parentID
        terms.group = message.order.oneCancelsAll.group
        terms.isOutsideRegularHours = message.order.isOutsideRegularHours
        guard [terms.reference, terms.group].allSatisfy({ $0.utf8.count <= Self.longestText }) else {
            throw .invalid("Text is too long")
        }
        terms.quantity = try quantity(message.order.totalQuantity, instrument)
        try readPrices(message.order, &terms, instrument)
        return (instrument, terms)
    }

    private func instrument(_ message: PlaceOrder) throws(Refusal) -> GatewayInstrument {
        guard message.securityID.isEmpty, message.securityIDType.isEmpty else {
            throw .rejected("The simulated gateway knows contracts by no foreign id")
        }
        switch search.resolve(message.contract) {
        case .one(let index): return search.instruments[index]
        case .unknown: throw .noContract
        case .ambiguous: throw .ambiguous
        case .noExchange: throw .invalid("Please enter exchange")
        }
    }

    private func account(_ name: String) throws(Refusal) -> String {
        if name.isEmpty {
            guard accounts.count == 1 else { throw .noAccount }
            return accounts[0]
        }
        guard accounts.contains(name) else { throw .invalid("Invalid account code '\(name.prefix(32))'") }
        return name
    }

    private func side(_ action: String) throws(Refusal) -> Side {
        switch action {
        case "BUY": return .buy
        case "SELL": return .sell
        case "SSHORT", "SLONG": throw .rejected("The action \(action) is for institutions")
        default: throw .invalid("Invalid action")
        }
    }

    private func type(_ name: String) throws(Refusal) -> TradingModel.OrderType {
        switch name {
        case "MKT": return .market
        case "LMT": return .limit
        case "STP": return .stop
        case "STP LMT": return .stopLimit
        default: throw .unsupportedType
        }
    }

    private func readLife(_ order: Order, _ terms: inout OrderTerms, at time: Timestamp) throws(Refusal) {
        guard order.timeInForce == "GTD" || order.goodTillDate.isEmpty else {
            throw .invalid("Good-till date is for GTD orders only")
        }
        switch order.timeInForce {
        case "DAY", "": terms.expiry = Self.endOfDay(time)
        case "GTC": terms.timeInForce = .goodTillCancel
        case "IOC": terms.timeInForce = .immediateOrCancel
        case "FOK": terms.timeInForce = .fillOrKill
        case "GTD":
            guard let expiry = GatewayTime.read(order.goodTillDate), expiry > time else {
                throw .invalid("Good-till date must be a future time in UTC")
            }
            terms.expiry = expiry
            terms.goodTillDate = order.goodTillDate
        default: throw .invalid("Invalid time in force: \(order.timeInForce.prefix(16))")
        }
        // A stop waits for its price whatever its life; it does so until the day is over.
        if terms.isStop, terms.timeInForce != .goodTillCancel, terms.expiry == nil {
            terms.expiry = Self.endOfDay(time)
        }
    }

    /// 22:00 UTC: five in the afternoon in New York, in winter.
    static func endOfDay(_ time: Timestamp) -> Timestamp {
        let hour: Int64 = 3_600_000_000_000
        return time.advanced(by: 2 * hour).floored(to: 24 * hour).advanced(by: 22 * hour)
    }

    private func quantity(_ quantity: Quantity?, _ instrument: GatewayInstrument) throws(Refusal) -> Quantity
    {
        guard let quantity, quantity > .zero else { throw .noSize }
        guard quantity.isMultiple(of: instrument.sizeStep) else { throw .wrongStep }
        return quantity
    }

    private func readPrices(
        _ order: Order, _ terms: inout OrderTerms, _ instrument: GatewayInstrument
    ) throws(Refusal) {
        if terms.isLimit { terms.limit = try price(order.limitPrice, "limit", instrument) }
        if terms.isStop { terms.stop = try price(order.auxiliaryPrice, "stop", instrument) }
    }

    private func price(
        _ price: Price?, _ name: String, _ instrument: GatewayInstrument
    ) throws(Refusal) -> Price {
        guard let price else { throw .invalid("Missing \(name) price") }
        guard price > .zero else { throw .invalid("The \(name) price must be positive") }
        guard price.isMultiple(of: instrument.rule.increment(at: price)) else { throw .offGrid }
        return price
    }
}
