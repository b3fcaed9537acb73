import TradingModel

/// The table of every fault, for people.
public enum FaultTable {
    /// docs/faults.md, whole.
    public static var documentation: String {
        let sections = FaultClass.allCases.map { group in
            let rows = Fault.allCases.filter { $0.group == group }.map(line)
            return """
                ## \(group.rawValue)

                | Fault | Found by | What is done | What ends it | Event | Log | Test |
                |---|---|---|---|---|---|---|
                \(rows.joined(separator: "\n"))
                """
        }
        return head + sections.joined(separator: "\n\n") + "\n"
    }

    private static func line(_ fault: Fault) -> String {
        let row = fault.row
        let audit = row.audit.isEmpty ? "" : " (audit: `\(row.audit)`)"
        return "| `\(fault.code)` | \(row.detector) | \(row.action)\(audit) | \(row.clears) | \(row.event) | "
            + "`\(row.log)` | `\(row.test)` |"
    }

    private static let head = """
        # Faults

        <!-- Made from the table in Sources/TradingSystem/Faults; a test compares. Change the code, then run
             `TRADINGD_WRITE_DOCS=1 swift test --filter FaultTableTests`. -->

        What can go wrong, what finds it, what the daemon does about it by itself, and what ends it. Every fault is

        - an event on the bus, from which everything else follows, so that a replay of the journal knows it, too;
        - a line of the log with the code as `fault`;
        - a metric: `tradingd_faults_total{fault=…}` how often, `tradingd_faults_held{fault=…}` how many hold now;
        - lines of the audit trail: `fault.raise` when it begins, `fault.clear` when it ends. Not where the trail itself is
          what has failed.

        `tradectl faults` shows which hold now, since when and why, and how often each has come in this session.


        """
}
