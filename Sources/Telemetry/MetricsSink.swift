import CoreMetrics

/// The registry behind swift-metrics: what a library counts there stands among our own metrics.
///
/// Our own code does not go this way: the typed registry has help texts, exact whole numbers and trace ids, and refuses a
/// wrong name at start (`docs/decisions/0012-one-way-into-the-metrics.md`). Nothing a library says can end the process:
/// names are brought into form, and one that is taken by another kind is counted in the dark.
public struct MetricsSink: MetricsFactory {
    private let registry: MetricsRegistry

    /// A factory of instruments in `registry`.
    public init(_ registry: MetricsRegistry) { self.registry = registry }

    /// Makes every metric of swift-metrics land in `registry`; once in a process.
    public static func bootstrap(_ registry: MetricsRegistry) {
        MetricsSystem.bootstrap(MetricsSink(registry))
    }

    /// A counter, its name with `_total`.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let name = Self.name(label, ending: "_total")
        let found = registry.instrument(name, Self.help, Self.labels(dimensions)) { .counter(Counter()) }
        if case .counter(let counter)? = found { return SunkCounter(counter) }
        return SunkCounter(Counter())
    }

    /// The last value; a distribution of anything but time is not kept.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        SunkGauge(gauge(label, dimensions))
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        SunkGauge(gauge(label, dimensions))
    }

    /// A histogram, its name with `_seconds`.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = Self.name(label, ending: "_seconds")
        let found = registry.instrument(name, Self.help, Self.labels(dimensions)) {
            .histogram(LatencyHistogram())
        }
        if case .histogram(let histogram)? = found { return SunkTimer(histogram) }
        return SunkTimer(LatencyHistogram())
    }

    /// Nothing: an instrument lives as long as the process.
    public func destroyCounter(_ handler: any CounterHandler) {}

    /// Nothing.
    public func destroyMeter(_ handler: any MeterHandler) {}

    /// Nothing.
    public func destroyRecorder(_ handler: any RecorderHandler) {}

    /// Nothing.
    public func destroyTimer(_ handler: any TimerHandler) {}

    private static let help = "Of a library."

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> Gauge {
        var name = Self.name(label, ending: "")
        while name.hasSuffix("_total") { name.removeLast(6) }
        let found = registry.instrument(name, Self.help, Self.labels(dimensions)) { .gauge(Gauge()) }
        if case .gauge(let gauge)? = found { return gauge }
        return Gauge()
    }

    /// `http.requests` → `tradingd_http_requests_total`.
    private static func name(_ label: String, ending: String) -> String {
        let name = "tradingd_" + inForm(label)
        return name.hasSuffix(ending) ? name : name + ending
    }

    private static func labels(_ dimensions: [(String, String)]) -> [MetricSample.Label] {
        var seen: Set<String> = []
        return dimensions.compactMap { name, value in
            let name = "x_" + inForm(name)
            return seen.insert(name).inserted ? MetricSample.Label(name: name, value: value) : nil
        }.sorted()
    }

    private static func inForm(_ text: String) -> String {
        String(decoding: text.utf8.map { isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

private final class SunkCounter: CounterHandler {
    private let counter: Counter

    init(_ counter: Counter) { self.counter = counter }

    func increment(by amount: Int64) { if amount > 0 { counter.increment(by: UInt64(amount)) } }

    /// A counter of ours only grows.
    func reset() {}
}

private final class SunkGauge: MeterHandler, RecorderHandler {
    private let gauge: Gauge

    init(_ gauge: Gauge) { self.gauge = gauge }

    func set(_ value: Int64) { gauge.set(Double(value)) }

    func set(_ value: Double) { gauge.set(value) }

    func increment(by amount: Double) { gauge.add(amount) }

    func decrement(by amount: Double) { gauge.add(-amount) }

    func record(_ value: Int64) { gauge.set(Double(value)) }

    func record(_ value: Double) { gauge.set(value) }
}

private final class SunkTimer: TimerHandler {
    private let histogram: LatencyHistogram

    init(_ histogram: LatencyHistogram) { self.histogram = histogram }

    func recordNanoseconds(_ duration: Int64) { histogram.record(nanoseconds: UInt64(max(0, duration))) }
}
