import ExactJSON

/// A moment: nanoseconds since 1970-01-01 UTC, without leap seconds.
public struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Nanoseconds since 1970 UTC.
    public let nanoseconds: Int64

    /// The moment `nanoseconds` after 1970 UTC.
    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// 1970-01-01T00:00:00Z; also "not stamped yet".
    public static let zero = Timestamp(nanoseconds: 0)

    /// Orders by time.
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Moved by `nanoseconds`, clamped to the range of the type.
    @inlinable
    public func advanced(by nanoseconds: Int64) -> Timestamp {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return Timestamp(nanoseconds: overflow ? (nanoseconds < 0 ? .min : .max) : sum)
    }

    /// Nanoseconds from `earlier` to this, clamped.
    @inlinable
    public func since(_ earlier: Timestamp) -> Int64 {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return overflow ? (earlier.nanoseconds < 0 ? .max : .min) : difference
    }

    /// The start of the interval this lies in, with intervals counted from 1970 UTC.
    ///
    /// - Parameter interval: nanoseconds, positive.
    @inlinable
    public func floored(to interval: Int64) -> Timestamp {
        let remainder = nanoseconds % interval
        return Timestamp(nanoseconds: nanoseconds &- (remainder < 0 ? remainder &+ interval : remainder))
    }
}

extension Timestamp {
    /// Parses `YYYY-MM-DDThh:mm:ss[.1–9 digits]Z` (RFC 3339, UTC only).
    ///
    /// - Returns: `nil` for anything else, and outside the years 1970–2261.
    public init?(rfc3339 text: Span<UInt8>) {
        guard text.count >= 20, text[text.count - 1] == 0x5A, text[4] == 0x2D, text[7] == 0x2D,
            text[10] == 0x54, text[13] == 0x3A, text[16] == 0x3A,
            let year = Self.digits(text, 0, 4), let month = Self.digits(text, 5, 2),
            let day = Self.digits(text, 8, 2), let hour = Self.digits(text, 11, 2),
            let minute = Self.digits(text, 14, 2), let second = Self.digits(text, 17, 2),
            (1970...2261).contains(year), (1...12).contains(month), hour < 24, minute < 60, second < 60,
            day >= 1, day <= Self.daysInMonth(month, year: year)
        else { return nil }
        var fraction: Int64 = 0
        if text.count > 20 {
            let places = text.count - 21
            guard text[19] == 0x2E, (1...9).contains(places), let value = Self.digits(text, 20, places)
            else { return nil }
            fraction = Int64(value) * Self.scale(9 - places)
        }
        let days = Self.daysSinceEpoch(year: year, month: month, day: day)
        let seconds = days * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
        self.init(nanoseconds: seconds * 1_000_000_000 + fraction)
    }

    /// Parses RFC 3339 text in UTC; see the form on bytes.
    public init?(rfc3339 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        self.init(rfc3339: bytes.span)
    }

    /// Appends `YYYY-MM-DDThh:mm:ss.fffZ` with that many digits of the second's fraction (cut, not rounded).
    public func append(fractionDigits: Int = 9, to bytes: inout [UInt8]) {
        // The day before the first one that is whole cannot be told; nothing happened then.
        let nanoseconds = max(self.nanoseconds, Int64.min + 86_400_000_000_000)
        let day = Timestamp(nanoseconds: nanoseconds).floored(to: 86_400_000_000_000)
        let (year, month, dayOfMonth) = Self.civil(daysSinceEpoch: day.nanoseconds / 86_400_000_000_000)
        let inDay = nanoseconds - day.nanoseconds
        let second = inDay / 1_000_000_000
        bytes.append(addingCapacity: 30) { room in
            Self.pad(year / 100, to: &room)
            Self.pad(year % 100, 0x2D, to: &room)
            Self.pad(month, 0x2D, to: &room)
            Self.pad(dayOfMonth, 0x54, to: &room)
            Self.pad(second / 3_600, 0x3A, to: &room)
            Self.pad(second / 60 % 60, 0x3A, to: &room)
            Self.pad(second % 60, fractionDigits > 0 ? 0x2E : 0x5A, to: &room)
        }
        guard fractionDigits > 0 else { return }
        let fraction = inDay % 1_000_000_000 / Self.scale(9 - fractionDigits)
        DecimalDigits.append(fraction: UInt64(fraction), places: fractionDigits, to: &bytes)
        bytes.append(0x5A)
    }

    private static func digits(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
        var value = 0
        for position in start..<(start + count) {
            let digit = text[position] &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    private static func scale(_ power: Int) -> Int64 {
        var result: Int64 = 1
        for _ in 0..<power { result *= 10 }
        return result
    }

    private static func daysInMonth(_ month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    /// Source: the same, civil_from_days.
    private static func civil(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The last two digits of `value`, and what stands behind them.
    @inline(__always)
    private static func pad(_ value: Int64, _ after: UInt8? = nil, to room: inout OutputSpan<UInt8>) {
        room.append(UInt8(truncatingIfNeeded: value / 10 % 10) + 0x30)
        room.append(UInt8(truncatingIfNeeded: value % 10) + 0x30)
        if let after { room.append(after) }
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with nine digits.
    public var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
