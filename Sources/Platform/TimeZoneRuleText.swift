/// Reads the text form of a `TimeZoneRule`, such as `EST5EDT,M3.2.0,M11.1.0` or `<+0330>-3:30`.
struct TimeZoneRuleText: ~Copyable {
    private let text: [UInt8]
    private var position = 0

    private init(_ text: [UInt8]) { self.text = text }

    /// The rule; `nil` for a text that is none.
    static func read(_ text: [UInt8]) -> TimeZoneRule? {
        var reader = TimeZoneRuleText(text)
        guard let rule = reader.rule(), reader.position == text.count else { return nil }
        return rule
    }

    private mutating func rule() -> TimeZoneRule? {
        // Signs count westward.
        guard name(), let west = time(longestHours: 24) else { return nil }
        guard position < text.count else { return TimeZoneRule(standard: -west) }
        guard name() else { return nil }
        var offset = -west + 3_600
        if position < text.count, text[position] != UInt8(ascii: ",") {
            guard let west = time(longestHours: 24) else { return nil }
            offset = -west
        }
        guard let begin = change(), let end = change() else { return nil }
        return TimeZoneRule(
            standard: -west, summer: TimeZoneRule.Summer(offset: offset, begin: begin, end: end))
    }

    /// Three letters or more, or anything between `<` and `>`.
    private mutating func name() -> Bool {
        let begin = position
        if take(UInt8(ascii: "<")) {
            while position < text.count, text[position] != UInt8(ascii: ">") { position += 1 }
            return take(UInt8(ascii: ">"))
        }
        while position < text.count, Self.isLetter(text[position]) { position += 1 }
        return position - begin >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private mutating func time(longestHours: Int) -> Int64? {
        let isNegative = take(UInt8(ascii: "-"))
        if !isNegative { _ = take(UInt8(ascii: "+")) }
        guard let hours = number(0...longestHours) else { return nil }
        var seconds = hours * 3_600
        for unit in [60, 1] {
            guard take(UInt8(ascii: ":")) else { break }
            guard let part = number(0...59) else { return nil }
            seconds += part * unit
        }
        return Int64(isNegative ? -seconds : seconds)
    }

    /// `,day[/time]`.
    private mutating func change() -> TimeZoneRule.Change? {
        guard take(UInt8(ascii: ",")), let day = day() else { return nil }
        guard take(UInt8(ascii: "/")) else { return TimeZoneRule.Change(day: day, time: 7_200) }
        return time(longestHours: 167).map { TimeZoneRule.Change(day: day, time: $0) }
    }

    private mutating func day() -> TimeZoneRule.Change.Day? {
        if take(UInt8(ascii: "J")) { return number(1...365).map { .ofCommonYear($0) } }
        guard take(UInt8(ascii: "M")) else { return number(0...365).map { .ofYear($0) } }
        guard let month = number(1...12), take(UInt8(ascii: ".")), let week = number(1...5),
            take(UInt8(ascii: ".")), let day = number(0...6)
        else { return nil }
        return .weekday(month: month, week: week, day: day)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let begin = position
        var value = 0
        while position < text.count, position - begin < 3, 0x30...0x39 ~= text[position] {
            value = value * 10 + Int(text[position] - 0x30)
            position += 1
        }
        return position > begin && range.contains(value) ? value : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte & 0xDF }
}
