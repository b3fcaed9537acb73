/// Durations such as `250ms`, in nanoseconds.
public enum Durations {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
        ("us", 1_000), ("ns", 1),
    ]

    /// A whole number of one unit.
    static func kind(_ range: ClosedRange<Int64>) -> ValueKind<Int64> {
        let words =
            "a duration from \(text(range.lowerBound)) to \(text(range.upperBound)), such as 250ms, 60s, 2m, 1h"
        return ValueKind(words) { text in
            nanoseconds(text).flatMap { range.contains($0) ? $0 : nil }
        } print: { value in
            self.text(value)
        }
    }

    /// In the largest unit that leaves no fraction.
    static func text(_ nanoseconds: Int64) -> String {
        guard nanoseconds != 0 else { return "0s" }
        for unit in units where nanoseconds % unit.nanoseconds == 0 {
            return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
        }
        return "\(nanoseconds)ns"
    }

    /// Nanoseconds of a whole number of `h`, `m`, `s`, `ms`, `us` or `ns`; `nil` for anything else.
    public static func nanoseconds(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = text.dropFirst(digits.count)
        guard let unit = units.first(where: { $0.name == name }), let count = Int64(digits),
            String(count) == digits
        else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit.nanoseconds)
        return overflow ? nil : product
    }
}
