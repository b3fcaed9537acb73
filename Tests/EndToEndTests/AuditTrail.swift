import Audit
import ExactJSON
import Platform
import TestSupport
import Testing

/// The complete lines of an audit log, parsed.
struct AuditTrail {
    struct Line {
        let type: String
        let data: JSONValue

        /// Client order id of a line about an order.
        var orderID: String { data["cid"]?.stringValue ?? "" }
    }

    private(set) var lines: [Line] = []

    /// Reads the log in `directory` and proves its chain.
    init(_ directory: String, verdict: AuditVerification.Verdict = .intact) throws {
        let verification = try AuditVerifier.verify(directory: directory)
        #expect(verification.verdict == verdict, "\(verification.fault.map { "\($0)" } ?? "")")
        for segment in verification.segments {
            let bytes = try #require(try DurableFile.read(segment.path, limit: 1 << 28))
            for line in bytes.prefix(segment.bytes).split(separator: 0x0A) {
                let json = try JSONParser.parse(Array(line))
                lines.append(Line(type: json["type"]?.stringValue ?? "", data: json["data"] ?? .null))
            }
        }
    }

    /// How many lines are of that type.
    func count(_ type: AuditLineType) -> Int { indices(type).count }

    /// Where lines of that type stand.
    func indices(_ type: AuditLineType) -> [Int] {
        lines.indices.filter { lines[$0].type == type.rawValue }
    }

    /// Ids of the orders that were sent and had not ended before `index`.
    func workingOrders(before index: Int) -> Set<String> {
        var working: Set<String> = []
        for line in lines[..<index] {
            switch line.type {
            case "order.send": working.insert(line.orderID)
            case "order.fill" where line.data["leaves"]?.stringValue == "0",
                "order.cancel", "order.reject", "order.expire":
                working.remove(line.orderID)
            default: break
            }
        }
        return working
    }

    /// Ids of the orders cancelled from `index` on.
    func cancelledOrders(from index: Int) -> Set<String> {
        Set(lines[index...].filter { $0.type == "order.cancel" }.map(\.orderID))
    }
}
