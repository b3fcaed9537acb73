import ExactJSON

/// Why an instrument has an order or none: where the features stand now, and what became of the newest signal.
enum SymbolText {
    static func text(_ answer: JSONValue, _ now: JSONValue) -> String {
        var fields = Fields()
        fields.add(
            "symbol", "\(answer.cell("symbol"))   sequence \(now.cell("sequence"))   \(now.cell("ts"))")
        fields.add("trading", trading(now))
        if answer["order"]?.stringValue == nil { WhyText.add(answer["session"] ?? .null, &fields) }
        fields.add("quote", "bid \(now.cell("bid"))   ask \(now.cell("ask"))")
        FeatureText.add(now, &fields)
        fields.add("now", standing(now))
        guard let signal = answer["signal"], signal != .null else {
            fields.add("no signal", silence(now))
            return fields.text
        }
        guard answer["order"]?.stringValue == nil else {
            fields.add("signal", "\(signal.cell("signal_seq")): led to order \(answer.cell("order"))")
            return fields.text
        }
        var newest = Fields()
        DecisionText.addSignal(signal, &newest)
        newest.add("sizing", DecisionText.sizing(signal["sizing"] ?? .null))
        newest.add("no order", reason(signal["sizing"] ?? .null))
        return fields.text + "\n" + newest.text
    }

    private static func trading(_ now: JSONValue) -> String {
        if now["killed"]?.boolValue == true {
            return "KILL SWITCH ENGAGED: every order is denied (kill_switch)"
        }
        return now["armed"]?.boolValue == true ? "armed" : "DISARMED: every order is denied (mode)"
    }

    /// What the newest features would say, and how far they are from saying something else.
    private static func standing(_ now: JSONValue) -> String {
        guard let fast = FeatureText.distance(now, "last", "mean_5"),
            let slow = FeatureText.distance(now, "mean_5", "mean_10"),
            let threshold = now["threshold"]?.exact.map({ Int128($0) })
        else { return "no opinion yet" }
        let long = missing(threshold - fast, threshold - slow)
        let short = missing(threshold + fast, threshold + slow)
        let said = "newest signal says \(now.cell("direction"))"
        if long.isEmpty { return "long: both differences reach the threshold   (\(said))" }
        if short.isEmpty { return "short: both differences reach the threshold   (\(said))" }
        return "flat: long is short of \(long), short is short of \(short)   (\(said))"
    }

    /// How much is missing in each difference; empty when nothing is.
    private static func missing(_ fast: Int128, _ slow: Int128) -> String {
        guard fast > 0 || slow > 0 else { return "" }
        return "\(FeatureText.text(max(fast, 0))) and \(FeatureText.text(max(slow, 0)))"
    }

    private static func silence(_ now: JSONValue) -> String {
        if now["enabled"]?.boolValue == false { return "the strategy is off (strategy.enabled)" }
        if now["known"]?.boolValue == false { return "the settings do not know the instrument (instruments)" }
        let count = now["count"]?.integerValue ?? 0
        if count < 10 { return "\(count) samples of the 10 that the means need" }
        return "the direction has not left flat"
    }

    private static func reason(_ sizing: JSONValue) -> String {
        switch sizing["outcome"]?.stringValue {
        case "target_reached": "position and working orders lead to the target already"
        case "flat_holds": "the signal is flat and strategy.exit_on_flat is off: the position is held"
        case "unknown_instrument": "the settings do not know the instrument (instruments)"
        default: sizing == .null ? "the signal is not delivered yet" : "none followed"
        }
    }
}
