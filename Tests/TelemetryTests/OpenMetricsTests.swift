import CoreMetrics
import TestSupport
import Testing

@testable import Telemetry

@Suite("OpenMetrics text")
struct OpenMetricsTests {
    @Test("hostile names, labels and values read back as they were")
    func roundTrip() throws {
        let registry = MetricsRegistry()
        let hostile = "a\"b\\c\nd} 1\n# EOF\u{1F4A5}"
        registry.counter("tradingd_x_total", help: hostile, labels: ["b": hostile, "a": ""]).increment()
        registry.gauge("tradingd_y_bytes", help: "").set(-.infinity)
        registry.gauge("tradingd_z", help: "Z").set(.nan)
        registry.timeCounter("process_cpu_seconds_total", help: "C").advance(to: 1_500_000_000)
        _ = registry.histogram("tradingd_h_seconds", help: "H")
        let parsed = try OpenMetricsText(registry.openMetricsText())
        #expect(parsed.value("tradingd_x_total", ["a": "", "b": hostile]) == 1)
        #expect(parsed.family("tradingd_x")?.help == hostile)
        #expect(parsed.value("tradingd_y_bytes") == -.infinity)
        #expect(parsed.value("tradingd_z")?.isNaN == true)
        #expect(parsed.value("process_cpu_seconds_total") == 1.5)
        #expect(parsed.value("tradingd_h_seconds_count") == 0)
        #expect(parsed.families.map(\.type) == ["counter", "histogram", "counter", "gauge", "gauge"])
    }

    @Test(
        "the reader of the tests is strict",
        arguments: [
            "", "# EOF", "a 1\n# EOF\n", "# TYPE a gauge\na 1\n", "# TYPE a counter\na 1\n# EOF\n",
            "# TYPE a gauge\na 1\n# EOF\n\n", "# TYPE a gauge\na{b=\"\\x\"} 1\n# EOF\n",
            "# TYPE a gauge\na{b=\"1\",b=\"2\"} 1\n# EOF\n", "# TYPE a gauge\na 1\na 2\n# EOF\n",
            "# TYPE a gauge\na one\n# EOF\n", "# TYPE a gauge\n# EOF\n", "# UNIT a seconds\n# EOF\n",
            "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na 2\n# EOF\n",
            "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_count 1\na_sum 1\n# EOF\n",
            "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_count 1\na_sum 1\n# EOF\n",
        ])
    func strictness(_ text: String) {
        #expect(throws: OpenMetricsText.Malformed.self) { try OpenMetricsText(text) }
    }

    @Test("what a library counts by swift-metrics stands among ours, and cannot end the process")
    func facade() throws {
        let registry = MetricsRegistry()
        registry.gauge("tradingd_taken", help: "Ours").set(3)
        let sink = MetricsSink(registry)
        let counter = sink.makeCounter(
            label: "http.requests", dimensions: [("code", "200"), ("code", "500")])
        counter.increment(by: 2)
        counter.increment(by: -5)
        counter.reset()
        sink.makeCounter(label: "taken", dimensions: [("x", "1")]).increment(by: 7)
        let meter = sink.makeMeter(label: "pool-size", dimensions: [])
        meter.set(Int64(4))
        meter.decrement(by: 1)
        sink.makeTimer(label: "9 lives é", dimensions: []).recordNanoseconds(-1)
        sink.makeRecorder(label: "x_total", dimensions: [("", "")], aggregate: true).record(2.5)
        let parsed = try OpenMetricsText(registry.openMetricsText())
        #expect(parsed.value("tradingd_http_requests_total", ["x_code": "200"]) == 2)
        #expect(parsed.value("tradingd_pool_size") == 3 && parsed.value("tradingd_taken") == 3)
        #expect(parsed.samples("tradingd_taken_total").isEmpty)
        #expect(parsed.value("tradingd_9_lives____seconds_count") == 1)
        #expect(parsed.value("tradingd_x", ["x_": ""]) == 2.5)
    }
}
