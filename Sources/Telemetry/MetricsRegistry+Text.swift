import ExactJSON
import TradingModel

extension MetricsRegistry {
    /// Writes every metric as `[{"name":…,"type":…,"labels":{…},"value":…},…]`, sorted.
    ///
    /// The value of a histogram is `{"count","sum","p50","p99","p999","max"}`, in seconds.
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
            sample.appendLines(to: &text)
        }
        return text + "# EOF\n"
    }
}

extension MetricSample {
    /// The name without `_total`: the name of the metric family.
    var family: String { Self.family(of: name) }

    static func family(of name: String) -> String {
        name.hasSuffix("_total") ? String(name.dropLast(6)) : name
    }

    private var unit: String? {
        ["seconds", "bytes", "ratio"].first { family.hasSuffix("_" + $0) }
    }

    fileprivate var kind: StaticString {
        switch value {
        case .counter, .timeCounter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
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
        case .gauge(let value), .timeCounter(let value): json.double(value)
        case .histogram(let reading): reading.write(to: &json)
        }
        json.endObject()
    }

    fileprivate func appendDescription(to text: inout String) {
        text += "# TYPE \(family) \(kind)\n"
        if let unit { text += "# UNIT \(family) \(unit)\n" }
        if !help.isEmpty { text += "# HELP \(family) \(escaped(help))\n" }
    }

    fileprivate func appendLines(to text: inout String) {
        let labels = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }
        switch value {
        case .counter(let count): text += "\(name)\(braced(labels)) \(count)\n"
        case .gauge(let value), .timeCounter(let value):
            text += "\(name)\(braced(labels)) \(number(value))\n"
        case .histogram(let reading): reading.append(name, labels, to: &text)
        }
    }
}

extension LatencyHistogram.Reading {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("count")
        json.integer(count)
        let values: [(StaticString, UInt64)] = [
            ("sum", sum), ("p50", median), ("p99", p99), ("p999", p999), ("max", maximum),
        ]
        for (name, nanoseconds) in values {
            json.key(name)
            json.double(Double(nanoseconds) / 1e9)
        }
        json.endObject()
    }

    /// Cumulative buckets up to `+Inf`, then count and sum.
    fileprivate func append(_ name: String, _ labels: [String], to text: inout String) {
        var below: UInt64 = 0
        for (index, number) in buckets.enumerated() {
            below += number
            let isLast = index == LatencyHistogram.bounds.count
            let bound = isLast ? "+Inf" : seconds(LatencyHistogram.bounds[index])
            text += "\(name)_bucket\(braced(labels + ["le=\"\(bound)\""])) \(below)"
            if let exemplar = exemplars[index] {
                text += " # {trace_id=\"\(exemplar.trace.hex)\"} \(seconds(exemplar.nanoseconds))"
            }
            text += "\n"
        }
        text += "\(name)_count\(braced(labels)) \(below)\n"
        text += "\(name)_sum\(braced(labels)) \(seconds(sum))\n"
    }
}

private func braced(_ labels: [String]) -> String {
    labels.isEmpty ? "" : "{" + labels.joined(separator: ",") + "}"
}

private func seconds(_ nanoseconds: UInt64) -> String { number(Double(nanoseconds) / 1e9) }

private func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value.description
}

private func escaped(_ text: String) -> String {
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
