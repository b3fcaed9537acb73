/// How fast recorded or simulated time passes. For pacing only: it never changes the sequence of events.
public enum ReplaySpeed: Hashable, Sendable, CustomStringConvertible {
    /// As fast as the receiver takes events.
    case maximum
    /// So many times as fast as it was; positive and finite.
    case times(Double)

    /// Real time.
    public static let realTime = ReplaySpeed.times(1)

    /// Reads `max`, or a positive number such as `1`, `0.5` or `10`, with an `x` before or after it or without.
    public init?(_ text: String) {
        if text == "max" {
            self = .maximum
            return
        }
        var number = text[...]
        if number.hasPrefix("x") {
            number = number.dropFirst()
        } else if number.hasSuffix("x") {
            number = number.dropLast()
        }
        guard number.utf8.allSatisfy({ $0 &- 0x30 < 10 || $0 == 0x2E }), let factor = Double(number),
            factor > 0, factor.isFinite
        else { return nil }
        self = .times(factor)
    }

    /// `max`, or the factor.
    public var description: String {
        switch self {
        case .maximum: "max"
        case .times(let factor): "\(factor)"
        }
    }

    /// How long `nanoseconds` of the events' time take; `nil` at `maximum`. Clamped to about 146 years.
    func duration(of nanoseconds: Int64) -> Int64? {
        switch self {
        case .maximum: return nil
        case .times(let factor):
            let scaled = Double(nanoseconds) / factor
            guard scaled < Double(Int64.max / 2) else { return Int64.max / 2 }
            return Int64(scaled)
        }
    }
}

/// When events are due: the first one at once, the others by their time after it.
struct Pacer {
    private let speed: ReplaySpeed
    private var origin: (event: Int64, monotonic: UInt64)?

    init(_ speed: ReplaySpeed) { self.speed = speed }

    /// When an event of that time is due.
    ///
    /// - Parameter now: the monotonic clock, read by the caller.
    /// - Returns: monotonic nanoseconds; 0 at `maximum` speed.
    mutating func due(_ time: Int64, now: UInt64) -> UInt64 {
        let start = origin ?? (time, now)
        origin = start
        guard let wait = speed.duration(of: max(0, time - start.event)) else { return 0 }
        return start.monotonic &+ UInt64(wait)
    }
}
