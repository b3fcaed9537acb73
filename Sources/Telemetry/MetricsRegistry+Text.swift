import ExactJSON

extension MetricsRegistry {
    /// Writes every metric as `[{"name":…,"type":…,"labels":{…},"value":…},…]`, sorted.
    public func write(to json: inout JSONWriter) {
        json.beginArray()
        for sample in snapshot() { sample.write(to: &json) }
        json.endArray()
    }

    /// Every metric in the OpenMetrics text format, with its end mark.
    ///
    /// Source: OpenMetrics 1.0, "Text format".
    public func openMetricsText() -> String {
        var text = ""
        var family = ""
        for sample in snapshot() {
            if sample.family != family {
                family = sample.family
                sample.appendDescription(to: &text)
            }
            sample.appendLine(to: &text)
        }
        return text + "# EOF\n"
    }
}

extension MetricSample {
    /// The name without `_total`: the name of the metric family.
    var family: String { name.hasSuffix("_total") ? String(name.dropLast(6)) : name }

    private var unit: String? {
        ["seconds", "bytes", "ratio"].first { family.hasSuffix("_" + $0) }
    }

    fileprivate var kind: StaticString {
        switch value {
        case .counter: "counter"
        case .gauge: "gauge"
        }
    }

    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.string(name)
        json.key("type")
        json.string(kind)
        json.key("labels")
        json.beginObject()
        for label in labels {
            json.key(dynamic: label.name)
            json.string(label.value)
        }
        json.endObject()
        json.key("value")
        switch value {
        case .counter(let count): json.integer(count)
        case .gauge(let value): json.double(value)
        }
        json.endObject()
    }

    fileprivate func appendDescription(to text: inout String) {
        text += "# TYPE \(family) \(kind)\n"
        if let unit { text += "# UNIT \(family) \(unit)\n" }
        if !help.isEmpty { text += "# HELP \(family) \(Self.escaped(help))\n" }
    }

    fileprivate func appendLine(to text: inout String) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            text += "{" + pairs.joined(separator: ",") + "}"
        }
        switch value {
        case .counter(let count): text += " \(count)\n"
        case .gauge(let value): text += " \(Self.text(value))\n"
        }
    }

    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value.description
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
