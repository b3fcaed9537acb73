import Audit
import ExactJSON
import Risk
import TradingModel

/// The lines of one order after its intent.
extension RestoredOrder {
    /// Takes in a line.
    ///
    /// - Returns: whether it was understood.
    mutating func fold(_ type: AuditLineType?, _ json: JSONValue) -> Bool {
        switch type {
        case .orderSend: isSent = true
        case .orderCancelSend: cancelReason = json["reason"]?.stringValue ?? ""
        case .orderCommission: return foldCommission(json)
        default: return foldReport(type, json)
        }
        return true
    }

    private mutating func foldReport(_ type: AuditLineType?, _ json: JSONValue) -> Bool {
        guard let quantity = json["qty"]?.stringValue.flatMap({ try? Quantity($0) }), quantity > .zero,
            let venueID = json["venue_id"]?.integerValue,
            let status = OrderStatus.allCases.first(where: {
                $0.name.description == json["status"]?.stringValue
            })
        else { return false }
        self.quantity = quantity
        if venueID != 0 { venueOrderID = UInt64(bitPattern: Int64(venueID)) }
        let isOurs =
            type == .orderReject && json["reason"]?.stringValue?.hasPrefix(OrderEvent.unsentPrefix) == true
        if !isOurs { isAcknowledged = true }
        if isOurs, cancelReason == nil, let reason = json["reason"]?.stringValue {
            cancelReason = OrderEvent.wish(inReject: reason)
        }
        if type == .orderReplace { replace(json) }
        if type == .orderFill, !book(json) { return false }
        if status.isTerminal { end = status }
        return true
    }

    /// Terms that the venue has confirmed; what it does not name stays.
    private mutating func replace(_ json: JSONValue) {
        request.limitPrice = json["limit"]?.stringValue.flatMap { try? Price($0) } ?? request.limitPrice
        request.stopPrice = json["stop"]?.stringValue.flatMap { try? Price($0) } ?? request.stopPrice
    }

    /// One execution, or the taking back of one: what takes its place has a line of its own behind that, of the same name.
    private mutating func book(_ json: JSONValue) -> Bool {
        guard let quantity = json["last_qty"]?.stringValue.flatMap({ try? Quantity($0) }),
            let price = json["last_price"]?.stringValue.flatMap({ try? Price($0) }),
            let name = json["raw"]?.stringValue.flatMap(Self.executionName)
        else { return false }
        let base = ExecutionName(name).base
        defer { _ = foldCommission(json) }
        guard let place = executions.firstIndex(where: { ExecutionName($0.name).base == base }) else {
            var execution = Execution(name: name, quantity: max(.zero, quantity), price: price)
            execution.number = json["exec_id"]?.integerValue.flatMap { UInt64(exactly: $0) } ?? 0
            executions.append(execution)
            return true
        }
        executions[place].name = name
        executions[place].quantity = max(.zero, executions[place].quantity + quantity)
        if quantity > .zero { executions[place].price = price }
        return true
    }

    /// A commission of the newest execution of that number: each session counts its own.
    private mutating func foldCommission(_ json: JSONValue) -> Bool {
        guard let text = json["commission"]?.stringValue else { return true }
        guard let amount = Money(text: text), let currency = json["currency"]?.stringValue,
            let code = CurrencyCode(currency),
            let number = json["exec_id"]?.integerValue.flatMap({ UInt64(exactly: $0) })
        else { return false }
        guard let place = executions.lastIndex(where: { $0.number == number }) else { return true }
        let isSame = executions[place].currency == code
        executions[place].commission = isSame ? executions[place].commission + amount : amount
        executions[place].currency = code
        return true
    }

    /// `execution 0000e0d5.67fe667b.01.01 at …`.
    static func executionName(_ raw: String) -> String? {
        let words = raw.split(separator: " ", maxSplits: 2)
        return words.count >= 2 && words[0] == "execution" ? String(words[1]) : nil
    }
}
