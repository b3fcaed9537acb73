import Configuration
import ControlPlane
import ExactJSON
import Execution
import Risk
import TradingModel

/// Reads an order that an operator wants, and refuses what cannot be one: with one message, and before anything happens.
struct TicketReader {
    let settings: Settings
    let abilities: VenueAbilities
    /// Time for the controls.
    let now: Timestamp

    /// - Parameter token: the caller's, or one of ours.
    func ticket(_ call: RPCCall, token: String) throws(RPCError) -> OrderTicket {
        let instrument = try instrument(call)
        let limit = try price("limit", call, instrument)
        let stop = try price("stop", call, instrument)
        let type = try type(call, limit, stop)
        let time = try timeInForce(call)
        var ticket = OrderTicket(
            symbol: instrument.symbol, side: call.string("side") == "sell" ? .sell : .buy, type: type,
            quantity: try quantity(call, instrument), limitPrice: limit, stopPrice: stop, timeInForce: time,
            expiry: try expiry(call, time), flags: try flags(call, type, time), strategy: try strategy(call),
            token: token)
        ticket.takeProfit = try price("take_profit", call, instrument)
        ticket.stopLoss = try price("stop_loss", call, instrument)
        try checkExits(ticket)
        if let refusal = abilities.refusal(of: type, time, ticket.flags) { throw .conflict(refusal) }
        return ticket
    }

    private func instrument(_ call: RPCCall) throws(RPCError) -> Instrument {
        let name = try call.requiredString("symbol")
        guard let instrument = settings.instrument(named: name) else {
            throw .notFound("no instrument '\(name)' in the settings")
        }
        return instrument
    }

    // MARK: Numbers

    func quantity(_ call: RPCCall, _ instrument: Instrument) throws(RPCError) -> Quantity {
        guard let quantity = try? Quantity(try call.requiredString("quantity")), quantity > .zero else {
            throw Self.wrong("quantity", "must be a positive decimal number")
        }
        guard quantity.isMultiple(of: instrument.lotSize) else {
            throw Self.wrong("quantity", "\(quantity) is no multiple of the lot, \(instrument.lotSize)")
        }
        return quantity
    }

    func price(_ name: String, _ call: RPCCall, _ instrument: Instrument) throws(RPCError) -> Price? {
        guard let text = call.string(name) else { return nil }
        guard let price = try? Price(text), price > .zero else {
            throw Self.wrong(name, "must be a positive decimal number")
        }
        guard price.isMultiple(of: instrument.tickSize) else {
            throw Self.wrong(name, "\(price) is off the grid of \(instrument.tickSize)")
        }
        return price
    }

    // MARK: Terms

    /// As told, or as the prices say.
    private func type(_ call: RPCCall, _ limit: Price?, _ stop: Price?) throws(RPCError) -> OrderType {
        let implied: OrderType =
            switch (limit != nil, stop != nil) {
            case (true, true): .stopLimit
            case (true, false): .limit
            case (false, true): .stop
            case (false, false): .market
            }
        guard let name = call.string("type") else { return implied }
        guard let type = OrderType.allCases.first(where: { $0.wireName == name }) else {
            throw Self.wrong("type", "must be one of \(OrderType.wireNames.joined(separator: ", "))")
        }
        try check("limit", limit, isNeeded: type == .limit || type == .stopLimit, by: name)
        try check("stop", stop, isNeeded: type == .stop || type == .stopLimit, by: name)
        return type
    }

    private func check(
        _ name: String, _ price: Price?, isNeeded: Bool, by type: String
    ) throws(RPCError) {
        if isNeeded && price == nil { throw Self.wrong(name, "missing: a \(type) order needs one") }
        if !isNeeded && price != nil { throw Self.wrong(name, "a \(type) order has none") }
    }

    private func timeInForce(_ call: RPCCall) throws(RPCError) -> TimeInForce {
        guard let name = call.string("tif") else { return .day }
        guard let time = TimeInForce.allCases.first(where: { $0.name.description == name.uppercased() })
        else {
            let names = TimeInForce.allCases.map(\.name.description).joined(separator: ", ")
            throw Self.wrong("tif", "must be one of \(names)")
        }
        return time
    }

    private func expiry(_ call: RPCCall, _ time: TimeInForce) throws(RPCError) -> Timestamp? {
        guard let text = call.string("until") else {
            guard time == .goodTillDate else { return nil }
            throw Self.wrong("until", "missing: a GTD order needs one")
        }
        guard time == .goodTillDate else {
            throw Self.wrong("until", "is for GTD orders only, not for \(time.name)")
        }
        guard let expiry = Timestamp(rfc3339: text) else {
            throw Self.wrong("until", "must be a time in UTC such as 2026-11-30T21:00:00Z")
        }
        guard expiry > now else { throw Self.wrong("until", "is over") }
        guard expiry.nanoseconds % 1_000_000_000 == 0 else {
            throw Self.wrong("until", "must be whole seconds")
        }
        return expiry
    }

    private func flags(_ call: RPCCall, _ type: OrderType, _ time: TimeInForce) throws(RPCError) -> OrderFlags
    {
        var flags = OrderFlags()
        if call.bool("reduce_only") == true { flags.insert(.reduceOnly) }
        if call.bool("outside_rth") == true { flags.insert(.outsideRegularHours) }
        guard call.bool("post_only") == true else { return flags }
        guard type == .limit, time.rests else {
            throw Self.wrong("post_only", "is for limit orders that may rest: DAY, GTC, GTD")
        }
        return flags.union(.postOnly)
    }

    /// By hand, or in the name of a strategy of the session.
    private func strategy(_ call: RPCCall) throws(RPCError) -> StrategyID {
        try settings.strategyNamed(call.string("strategy")) ?? .manual
    }

    /// Exits lie on their sides of each other and of the entry, and risk lets such orders pass.
    private func checkExits(_ ticket: OrderTicket) throws(RPCError) {
        guard ticket.isBracket else { return }
        guard !ticket.flags.contains(.reduceOnly) else {
            throw Self.wrong("reduce_only", "an order that reduces has no exits")
        }
        // The entry's own price, else the other exit's.
        let entry = ticket.limitPrice ?? ticket.stopPrice
        let isBuy = ticket.side == .buy
        func isBeyond(_ one: Price, _ other: Price?) -> Bool {
            other.map { isBuy ? one > $0 : one < $0 } ?? true
        }
        let word = isBuy ? "above" : "below"
        if let profit = ticket.takeProfit, !isBeyond(profit, entry) || !isBeyond(profit, ticket.stopLoss) {
            throw Self.wrong("take_profit", "must be \(word) the entry and the stop-loss")
        }
        if let loss = ticket.stopLoss, let entry, !isBeyond(entry, loss) {
            throw Self.wrong("stop_loss", "must be \(isBuy ? "below" : "above") the entry")
        }
        let risk = settings.risk
        guard risk.timesInForce.contains(.goodTillCancel),
            ticket.takeProfit == nil || risk.orderTypes.contains(.limit),
            ticket.stopLoss == nil || risk.orderTypes.contains(.stop) && risk.marketOrders != .deny
        else { throw .conflict("risk allows no such exits: they are GTC limit and stop orders") }
    }

    // MARK: Tokens

    /// The caller's token; `nil` where he gave none.
    static func token(_ call: RPCCall) throws(RPCError) -> String? {
        guard let token = call.string("token") else { return nil }
        let isPlain = token.utf8.allSatisfy { byte in
            byte &- 0x30 < 10 || byte | 0x20 &- 0x61 < 26 || [0x2D, 0x2E, 0x3A, 0x5F].contains(byte)
        }
        guard isPlain else { throw wrong("token", "may have letters, digits and . : _ - only") }
        return token
    }

    static func wrong(_ name: String, _ reason: String) -> RPCError {
        .invalidParams([ParameterIssue(name, reason)])
    }
}

extension Settings {
    /// The strategy of that name, which the session must have; `nil` for no name.
    func strategyNamed(_ name: String?) throws(RPCError) -> StrategyID? {
        guard let name else { return nil }
        if name == CancelWish.manualName { return .manual }
        guard name == strategy.name else {
            throw .notFound("no strategy '\(name)': \(CancelWish.manualName) or \(strategy.name)")
        }
        return StrategyID(name)
    }
}

extension OrderType {
    /// Its name in commands.
    var wireName: String { self == .stopLimit ? "stop-limit" : "\(name)" }
    static var wireNames: [String] { allCases.map(\.wireName) }
}
