import Platform

/// One metric as it stood.
public struct MetricSample: Sendable, Equatable {
    /// The kinds.
    public enum Value: Sendable, Equatable {
        /// Only grows.
        case counter(UInt64)
        /// Only grows; seconds.
        case timeCounter(Double)
        /// Durations by size.
        case histogram(LatencyHistogram.Reading)
        /// Goes up and down.
        case gauge(Double)
    }

    /// A name and value that tell metrics of one name apart.
    public struct Label: Sendable, Hashable, Comparable {
        /// Its name.
        public let name: String
        /// Any text, from a small set.
        public let value: String

        /// By name, then value.
        public static func < (left: Label, right: Label) -> Bool {
            (left.name, left.value) < (right.name, right.value)
        }
    }

    /// Its name, with unit and `_total` where due.
    public let name: String
    /// Sorted by name.
    public let labels: [Label]
    /// What it means, in a sentence.
    public let help: String
    /// The value.
    public let value: Value
}

/// The metrics of the process, by name and labels.
///
/// Instruments are made at start and kept by those who update them; making one takes a lock, updating it does
/// not. Names follow the Prometheus conventions: `tradingd_` first, base units, `_total` for counters. Label
/// values come from small fixed sets.
public final class MetricsRegistry: Sendable {
    private struct Key: Hashable, Comparable {
        let name: String
        let labels: [MetricSample.Label]

        static func < (left: Key, right: Key) -> Bool {
            guard left.name == right.name else { return left.name < right.name }
            return left.labels.lexicographicallyPrecedes(right.labels)
        }
    }

    enum Instrument {
        case counter(Counter)
        case timeCounter(TimeCounter)
        case histogram(LatencyHistogram)
        case gauge(Gauge)

        /// What tells families apart: a name has one kind.
        var kind: Int {
            switch self {
            case .counter: 0
            case .timeCounter: 1
            case .histogram: 2
            case .gauge: 3
            }
        }
    }

    private struct State {
        var instruments: [Key: Instrument] = [:]
        /// Kind of each family, by its name without `_total`.
        var kinds: [String: Int] = [:]
        var help: [String: String] = [:]
        var refused: UInt64 = 0
    }

    private let state = Locked(State())
    private let maximumSeries: Int

    /// An empty registry for at most so many metrics; any beyond work, but are not shown.
    public init(maximumSeries: Int = 4_096) { self.maximumSeries = maximumSeries }

    /// How many metrics were asked for beyond the bound.
    public var refusedSeries: UInt64 { state.withLock { $0.refused } }

    /// The counter of that name and these labels, made when it is new.
    ///
    /// - Precondition: the name ends in `_total`, and is not that of a gauge.
    public func counter(
        _ name: String, help: String, labels: KeyValuePairs<String, String> = [:]
    ) -> Counter {
        precondition(name.hasSuffix("_total"), "the name of a counter ends in _total")
        let instrument = instrument(name, help, Self.sorted(labels)) { .counter(Counter()) }
        guard case .counter(let counter)? = instrument else {
            preconditionFailure("\(name) is of another kind")
        }
        return counter
    }

    /// The sum of times of that name, made when it is new.
    ///
    /// - Precondition: the name ends in `_seconds_total`.
    public func timeCounter(_ name: String, help: String) -> TimeCounter {
        precondition(name.hasSuffix("_seconds_total"), "the name of a sum of times ends in _seconds_total")
        let instrument = instrument(name, help, []) { .timeCounter(TimeCounter()) }
        guard case .timeCounter(let counter)? = instrument else {
            preconditionFailure("\(name) is of another kind")
        }
        return counter
    }

    /// The histogram of that name and these labels; when it is new, `instrument`, which may have other names besides.
    ///
    /// - Precondition: the name ends in `_seconds`, and is not that of a gauge.
    @discardableResult
    public func histogram(
        _ name: String, help: String, labels: KeyValuePairs<String, String> = [:],
        _ instrument: @autoclosure () -> LatencyHistogram = LatencyHistogram()
    ) -> LatencyHistogram {
        precondition(name.hasSuffix("_seconds"), "a histogram of durations ends in _seconds")
        let found = self.instrument(name, help, Self.sorted(labels)) { .histogram(instrument()) }
        guard case .histogram(let histogram)? = found else {
            preconditionFailure("\(name) is of another kind")
        }
        return histogram
    }

    /// The gauge of that name and these labels, made when it is new.
    ///
    /// - Precondition: the name does not end in `_total`.
    public func gauge(
        _ name: String, help: String, labels: KeyValuePairs<String, String> = [:]
    ) -> Gauge {
        precondition(!name.hasSuffix("_total"), "only the name of a counter ends in _total")
        let instrument = instrument(name, help, Self.sorted(labels)) { .gauge(Gauge()) }
        guard case .gauge(let gauge)? = instrument else {
            preconditionFailure("\(name) is of another kind")
        }
        return gauge
    }

    /// Every metric as it stands, sorted by name, then labels.
    public func snapshot() -> [MetricSample] {
        let (instruments, help) = state.withLock { ($0.instruments, $0.help) }
        return instruments.sorted { $0.key < $1.key }.map { key, instrument in
            MetricSample(
                name: key.name, labels: key.labels, help: help[key.name] ?? "",
                value: Self.value(of: instrument))
        }
    }

    private static func value(of instrument: Instrument) -> MetricSample.Value {
        switch instrument {
        case .counter(let counter): .counter(counter.value)
        case .gauge(let gauge): .gauge(gauge.value)
        case .timeCounter(let counter): .timeCounter(counter.seconds)
        case .histogram(let histogram): .histogram(histogram.reading)
        }
    }

    private static func sorted(_ labels: KeyValuePairs<String, String>) -> [MetricSample.Label] {
        labels.map { MetricSample.Label(name: $0.key, value: $0.value) }.sorted()
    }

    /// The instrument of that name and these sorted labels, made when it is new.
    ///
    /// - Returns: `nil` when the name, or its family, is of another kind.
    func instrument(
        _ name: String, _ help: String, _ labels: [MetricSample.Label], _ make: () -> Instrument
    ) -> Instrument? {
        precondition(Self.isName(name, colons: true), "a metric is named like tradingd_orders_total")
        precondition(
            labels.allSatisfy { Self.isName($0.name, colons: false) }, "a label is named like symbol")
        precondition(Set(labels.map(\.name)).count == labels.count, "a label is given once")
        let key = Key(name: name, labels: labels)
        return state.withLock { state in
            if let known = state.instruments[key] { return known }
            let new = make()
            let family = MetricSample.family(of: name)
            if let kind = state.kinds[family], kind != new.kind { return nil }
            guard state.instruments.count < maximumSeries else {
                state.refused += 1
                return new
            }
            state.instruments[key] = new
            state.kinds[family] = new.kind
            if state.help[name] == nil { state.help[name] = help }
            return new
        }
    }

    private static func isName(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x5F || (colons && byte == 0x3A)
        }
    }
}
