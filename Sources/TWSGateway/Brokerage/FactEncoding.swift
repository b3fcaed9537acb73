import ExactJSON
import TWSProtocol
import TradingModel

/// A fact as one object of JSON that explains itself.
struct FactEncoder {
    private var json = JSONWriter(capacity: 512)

    /// - Parameter continues: whether the next line belongs to the same turn, and neither counts without the other.
    mutating func encode(
        _ fact: BrokerageFact, sequence: UInt64, at time: Timestamp, continues: Bool
    ) -> [UInt8] {
        json.reset()
        json.beginObject()
        json.key("sequence")
        json.integer(sequence)
        json.key("time")
        json.string(time.description)
        if continues {
            json.key("continues")
            json.bool(true)
        }
        json.key("fact")
        write(fact)
        json.endObject()
        return json.bytes
    }

    private mutating func write(_ fact: BrokerageFact) {
        switch fact {
        case .opened(let cash):
            json.string("opened")
            text("cash", cash.description)
        case .restarted: json.string("restarted")
        case .listed(let contract):
            json.string("listed")
            write(contract)
        case .numberUsed(let key):
            json.string("number_used")
            write(key)
        case .placed(let number, let key, let terms, let stage):
            json.string("placed")
            count("order", number)
            write(key)
            text("stage", stage.rawValue)
            write(terms)
        case .modified(let number, let terms):
            json.string("modified")
            count("order", number)
            write(terms)
        case .staged(let number, let stage, let reason):
            json.string("staged")
            count("order", number)
            text("stage", stage.rawValue)
            text("reason", reason)
        case .executed(let execution):
            json.string("executed")
            write(execution)
        case .corrected(let execution):
            json.string("corrected")
            write(execution)
        }
    }

    private mutating func write(_ key: OrderKey) {
        count("client", Int(key.client))
        count("order_id", Int(key.order))
    }

    private mutating func write(_ terms: OrderTerms) {
        text("account", terms.account)
        count("contract", Int(terms.contract))
        text("exchange", terms.exchange)
        text("side", terms.side == .buy ? "buy" : "sell")
        text("type", terms.typeText)
        text("quantity", terms.quantity.description)
        if let limit = terms.limit { text("limit", limit.description) }
        if let stop = terms.stop { text("stop", stop.description) }
        text("time_in_force", String(describing: terms.timeInForce.name))
        if let expiry = terms.expiry { text("expiry", expiry.description) }
        text("good_till_date", terms.goodTillDate)
        text("reference", terms.reference)
        count("parent", Int(terms.parent))
        text("group", terms.group)
        json.key("outside_regular_hours")
        json.bool(terms.isOutsideRegularHours)
    }

    private mutating func write(_ execution: BookedExecution) {
        count("execution", execution.number)
        count("revision", execution.revision)
        text("id", execution.id)
        count("order", execution.order)
        text("executed_at", execution.time.description)
        text("price", execution.price.description)
        text("quantity", execution.quantity.description)
        json.key("maker")
        json.bool(execution.isMaker)
        text("commission", execution.commission.description)
    }

    private mutating func write(_ traded: TradedContract) {
        count("contract", Int(traded.contract.contractID))
        text("symbol", traded.contract.symbol)
        text("security_type", traded.contract.securityType)
        text("last_trade_date", traded.contract.lastTradeDateOrContractMonth)
        text("multiplier", traded.contract.multiplier)
        text("exchange", traded.contract.exchange)
        text("primary_exchange", traded.contract.primaryExchange)
        text("currency", traded.contract.currency)
        text("local_symbol", traded.contract.localSymbol)
        text("trading_class", traded.contract.tradingClass)
        text("units", traded.multiplier.description)
    }

    private mutating func text(_ key: StaticString, _ value: String) {
        json.key(key)
        json.string(value)
    }

    private mutating func count(_ key: StaticString, _ value: Int) {
        json.key(key)
        json.integer(value)
    }
}
