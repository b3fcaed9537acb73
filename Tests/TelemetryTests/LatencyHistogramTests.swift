import Dispatch
import TestSupport
import Testing
import TradingModel

@testable import Telemetry

@Suite("Latency histograms")
struct LatencyHistogramTests {
    /// Durations of every size: a random number of bits, then random bits.
    private func durations(_ count: Int, _ random: inout TestRandom) -> [UInt64] {
        (0..<count).map { _ in random.below(1 << (1 + random.below(36))) }
    }

    @Test("every value has a bucket no wider than 1/32 of it, and buckets have no gap")
    func layout() {
        var before = -1
        for bits in 1..<36 {
            for value in [1 << UInt64(bits), (1 << UInt64(bits)) + 1, (2 << UInt64(bits)) - 1] as [UInt64] {
                let index = LogLinearCounts.index(of: value)
                let greatest = LogLinearCounts.greatestValue(in: index)
                #expect(greatest >= value && greatest - value <= value / 32, "\(value)")
                #expect(LogLinearCounts.index(of: greatest) == index)
                #expect(LogLinearCounts.index(of: greatest + 1) == index + 1 || value > 1 << 35)
                #expect(index >= before)
                before = index
            }
        }
    }

    @Test("quantiles are those of a sorted list, at most 1/32 too great")
    func quantiles() {
        var random = TestRandom(seed: TestSeed.value("HISTOGRAM_SEED"))
        for count in [1, 2, 3, 10, 999, 5_000] {
            let histogram = LatencyHistogram()
            var naive: [UInt64] = []
            for value in durations(count, &random) {
                histogram.record(nanoseconds: value)
                naive.append(value)
            }
            naive.sort()
            let reading = histogram.reading
            #expect(reading.count == UInt64(count) && reading.maximum == naive.last)
            #expect(reading.sum == naive.reduce(0, +))
            for (quantile, value) in [(0.5, reading.median), (0.99, reading.p99), (0.999, reading.p999)] {
                let exact = naive[max(0, Int((quantile * Double(count)).rounded(.up)) - 1)]
                #expect(value >= exact && value - exact <= exact / 32, "\(quantile) of \(count)")
            }
            var bounds = LatencyHistogram.bounds + [.max]
            for (bucket, number) in reading.buckets.enumerated() {
                let low = bucket == 0 ? 0 : bounds[bucket - 1] + 1
                #expect(Int(number) == naive.count { $0 >= low && $0 <= bounds[bucket] })
            }
            bounds.removeAll()
        }
    }

    @Test(
        "a value over the range counts as the greatest, its maximum stays exact; time that goes back is none")
    func edges() {
        let histogram = LatencyHistogram()
        #expect(histogram.reading.median == 0 && histogram.reading.count == 0)
        histogram.record(nanoseconds: .max)
        histogram.record(from: 10, to: 5)
        let reading = histogram.reading
        #expect(reading.maximum == .max && reading.buckets.first == 1 && reading.buckets.last == 1)
        #expect(reading.p99 == LogLinearCounts.greatest)
    }

    @Test("counts from many threads without loss")
    func concurrency() {
        let histogram = LatencyHistogram()
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for value in 0..<1_000 { histogram.record(nanoseconds: UInt64(thread * 1_000 + value)) }
        }
        #expect(histogram.reading.count == 4_000 && histogram.reading.sum == 3_999 * 4_000 / 2)
    }

    @Test("a bucket shows the newest trace that fell into it")
    func exemplars() throws {
        let registry = MetricsRegistry()
        let histogram = registry.histogram("tradingd_a_seconds", help: "A.", labels: ["stage": "x"])
        histogram.record(nanoseconds: 1_500, trace: TraceID(high: 1, low: 2))
        histogram.record(nanoseconds: 1_600, trace: TraceID(high: 1, low: 3))
        histogram.record(nanoseconds: 400)
        let text = registry.openMetricsText()
        let trace = TraceID(high: 1, low: 3).hex
        #expect(
            text.contains(
                "tradingd_a_seconds_bucket{stage=\"x\",le=\"2.5e-06\"} 3 # {trace_id=\"\(trace)\"} 1.6e-06\n")
        )
        let parsed = try OpenMetricsText(text)
        #expect(parsed.samples("tradingd_a_seconds_bucket").filter(\.hasExemplar).count == 1)
        #expect(parsed.value("tradingd_a_seconds_count", ["stage": "x"]) == 3)
        #expect(parsed.family("tradingd_a_seconds")?.unit == "seconds")
    }
}
