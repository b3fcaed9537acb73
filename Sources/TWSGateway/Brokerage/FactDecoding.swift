import ExactJSON
import TWSProtocol
import TradingModel

/// A line of the log: what happened, when, and whether the next line belongs to it.
struct LoggedFact: Hashable, Sendable {
    var sequence: UInt64
    var time: Timestamp
    var continues: Bool
    var fact: BrokerageFact
}

/// Reads a fact back; every member is checked, and the error names it.
struct FactDecoder {
    private let line: JSONValue

    static func decode(_ bytes: [UInt8]) throws(LedgerFault) -> LoggedFact {
        let line: JSONValue
        do throws(JSONError) {
            line = try JSONParser.parse(bytes, maximumDepth: 4)
        } catch {
            throw LedgerFault("is not JSON: \(error)")
        }
        let decoder = FactDecoder(line: line)
        guard let sequence = UInt64(exactly: try decoder.count("sequence")) else {
            throw decoder.wrong("sequence")
        }
        return LoggedFact(
            sequence: sequence, time: try decoder.time("time"),
            continues: line["continues"]?.boolValue ?? false, fact: try decoder.fact())
    }

    private func fact() throws(LedgerFault) -> BrokerageFact {
        let kind = try text("fact")
        switch kind {
        case "opened": return .opened(cash: try money("cash"))
        case "restarted": return .restarted
        case "listed": return .listed(try contract())
        case "number_used": return .numberUsed(try key())
        case "placed":
            return .placed(number: try count("order"), try key(), try terms(), try stage())
        case "modified": return .modified(number: try count("order"), try terms())
        case "staged":
            return .staged(number: try count("order"), try stage(), reason: try text("reason"))
        case "executed": return .executed(try execution())
        case "corrected": return .corrected(try execution())
        default: throw LedgerFault("fact \"\(kind.prefix(32))\" is not known")
        }
    }

    private func key() throws(LedgerFault) -> OrderKey {
        OrderKey(client: try small("client"), order: try small("order_id"))
    }

    private func stage() throws(LedgerFault) -> OrderStage {
        guard let stage = OrderStage(rawValue: try text("stage")) else { throw wrong("stage") }
        return stage
    }

    private func terms() throws(LedgerFault) -> OrderTerms {
        var terms = OrderTerms()
        terms.account = try text("account")
        terms.contract = try small("contract")
        terms.exchange = try text("exchange")
        terms.side = try choice("side", ["buy": .buy, "sell": .sell])
        terms.type = try choice("type", ["MKT": .market, "LMT": .limit, "STP": .stop, "STP LMT": .stopLimit])
        terms.quantity = Quantity(rawValue: try decimal("quantity"))
        if line["limit"] != nil { terms.limit = Price(rawValue: try decimal("limit")) }
        if line["stop"] != nil { terms.stop = Price(rawValue: try decimal("stop")) }
        terms.timeInForce = try choice(
            "time_in_force",
            ["DAY": .day, "GTC": .goodTillCancel, "IOC": .immediateOrCancel, "FOK": .fillOrKill])
        if line["expiry"] != nil { terms.expiry = try time("expiry") }
        terms.goodTillDate = try text("good_till_date")
        terms.reference = try text("reference")
        terms.parent = try small("parent")
        terms.group = try text("group")
        terms.isOutsideRegularHours = try flag("outside_regular_hours")
        guard !terms.isLimit || terms.limit != nil, !terms.isStop || terms.stop != nil else {
            throw LedgerFault("a price is missing")
        }
        return terms
    }

    private func execution() throws(LedgerFault) -> BookedExecution {
        var execution = BookedExecution(
            number: try count("execution"), order: try count("order"), time: try time("executed_at"),
            price: Price(rawValue: try decimal("price")),
            quantity: Quantity(rawValue: try decimal("quantity")),
            isMaker: try flag("maker"), commission: try money("commission"))
        execution.revision = try count("revision")
        guard try text("id") == execution.id else { throw wrong("id") }
        return execution
    }

    private func contract() throws(LedgerFault) -> TradedContract {
        var contract = Contract()
        contract.contractID = try small("contract")
        contract.symbol = try text("symbol")
        contract.securityType = try text("security_type")
        contract.lastTradeDateOrContractMonth = try text("last_trade_date")
        contract.multiplier = try text("multiplier")
        contract.exchange = try text("exchange")
        contract.primaryExchange = try text("primary_exchange")
        contract.currency = try text("currency")
        contract.localSymbol = try text("local_symbol")
        contract.tradingClass = try text("trading_class")
        let units = Quantity(rawValue: try decimal("units"))
        guard units > .zero else { throw wrong("units") }
        return TradedContract(contract, multiplier: units)
    }

    // MARK: Members

    private func wrong(_ key: String) -> LedgerFault { LedgerFault("\"\(key)\" is missing or wrong") }

    private func text(_ key: String) throws(LedgerFault) -> String {
        guard let text = line[key]?.stringValue else { throw wrong(key) }
        return text
    }

    private func count(_ key: String) throws(LedgerFault) -> Int {
        guard let count = line[key]?.integerValue, count >= 0 else { throw wrong(key) }
        return count
    }

    private func small(_ key: String) throws(LedgerFault) -> Int32 {
        guard let count = line[key]?.integerValue, let small = Int32(exactly: count) else { throw wrong(key) }
        return small
    }

    private func flag(_ key: String) throws(LedgerFault) -> Bool {
        guard let flag = line[key]?.boolValue else { throw wrong(key) }
        return flag
    }

    private func time(_ key: String) throws(LedgerFault) -> Timestamp {
        guard let time = Timestamp(rfc3339: try text(key)) else { throw wrong(key) }
        return time
    }

    private func decimal(_ key: String) throws(LedgerFault) -> Int64 {
        let text = try text(key)
        do throws(DecimalError) { return try DecimalText.parse(text) } catch { throw wrong(key) }
    }

    private func money(_ key: String) throws(LedgerFault) -> Money {
        guard let money = Money(exactText: try text(key)) else { throw wrong(key) }
        return money
    }

    private func choice<Value>(_ key: String, _ values: [String: Value]) throws(LedgerFault) -> Value {
        guard let value = values[try text(key)] else { throw wrong(key) }
        return value
    }
}

extension Money {
    /// Reads what `description` writes: digits, a point, at most 18 decimals.
    init?(exactText text: String) {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty else { return nil }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.utf8.count <= 18, (whole + decimals).utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            return nil
        }
        let padding = String(repeating: "0", count: 18 - decimals.utf8.count)
        guard let value = Int128(String(whole) + String(decimals) + padding) else { return nil }
        self.init(rawValue: text.hasPrefix("-") ? -value : value)
    }
}
