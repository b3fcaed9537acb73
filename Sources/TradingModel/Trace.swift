import ExactJSON

/// A W3C trace id: 16 bytes; all zero means "not traced".
public struct TraceID: Hashable, Sendable, BitwiseCopyable {
    /// The first eight bytes.
    public let high: UInt64
    /// The last eight bytes.
    public let low: UInt64

    /// A trace id of two halves.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Not traced.
    public static let none = TraceID(high: 0, low: 0)

    /// The trace that starts with event `sequence` of session `session`: the same in every replay.
    public init(session: UInt64, sequence: UInt64) {
        self.init(high: mixed(session &+ 1), low: mixed(sequence) | 1)
    }

    /// Parses 32 lower-case hex digits.
    public init?(hex: String) {
        guard hex.utf8.count == 32, let high = UInt64(hex.prefix(16), radix: 16),
            let low = UInt64(hex.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    /// 32 hex digits.
    public var hex: String { text { append(to: &$0) } }

    /// Appends 32 hex digits.
    public func append(to bytes: inout [UInt8]) {
        appendHex(high, to: &bytes)
        appendHex(low, to: &bytes)
    }
}

/// A W3C span id: 8 bytes; zero means "no span".
public struct SpanID: Hashable, Sendable, BitwiseCopyable {
    /// The eight bytes.
    public let rawValue: UInt64

    /// A span id.
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// No span.
    public static let none = SpanID(rawValue: 0)

    /// The span of event `sequence`: the same in every replay.
    public init(sequence: UInt64) { rawValue = mixed(~sequence) | 1 }

    /// The span of one step under this one: the same in every replay.
    ///
    /// - Parameter step: tells the steps under one span apart.
    public func child(_ step: UInt64) -> SpanID { SpanID(rawValue: mixed(rawValue ^ mixed(step)) | 1) }

    /// Parses 16 lower-case hex digits.
    public init?(hex: String) {
        guard hex.utf8.count == 16, let value = UInt64(hex, radix: 16) else { return nil }
        rawValue = value
    }

    /// 16 hex digits.
    public var hex: String { text { append(to: &$0) } }

    /// Appends 16 hex digits.
    public func append(to bytes: inout [UInt8]) { appendHex(rawValue, to: &bytes) }
}

/// Which trace and span an event belongs to.
public struct TraceContext: Hashable, Sendable, BitwiseCopyable {
    /// The whole decision.
    public var traceID: TraceID
    /// This step of it.
    public var spanID: SpanID

    /// A step of a trace.
    @inlinable
    public init(traceID: TraceID, spanID: SpanID) {
        self.traceID = traceID
        self.spanID = spanID
    }

    /// Not traced.
    public static let none = TraceContext(traceID: .none, spanID: .none)
}

/// splitmix64's finaliser (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators").
private func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}

private func appendHex(_ value: UInt64, to bytes: inout [UInt8]) {
    bytes.append(atMost: 16) { $0.put(hex: value) }
}

private func text(_ body: (inout [UInt8]) -> Void) -> String {
    var bytes: [UInt8] = []
    body(&bytes)
    return String(decoding: bytes, as: UTF8.self)
}
