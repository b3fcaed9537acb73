import Audit
import Execution
import Positions
import Risk
import TradingModel

extension SessionSummary {
    /// The numbers that matter most, for one log line.
    public var headline: [String: String] {
        var numbers = [
            "events": "\(tally.total)", "signals": "\(signals)", "approved": "\(risk.approved)",
            "denied": "\(risk.deniedTotal)", "sent": "\(sent)", "fills": "\(reports(.fill))",
            "cancelled": "\(reports(.cancel))", "rejected": "\(reports(.reject))", "working": "\(working)",
            "audit.lines": "\(auditHead.sequence)", "audit.head": auditHead.hash.hex,
        ]
        for (currency, realized, unrealized) in profit {
            numbers["pnl." + currency] = "\(realized + unrealized)"
        }
        return numbers
    }

    /// The summary for people, aligned, without anything that depends on the machine's speed.
    public func text(input: FeedStatistics) -> String {
        var lines: [(String, String)] = [
            ("session", "\(session)   profile \(profile)   mode \(mode)"),
            ("from", tally.firstTime?.description ?? "–"), ("to", tally.lastTime?.description ?? "–"),
            (
                "input",
                "\(input.rows) rows   \(input.malformed) malformed   \(input.skipped) skipped   \(input.filtered) not wanted"
            ),
            ("events", "\(tally.total)"),
        ]
        for type in EventType.allCases where tally[type] > 0 {
            lines.append(("  " + type.name.description, "\(tally[type])"))
        }
        lines.append(("signals", "\(signals)"))
        lines.append(("decisions", "\(risk.approved) approved   \(risk.deniedTotal) denied"))
        for reason in RiskReason.allCases where risk.denied[Int(reason.rawValue)] > 0 {
            lines.append(("  " + reason.code.description, "\(risk.denied[Int(reason.rawValue)])"))
        }
        lines.append(
            (
                "orders",
                "\(sent) sent   \(reports(.ack)) acknowledged   \(reports(.fill)) fills   "
                    + "\(reports(.cancel)) cancelled   \(reports(.reject)) rejected   \(working) working"
            ))
        for result in results {
            lines.append(
                (
                    "  " + result.symbol.name,
                    "position \(result.position.quantity)   traded \(result.position.traded)   "
                        + "realized \(result.position.realized)   unrealized \(result.unrealized) \(result.currency)"
                ))
        }
        for (currency, realized, unrealized) in profit {
            lines.append(("pnl", "\(realized + unrealized) \(currency)"))
        }
        lines.append(("audit", "\(auditHead.sequence) lines   head \(auditHead.hash.hex)"))
        let width = lines.map(\.0.utf8.count).max() ?? 0
        return lines.map { name, value in
            name + String(repeating: " ", count: width + 2 - name.utf8.count) + value + "\n"
        }.joined()
    }
}
