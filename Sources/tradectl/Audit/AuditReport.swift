import Audit
import ExactJSON

/// A report that the lines of a log can answer: which lines, and what of them.
struct AuditReport {
    /// A column and where its value stands in the line; an empty path is the whole data.
    struct Column {
        let title: String
        let path: [String]

        init(_ title: String, _ path: String...) {
            self.title = title
            self.path = path.isEmpty ? ["data", title] : path
        }
    }

    let name: String
    let summary: String
    let types: Set<AuditLineType>
    let columns: [Column]

    private init(_ name: String, _ summary: String, _ types: Set<AuditLineType>, _ columns: [Column]) {
        self.name = name
        self.summary = summary
        self.types = types
        self.columns =
            [Column("seq", "seq"), Column("ts", "ts"), Column("type", "type")] + columns
            + [Column("data", "data")]
    }

    /// The reports made of single lines.
    static let all = [
        AuditReport(
            "orders", "every order, denied ones too, with the decision",
            [
                .orderIntent, .orderDeny, .orderSend, .orderAck, .orderFill, .orderCancel, .orderReject,
                .orderReplace, .orderReplaceReject, .orderExpire, .orderCommission,
            ],
            [
                Column("cid"), Column("symbol"), Column("side"), Column("qty"), Column("limit"),
                Column("strategy"), Column("verdict"), Column("code"), Column("status"), Column("filled"),
                Column("last_price"), Column("last_qty"), Column("commission"), Column("currency"),
                Column("leaves"), Column("venue_id"),
                Column("reason"),
            ]),
        AuditReport(
            "killswitch", "stops, trips and who released them",
            [
                .killSwitchEngage, .killSwitchReleaseRequest, .killSwitchRelease, .riskTrip,
            ], [Column("by"), Column("reason"), Column("scope")]),
        AuditReport(
            "access", "calls that change something, and calls refused", [.rpcCall, .authDeny],
            [Column("by"), Column("role"), Column("pid"), Column("method"), Column("reason")]),
        AuditReport(
            "limits", "limits and configurations in force",
            [.riskLimitChange, .riskOverride, .configLoad, .configReject, .sessionStart],
            [Column("by"), Column("reason"), Column("config")]),
        AuditReport(
            "clock", "steps of the clock", [.clockStep], [Column("from"), Column("to")]),
        AuditReport(
            "changes", "sessions, builds, configurations, modes and keys",
            [
                .logOpen, .sessionStart, .sessionReady, .sessionStop, .configLoad, .configReject,
                .modeChange, .modeArm, .modeDisarm, .warningAck, .keyRotate,
            ],
            [
                Column("by"), Column("reason"), Column("profile"), Column("mode"), Column("version"),
                Column("build"), Column("config"),
            ]),
        AuditReport(
            "incidents", "recoveries, faults, trips and differences",
            [.logRecovered, .faultRaise, .faultClear, .riskTrip, .reconciliationDrift, .sessionStart],
            [Column("reason"), Column("bytes"), Column("session")]),
    ]

    /// The cells of a parsed line.
    func cells(_ line: JSONValue) -> [JSONValue] {
        columns.map { column in column.path.reduce(line) { $0[$1] ?? .null } }
    }
}

/// Comma-separated values, safe for spreadsheets.
enum CSV {
    /// A row with its line feed.
    static func row(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\n" }

    /// A comment of one line.
    static func comment(_ name: String, _ value: String) -> String {
        "# \(name) " + value.map { $0.isNewline ? " " : String($0) }.joined() + "\n"
    }

    /// A cell that a spreadsheet takes for a formula would run: it gets an apostrophe.
    private static func cell(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else {
            return safe
        }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}

extension JSONValue {
    /// The text of a scalar, nothing for null, compact JSON otherwise.
    var csvCell: String {
        switch self {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .number(let text), .string(let text): text
        case .array, .object: text
        }
    }
}
