import TradingModel

/// The time of lines: microseconds that never go back, and the knowledge of when the caller's clock did.
struct AuditClock {
    private static let range =
        Timestamp.zero...Timestamp(nanoseconds: 9_214_646_399_999_999_000)  // 2261-12-31T23:59:59.999999Z
    private static let day: Int64 = 86_400_000_000_000

    /// The time to write.
    private(set) var stamp: Timestamp
    /// The caller's clock as last seen, at its furthest unless it stepped back since.
    private(set) var latest: Timestamp
    /// Whether `stamp` is on a later UTC day than the line before.
    private(set) var entersNewDay = false
    private let tolerance: Int64

    /// Goes on after a line of `last`.
    init(last: Timestamp, tolerance: Int64) {
        stamp = last
        latest = last
        self.tolerance = max(0, tolerance)
    }

    /// Takes the caller's time, cut to microseconds and to the years 1970–2261.
    ///
    /// - Returns: whether the clock has stepped back.
    mutating func take(_ time: Timestamp) -> Bool {
        let given = min(max(time, Self.range.lowerBound), Self.range.upperBound).floored(to: 1_000)
        let next = max(stamp, given)
        entersNewDay = next.floored(to: Self.day) != stamp.floored(to: Self.day)
        stamp = next
        let stepped = given.advanced(by: tolerance) < latest
        latest = stepped ? given : max(latest, given)
        return stepped
    }
}
