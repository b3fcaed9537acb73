import TradingModel

/// Exact amounts as the store has them: decimal text.
enum ExactText {
    /// An amount; `nil` for anything but a decimal number with at most eighteen digits behind the point.
    static func money(_ text: String) -> Money? { scaled(text, 18).map(Money.init(rawValue:)) }

    /// A sum of quantities.
    static func volume(_ text: String) -> Volume? { scaled(text, 9).map(Volume.init(rawValue:)) }

    private static func scaled(_ text: String, _ scale: Int) -> Int128? {
        let isNegative = text.hasPrefix("-")
        let parts = text.dropFirst(isNegative ? 1 : 0).split(
            separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !parts[0].isEmpty,
            parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) })
        else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard fraction.utf8.count <= scale,
            let value = Int128(
                parts[0] + fraction + String(repeating: "0", count: scale - fraction.utf8.count))
        else { return nil }
        return isNegative ? -value : value
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// A time with six digits, so that texts compare as times do.
    static func time(_ time: Timestamp) -> String {
        var bytes: [UInt8] = []
        time.append(fractionDigits: 6, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The day (UTC) of a time.
    static func day(_ time: Timestamp) -> String { String(self.time(time).prefix(10)) }
}
