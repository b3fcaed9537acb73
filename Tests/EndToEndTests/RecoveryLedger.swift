import ExactJSON
import Platform
import Testing
import TradingModel

/// What the broker has on file and what our audit trail says, order by order and execution by execution.
struct RecoveryLedger {
    /// An order at the broker.
    private struct Placed {
        let reference: String
        let quantity: String
        var stage: String
    }

    /// An execution, in its newest version.
    struct Execution: Hashable {
        let order: String
        let quantity: Quantity
        let price: Price
    }

    /// Orders that the broker took.
    private(set) var placed = 0
    /// Executions that the broker made.
    private(set) var executions = 0
    /// Executions that were booked late or by a session after the one that had sent the order.
    private(set) var recovered = 0
    /// Times that an order was sent and nobody knew whether it had arrived.
    private(set) var doubted = 0
    /// What does not agree.
    private(set) var breaches: [String] = []
    /// Signed sum of the executions.
    private(set) var position = Quantity.zero

    /// Compares the broker's file with the trail in a directory; both must be at rest.
    init(brokerage: String, audit: String) throws {
        let trail = try AuditTrail(audit)
        let (orders, atBroker) = try Self.read(brokerage)
        placed = orders.count
        executions = atBroker.count
        doubted = trail.lines.count { $0.type == "fault.raise" && $0.data["fault"] == "EXEC_UNKNOWN" }
        compareOrders(orders, trail)
        compareExecutions(atBroker, trail)
    }

    // MARK: The broker's file

    private static func read(_ path: String) throws -> ([Int: Placed], [String: Execution]) {
        var orders: [Int: Placed] = [:]
        var executions: [String: Execution] = [:]
        let bytes = try #require(try DurableFile.read(path, limit: 1 << 28))
        for line in bytes.split(separator: 0x0A) {
            let fact = try JSONParser.parse(Array(line.dropFirst(9)))
            let number = fact["order"]?.integerValue ?? 0
            switch fact["fact"]?.stringValue {
            case "placed":
                orders[number] = Placed(
                    reference: fact["reference"]?.stringValue ?? "",
                    quantity: fact["quantity"]?.stringValue ?? "", stage: fact["stage"]?.stringValue ?? "")
            case "staged": orders[number]?.stage = fact["stage"]?.stringValue ?? ""
            case "executed", "corrected":
                let id = try #require(fact["id"]?.stringValue)
                let quantity = try Quantity(try #require(fact["quantity"]?.stringValue))
                executions[Self.base(id)] = Execution(
                    order: orders[number]?.reference ?? "?", quantity: quantity,
                    price: try Price(try #require(fact["price"]?.stringValue)))
            default: break
            }
        }
        return (orders, executions)
    }

    /// Everything before the part that counts corrections.
    private static func base(_ id: String) -> String {
        id.split(separator: ".").dropLast().joined(separator: ".")
    }

    // MARK: Orders

    private mutating func compareOrders(_ orders: [Int: Placed], _ trail: AuditTrail) {
        var intents: Set<String> = []
        var sent: Set<String> = []
        var ends: [String: String] = [:]
        for line in trail.lines {
            switch line.type {
            case "order.intent": intents.insert(line.orderID)
            case "order.send":
                if !sent.insert(line.orderID).inserted { breaches.append("\(line.orderID) was sent twice") }
            case "order.ack", "order.fill", "order.cancel", "order.reject":
                let status = line.data["status"]?.stringValue ?? ""
                if ["filled", "cancelled", "rejected"].contains(status) { ends[line.orderID] = status }
            default: break
            }
        }
        var references: Set<String> = []
        for order in orders.values {
            if !references.insert(order.reference).inserted {
                breaches.append("\(order.reference) is twice at the broker")
            }
            if !intents.contains(order.reference) {
                breaches.append("\(order.reference) is at the broker and was never approved")
            }
        }
        for id in sent.subtracting(references) where ends[id] != "rejected" {
            breaches.append("\(id) was sent, is not at the broker and is \(ends[id] ?? "not over")")
        }
        for id in intents where ends[id] == nil { breaches.append("\(id) has no end") }
    }

    // MARK: Executions

    private mutating func compareExecutions(_ atBroker: [String: Execution], _ trail: AuditTrail) {
        var booked: [String: Execution] = [:]
        var session = ""
        for line in trail.lines {
            if line.type == "session.start" { session = "c-\(line.data["session"]?.text ?? "?")-" }
            guard line.type == "order.fill", let booking = Self.booking(line) else { continue }
            if !line.orderID.hasPrefix(session) { recovered += 1 }
            let old = booked[booking.name]?.quantity ?? .zero
            if booking.execution.quantity > .zero && old > .zero {
                breaches.append("execution \(booking.name) is booked twice")
            }
            booked[booking.name] = Execution(
                order: line.orderID, quantity: old + booking.execution.quantity,
                price: booking.execution.price)
        }
        for (name, execution) in atBroker {
            guard let ours = booked.removeValue(forKey: name) else {
                breaches.append("execution \(name) of \(execution.order) is lost")
                continue
            }
            if ours != execution { breaches.append("execution \(name): \(ours), at the broker \(execution)") }
        }
        for name in booked.keys { breaches.append("execution \(name) is not the broker's") }
        position = trail.lines.filter { $0.type == "order.fill" }.reduce(.zero) { sum, line in
            let quantity = line.data["last_qty"]?.stringValue.flatMap { try? Quantity($0) } ?? .zero
            return line.data["side"] == "BUY" ? sum + quantity : sum - quantity
        }
    }

    private static func booking(_ line: AuditTrail.Line) -> (name: String, execution: Execution)? {
        let words = (line.data["raw"]?.stringValue ?? "").split(separator: " ")
        guard words.count > 1,
            let quantity = line.data["last_qty"]?.stringValue.flatMap({ try? Quantity($0) }),
            let price = line.data["last_price"]?.stringValue.flatMap({ try? Price($0) })
        else { return nil }
        return (base(String(words[1])), Execution(order: line.orderID, quantity: quantity, price: price))
    }
}
