import Dispatch
import ExactJSON
import Telemetry
import Testing

@Suite("Metrics")
struct MetricsTests {
    private let registry = MetricsRegistry()

    @Test("the same name and labels are the same instrument, in any order of labels")
    func identity() {
        let first = registry.counter("tradingd_x_total", help: "X.", labels: ["a": "1", "b": "2"])
        let second = registry.counter("tradingd_x_total", help: "X.", labels: ["b": "2", "a": "1"])
        let other = registry.counter("tradingd_x_total", help: "X.", labels: ["a": "1"])
        first.increment()
        second.increment(by: 4)
        #expect(first.value == 5 && second === first && other.value == 0)
    }

    @Test("counts from many threads without loss")
    func concurrency() {
        let counter = registry.counter("tradingd_x_total", help: "")
        let gauge = registry.gauge("tradingd_depth", help: "")
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<1_000 {
                counter.increment()
                gauge.add(0.5)
            }
        }
        #expect(counter.value == 4_000 && gauge.value == 2_000)
    }

    @Test("the snapshot is sorted by name, then labels")
    func snapshot() {
        _ = registry.gauge("tradingd_b", help: "B.")
        _ = registry.counter("tradingd_c_total", help: "C.", labels: ["symbol": "XAUUSD"])
        registry.counter("tradingd_c_total", help: "C.", labels: ["symbol": "EURUSD"]).increment(by: 7)
        registry.gauge("tradingd_a_seconds", help: "A.").set(0.25)
        let samples = registry.snapshot()
        #expect(
            samples.map(\.name) == [
                "tradingd_a_seconds", "tradingd_b", "tradingd_c_total", "tradingd_c_total",
            ])
        #expect(samples.map { $0.labels.map(\.value) } == [[], [], ["EURUSD"], ["XAUUSD"]])
        #expect(samples.map(\.value) == [.gauge(0.25), .gauge(0), .counter(7), .counter(0)])
        #expect(samples.map(\.help) == ["A.", "B.", "C.", "C."])
    }

    @Test("prints OpenMetrics text")
    func openMetrics() {
        registry.counter(
            "tradingd_orders_total", help: "Orders \"sent\".\nBy symbol.",
            labels: ["symbol": "A\"B\\C\nD", "side": "buy"]
        ).increment()
        registry.counter("tradingd_orders_total", help: "", labels: ["symbol": "Z", "side": "sell"])
            .increment(by: .max)
        registry.gauge("tradingd_lag_seconds", help: "Lag.").set(1.5e-7)
        registry.gauge("tradingd_limit", help: "").set(.infinity)
        #expect(
            registry.openMetricsText() == """
                # TYPE tradingd_lag_seconds gauge
                # UNIT tradingd_lag_seconds seconds
                # HELP tradingd_lag_seconds Lag.
                tradingd_lag_seconds 1.5e-07
                # TYPE tradingd_limit gauge
                tradingd_limit +Inf
                # TYPE tradingd_orders counter
                # HELP tradingd_orders Orders \\"sent\\".\\nBy symbol.
                tradingd_orders_total{side="buy",symbol="A\\"B\\\\C\\nD"} 1
                tradingd_orders_total{side="sell",symbol="Z"} 18446744073709551615
                # EOF

                """)
    }

    @Test("prints JSON")
    func json() {
        registry.counter("tradingd_x_total", help: "", labels: ["code": "A\"B"]).increment(by: 2)
        registry.gauge("tradingd_y", help: "").set(.nan)
        var json = JSONWriter()
        registry.write(to: &json)
        #expect(
            json.text == #"[{"name":"tradingd_x_total","type":"counter","labels":{"code":"A\"B"},"value":2},"#
                + #"{"name":"tradingd_y","type":"gauge","labels":{},"value":null}]"#)
    }

    @Test("metrics beyond the bound work but are not shown")
    func bound() {
        let small = MetricsRegistry(maximumSeries: 2)
        for index in 0..<5 {
            small.counter("tradingd_x_total", help: "", labels: ["i": String(index)]).increment()
        }
        #expect(small.snapshot().count == 2 && small.refusedSeries == 3)
    }
}
