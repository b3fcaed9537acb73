import ArgumentParser
import ExactJSON

/// `tradectl metrics`
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Shows counters, gauges and latencies.")

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "Only metrics with this in the name or in a label, such as orders or XAUUSD.")
    var filter: String?

    func run() throws {
        let all = try connection.call("metrics").arrayValue ?? []
        let wanted = all.filter { metric in filter.map { Self.line(metric).contains($0) } ?? true }
        connection.show(.array(wanted)) { _ in Self.table(wanted) }
    }

    private static func table(_ metrics: [JSONValue]) -> String {
        var table = Table("<metric", "<labels", "value")
        for metric in metrics { table.add(metric.cell("name"), labels(metric), value(metric)) }
        return table.text
    }

    private static func line(_ metric: JSONValue) -> String { metric.cell("name") + " " + labels(metric) }

    private static func labels(_ metric: JSONValue) -> String {
        (metric["labels"]?.objectValue ?? []).map { "\($0.key)=\($0.value.cell)" }.joined(separator: ",")
    }

    /// The value; of a histogram its number and quantiles.
    private static func value(_ metric: JSONValue) -> String {
        guard let value = metric["value"], value.objectValue != nil else { return metric.cell("value") }
        let times = ["p50", "p99", "p999", "max"].map { "\($0) \(duration(value[$0]))" }
        return "\(value.cell("count"))  " + times.joined(separator: "  ")
    }

    private static func duration(_ seconds: JSONValue?) -> String {
        guard let text = seconds?.cell, let value = Double(text) else { return "–" }
        let (scaled, unit) =
            value < 1e-3 ? (value * 1e6, "µs") : value < 1 ? (value * 1e3, "ms") : (value, "s")
        let tenths = Int((scaled * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
