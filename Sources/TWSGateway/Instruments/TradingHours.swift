import TradingModel

/// When an instrument trades on each day of the week, in its own zone; without holidays.
public enum TradingHours: Sendable {
    /// Monday to Friday, from and to, as `HHMM`.
    case days(from: String, to: String)
    /// From the evening before to the afternoon of Monday to Friday, as `HHMM`.
    case overnight(from: String, to: String)

    /// The sessions of `days` days from that of `time`, as contract data tells them:
    /// `20250521:1700-20250522:1600;20250524:CLOSED`.
    ///
    /// The day is that of UTC.
    public func text(from time: Timestamp, days: Int = 6) -> String {
        let first = CalendarDay(time)
        return (0..<days).map { session(on: first.advanced(by: $0)) }.joined(separator: ";")
    }

    private func session(on day: CalendarDay) -> String {
        guard day.isWorkday else { return "\(day.text):CLOSED" }
        switch self {
        case .days(let from, let to): return "\(day.text):\(from)-\(day.text):\(to)"
        case .overnight(let from, let to): return "\(day.advanced(by: -1).text):\(from)-\(day.text):\(to)"
        }
    }
}

/// A day of the calendar of UTC.
public struct CalendarDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public let number: Int64

    /// The day `number` days after 1970-01-01.
    public init(number: Int64) { self.number = number }

    /// The day of a moment.
    public init(_ time: Timestamp) {
        number = time.floored(to: Self.length).nanoseconds / Self.length
    }

    private static let length: Int64 = 86_400_000_000_000

    /// Orders by time.
    public static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.number < right.number }

    /// The day so many days later.
    public func advanced(by days: Int) -> CalendarDay { CalendarDay(number: number + Int64(days)) }

    /// Monday is 0; 1970-01-01 was a Thursday.
    public var weekday: Int { Int((number + 3) % 7 + 7) % 7 }

    /// Monday to Friday.
    public var isWorkday: Bool { weekday < 5 }

    /// `YYYYMMDD`.
    public var text: String { String(rfc.prefix(10).filter { $0 != "-" }) }

    /// Year and month, 1 to 12.
    public var yearAndMonth: (year: Int, month: Int) {
        let digits = text.utf8.map { Int($0) - 0x30 }
        return (digits[..<4].reduce(0) { $0 * 10 + $1 }, digits[4] * 10 + digits[5])
    }

    /// The first day of a month; `nil` for a month that is none.
    public init?(year: Int, month: Int) {
        let month = month < 10 ? "0\(month)" : "\(month)"
        guard let time = Timestamp(rfc3339: "\(year)-\(month)-01T00:00:00Z") else { return nil }
        self.init(time)
    }

    private var rfc: String { Timestamp(nanoseconds: number * Self.length).description }
}
