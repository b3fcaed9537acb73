import ExactJSON
import TradingModel

/// The answer to `why` in words: from market event to fills, one gate after the other.
///
/// It is made from the lines of the audit trail alone, whoever gave them, so the daemon and a copy of its trail read the
/// same.
enum WhyText {
    static func text(_ answer: JSONValue) -> String {
        let lines = answer["lines"]?.arrayValue ?? []
        var text = answer["now"].map { SymbolText.text(answer, $0) } ?? ""
        if answer["order"]?.stringValue != nil {
            text += text.isEmpty ? "" : "\n"
            text += order(answer, lines)
        } else if answer["now"] == nil {
            text += "no order\n"
        }
        return text.printable
    }

    private static func order(_ answer: JSONValue, _ lines: [JSONValue]) -> String {
        let decision = lines.first { ["order.intent", "order.deny"].contains($0.cell("type")) }
        var fields = Fields()
        fields.add("order", title(answer, decision?["data"]))
        fields.add("outcome", outcome(lines))
        add(answer["session"] ?? .null, &fields)
        guard let decision, let data = decision["data"] else {
            fields.add("decision", "no longer kept; the audit trail has it")
            return fields.text + steps(lines)
        }
        DecisionText.add(data, &fields)
        fields.add(
            "decision",
            "\(decision.cell("ts"))   sequence \(data.cell("decision_seq"))   \(verdict(data))")
        let note =
            answer["complete"]?.boolValue == false
            ? "older steps may be missing here; see the audit trail\n" : ""
        return fields.text + "\n" + CheckText.table(data) + "\n" + steps(lines) + note
    }

    private static func title(_ answer: JSONValue, _ data: JSONValue?) -> String {
        guard let data else { return answer.cell("order") }
        var text =
            "\(answer.cell("order"))   \(data.cell("symbol"))   \(data.cell("side")) \(data.cell("qty")) \(data.cell("type"))"
        if let limit = data["limit"]?.cell { text += " \(limit)" }
        if let stop = data["stop"]?.cell { text += " stop \(stop)" }
        return text + " \(data.cell("tif"))"
    }

    private static func verdict(_ data: JSONValue) -> String {
        data["code"].map { "\(data.cell("verdict")): \($0.cell)" } ?? data.cell("verdict")
    }

    /// Where the order stands, in a few words.
    private static func outcome(_ lines: [JSONValue]) -> String {
        // What it cost may be told after its end.
        guard let last = lines.last(where: { $0.cell("type") != "order.commission" }), let data = last["data"]
        else { return "unknown" }
        switch last.cell("type") {
        case "order.deny": return "denied: \(data.cell("code"))"
        case "order.intent": return "approved, not sent"
        case "order.send": return "sent, not answered"
        case "order.fill":
            return "\(data.cell("status")): \(data.cell("filled")) at \(data.cell("avg_price"))"
        default:
            let reason = data["reason"].map { ": \($0.cell)" } ?? ""
            return data.cell("status") + reason
        }
    }

    static func add(_ session: JSONValue, _ fields: inout Fields) {
        guard session != .null else { return }
        fields.add(
            "session",
            "\(session.cell("session"))   profile \(session.cell("profile"))   mode \(session.cell("mode"))   "
                + "version \(session.cell("version"))")
        fields.add("config", session.cell("config"))
    }

    /// What happened to the order after the decision, each with its time.
    private static func steps(_ lines: [JSONValue]) -> String {
        var fields = Fields()
        for line in lines {
            guard let data = line["data"] else { continue }
            let type = line.cell("type")
            guard type != "order.intent", type != "order.deny" else { continue }
            let name = type.hasPrefix("order.") ? String(type.dropFirst(6)) : type
            fields.add(name, "\(line.cell("ts"))   \(step(type, data))")
        }
        return fields.text
    }

    private static func step(_ type: String, _ data: JSONValue) -> String {
        if type == "order.send" { return "by decision \(data.cell("decision_seq"))" }
        var text = "sequence \(data.cell("event_seq"))   \(data.cell("status"))"
        if type == "order.fill" {
            text +=
                "   \(data.cell("last_qty")) at \(data.cell("last_price"))   execution \(data.cell("exec_id"))"
        }
        if let commission = data["commission"] {
            if type == "order.commission" { text += "   execution \(data.cell("exec_id"))" }
            text += "   commission \(commission.cell) \(data.cell("currency"))"
        }
        if type == "order.ack" { text += "   venue id \(data.cell("venue_id"))" }
        text += "   leaves \(data.cell("leaves"))"
        if let reason = data["reason"]?.cell { text += "   \(reason)" }
        return text
    }
}

/// What led to a decision: event, features, signal, sizing, reference.
enum DecisionText {
    static func add(_ data: JSONValue, _ fields: inout Fields) {
        guard data["trigger"] != nil else {
            let isByHand = (data["strategy"]?.stringValue ?? "").isEmpty
            return fields.add(
                "event", isByHand ? "none: an order by hand" : "not told: the line is of an older version")
        }
        addSignal(data, &fields)
        if let recomputation = Recomputation(data) {
            fields.add(
                "recomputed",
                recomputation.differences.isEmpty
                    ? "features, direction and quantity follow from the line"
                    : "DIFFERS: " + recomputation.differences.joined(separator: "; "))
        }
        fields.add("sizing", sizing(data["sizing"] ?? .null))
        addReference(data, &fields)
    }

    /// The price it was judged by, and what it was made of.
    private static func addReference(_ data: JSONValue, _ fields: inout Fields) {
        guard data["ref_source"] == nil else {
            return fields.add(
                "reference",
                "\(data.cell("ref"))   last trade   age \(data.cell("ref_age_ns")) ns   in place of bid "
                    + "\(data.cell("bid"))   ask \(data.cell("ask"))")
        }
        fields.add(
            "reference",
            "\(data.cell("ref"))   bid \(data.cell("bid"))   ask \(data.cell("ask"))   "
                + "sequence \(data.cell("ref_seq"))   age \(data.cell("ref_age_ns")) ns")
    }

    /// Event, features and signal; `data` is a decision or a signal of its own.
    static func addSignal(_ data: JSONValue, _ fields: inout Fields) {
        let (trigger, features) = (data["trigger"] ?? .null, data["features"] ?? .null)
        fields.add(
            "event",
            "\(trigger.cell("ts"))   sequence \(trigger.cell("seq"))   \(trigger.cell("type"))   "
                + "feed \(trigger.cell("feed_seq"))")
        fields.add("", "bid \(side(trigger, "bid"))   ask \(side(trigger, "ask"))")
        FeatureText.add(features, &fields)
        let signal = data["signal"] ?? .null
        fields.add(
            "signal",
            "sequence \(data.cell("signal_seq"))   \(signal.cell("direction"))   score \(signal.cell("score"))   "
                + "confidence \(signal.cell("confidence"))")
        fields.add("", "\(data.cell("strategy")) version \(data.cell("strategy_version"))")
    }

    static func sizing(_ sizing: JSONValue) -> String {
        "target \(sizing.cell("target")) - (position \(sizing.cell("position")) + leaves \(sizing.cell("leaves")))"
            + " = \(sizing.cell("change"))"
    }

    private static func side(_ trigger: JSONValue, _ name: String) -> String {
        trigger.cell(name) + (trigger[name + "_size"].map { " x \($0.cell)" } ?? "")
    }
}

/// Features against the threshold.
enum FeatureText {
    static func add(_ features: JSONValue, _ fields: inout Fields) {
        fields.add(
            "features",
            "last \(features.cell("last"))   mean_5 \(features.cell("mean_5"))   mean_10 \(features.cell("mean_10"))"
                + "   basis \(features.cell("basis"))   samples \(features.cell("count"))")
        fields.add(
            "threshold",
            "\(features.cell("threshold"))   tick \(features.cell("tick"))   last - mean_5 = \(difference(features, "last", "mean_5"))   "
                + "mean_5 - mean_10 = \(difference(features, "mean_5", "mean_10"))")
    }

    static func difference(_ features: JSONValue, _ left: String, _ right: String) -> String {
        distance(features, left, right).map(text) ?? "–"
    }

    static func distance(_ features: JSONValue, _ left: String, _ right: String) -> Int128? {
        guard let left = features[left]?.exact, let right = features[right]?.exact else { return nil }
        return Int128(left) - Int128(right)
    }

    static func text(_ difference: Int128) -> String {
        Price(rawValue: Int64(clamping: difference)).description
    }
}

/// The risk checks, one a row, and those that were not reached.
enum CheckText {
    static func table(_ data: JSONValue) -> String {
        var table = Table("gate", "<check", "limit", "actual", "<result")
        var codes: Set<String> = []
        for (index, row) in (data["checks"]?.arrayValue ?? []).enumerated() {
            codes.insert(row.cell("code"))
            table.add(
                "\(index + 1)", row.cell("code"), row.cell("limit"), row.cell("actual"),
                row.cell("result") == "fail" ? "FAIL" : "pass")
        }
        return table.text + note("not reached", behind(data)) + note("not configured", unused(data, codes))
    }

    private static func note(_ what: String, _ codes: [String]) -> String {
        codes.isEmpty ? "" : "\(what): \(codes.joined(separator: ", "))\n"
    }

    /// The controls behind the one that refused.
    private static func behind(_ data: JSONValue) -> [String] {
        guard let refusal = data["code"]?.stringValue.flatMap(RiskReason.init(code:)) else { return [] }
        return RiskReason.allCases.filter { $0.rawValue > refusal.rawValue }.map { "\($0.code)" }
    }

    /// The controls before that of which there is no check.
    private static func unused(_ data: JSONValue, _ codes: Set<String>) -> [String] {
        let behind = behind(data)
        return RiskReason.allCases.map { "\($0.code)" }.filter { !codes.contains($0) && !behind.contains($0) }
    }
}
