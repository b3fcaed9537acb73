import Audit
import ExactJSON
import TradingModel

/// A line of the audit trail, taken apart for the tables.
struct BlotterEntry {
    /// What a fill tells of its execution.
    struct Execution {
        let number: Int64
        let side: Side
        let quantity: Quantity
        let price: Price
    }

    let data: JSONValue
    let line: SQLValue
    let time: SQLValue
    let day: String
    /// `nil` where the line names none.
    let symbol: SymbolID?
    /// `nil` for anything but a fill of something.
    let execution: Execution?

    /// - Returns: `nil` where a line does not tell what one of its type must.
    init?(_ line: AuditLine, _ data: JSONValue, _ session: BlotterSession) {
        self.data = data
        self.line = .integer(Int64(clamping: line.sequence))
        time = .text(ExactText.time(line.timestamp))
        day = ExactText.day(line.timestamp)
        symbol = data["symbol"]?.stringValue.flatMap { SymbolID($0) }
        if line.type == .orderFill {
            guard let found = Execution(data) else { return nil }
            execution = found.quantity == .zero ? nil : found
        } else {
            execution = nil
        }
        if line.type != .sessionStart && symbol == nil { return nil }
    }

    /// A member that is text.
    subscript(key: String) -> String? { data[key]?.stringValue }

    /// The text of a member for a column; numbers as they stand.
    func text(_ key: String) -> SQLValue {
        switch data[key] {
        case .string(let text)?, .number(let text)?: .text(text)
        default: .null
        }
    }

    /// The venue's number of the order.
    var venue: SQLValue { text("venue_id") == .null ? .text("0") : text("venue_id") }

    func integer(_ key: String) -> SQLValue {
        data[key]?.integerValue.map { .integer(Int64($0)) } ?? .null
    }
}

extension BlotterEntry.Execution {
    fileprivate init?(_ data: JSONValue) {
        guard let side = data["side"]?.stringValue, side == "BUY" || side == "SELL",
            let quantity = data["last_qty"]?.stringValue.flatMap({ try? Quantity($0) }),
            let price = data["last_price"]?.stringValue.flatMap({ try? Price($0) }),
            let number = data["exec_id"]?.integerValue
        else { return nil }
        self.init(
            number: Int64(number), side: side == "BUY" ? .buy : .sell, quantity: quantity, price: price)
    }
}
