import Platform
import TradingModel

/// Hours that repeat every week, as settings tell them.
///
/// ```
/// always
/// Sun 18:00-Fri 17:00 America/New_York
/// Sun 18:00-Fri 17:00 America/New_York, daily break 17:00-18:00
/// Mon-Fri 09:30-16:00 America/New_York
/// ```
///
/// A week from one day and time to another, or the same hours on several days; then a zone of the system's data base, whose
/// summer time is kept; then, where there is one, a break of every day. Days are `Sun Mon Tue Wed Thu Fri Sat`, times
/// `hh:mm`, up to `24:00`. A span that ends before it begins goes over the end of the week, hours over midnight.
public struct SessionHours: Sendable, Equatable {
    /// Why a text tells no hours.
    public struct Fault: Error, Hashable, Sendable {
        /// What is wrong, for the operator.
        public var reason: String
    }

    private static let week: Int64 = 7 * 1_440
    private static let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Minutes of the local week from Sunday 00:00 that are open; sorted, apart.
    let open: [Range<Int64>]
    let zone: TimeZoneRules

    /// Reads the forms above but `always`.
    ///
    /// - Throws: `Fault`.
    public init(_ text: String) throws(Fault) {
        let parts = text.split(separator: ",")
        guard parts.count == 1 || parts.count == 2 else {
            throw Fault(reason: "expected hours and at most one break")
        }
        let words = parts[0].split(separator: " ")
        guard words.count == 4 || words.count == 3 else {
            throw Fault(reason: "expected such as 'Sun 18:00-Fri 17:00 America/New_York'")
        }
        let spans = words.count == 4 ? try Self.span(words) : try Self.everyDay(words)
        do { zone = try TimeZoneRules(named: String(words[words.count - 1])) } catch {
            throw Fault(reason: error.text)
        }
        let breaks = parts.count == 2 ? try Self.breaks(parts[1]) : []
        open = Self.without(breaks, Self.joined(spans))
        if open.isEmpty { throw Fault(reason: "no hour is left open") }
    }

    /// Since when the session that `time` lies in is open; `nil` while it is closed.
    func openSince(_ time: Timestamp) -> Timestamp? {
        let local = zone.local(time.floored(to: 1_000_000_000).nanoseconds / 1_000_000_000)
        // 1 January 1970 was a Thursday.
        let second = (local &+ 4 * 86_400) % (Self.week * 60)
        let inWeek = second < 0 ? second + Self.week * 60 : second
        guard let span = open.first(where: { $0.contains(inWeek / 60) }) else { return nil }
        return Timestamp(seconds: zone.utc(local - inWeek + span.lowerBound * 60))
    }

    /// When the session that `time` lies in ends; `nil` while it is closed, and where it never ends.
    func openUntil(_ time: Timestamp) -> Timestamp? {
        let local = zone.local(time.floored(to: 1_000_000_000).nanoseconds / 1_000_000_000)
        let second = (local &+ 4 * 86_400) % (Self.week * 60)
        let inWeek = second < 0 ? second + Self.week * 60 : second
        guard let span = open.first(where: { $0.contains(inWeek / 60) }), span.count < Self.week else {
            return nil
        }
        var end = span.upperBound
        // The week is cut where it ends, not the session.
        if end == Self.week, let first = open.first, first.lowerBound == 0 { end += first.upperBound }
        return Timestamp(seconds: zone.utc(local - inWeek + end * 60))
    }

    /// `Sun 18:00-Fri 17:00 …`.
    private static func span(_ words: [Substring]) throws(Fault) -> [Range<Int64>] {
        let middle = words[1].split(separator: "-")
        guard middle.count == 2 else { throw Fault(reason: "expected 'hh:mm-Day' in the middle") }
        let begin = try day(words[0]) * 1_440 + minute(middle[0])
        let end = try day(middle[1]) * 1_440 + minute(words[2])
        return wrapped(begin, end <= begin ? end + week : end)
    }

    /// `Mon-Fri 09:30-16:00 …`, or one day.
    private static func everyDay(_ words: [Substring]) throws(Fault) -> [Range<Int64>] {
        let names = words[0].split(separator: "-")
        let times = words[1].split(separator: "-")
        guard (1...2).contains(names.count), times.count == 2 else {
            throw Fault(reason: "expected 'Day-Day hh:mm-hh:mm'")
        }
        let first = try day(names[0])
        let last = try day(names[names.count - 1])
        let begin = try minute(times[0])
        var end = try minute(times[1])
        if end <= begin { end += 1_440 }
        var spans: [Range<Int64>] = []
        for step in 0...((last - first + 7) % 7) {
            let start = (first + step) % 7 * 1_440
            spans += wrapped(start + begin, start + end)
        }
        return spans
    }

    /// ` daily break 17:00-18:00` on every day.
    private static func breaks(_ text: Substring) throws(Fault) -> [Range<Int64>] {
        let words = text.split(separator: " ")
        let times = words.last?.split(separator: "-") ?? []
        guard words.count == 3, words[0] == "daily", words[1] == "break", times.count == 2 else {
            throw Fault(reason: "expected 'daily break hh:mm-hh:mm'")
        }
        let begin = try minute(times[0])
        var end = try minute(times[1])
        if end <= begin { end += 1_440 }
        var spans: [Range<Int64>] = []
        for day in 0..<Int64(7) { spans += wrapped(day * 1_440 + begin, day * 1_440 + end) }
        return joined(spans)
    }

    /// A span of at most a week, cut at the end of the week.
    private static func wrapped(_ begin: Int64, _ end: Int64) -> [Range<Int64>] {
        let begin = begin % week
        let end = end > begin + week ? end - week : end
        return end <= week ? [begin..<end] : [begin..<week, 0..<(end - week)]
    }

    private static func joined(_ spans: [Range<Int64>]) -> [Range<Int64>] {
        var joined: [Range<Int64>] = []
        for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, span.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
            } else {
                joined.append(span)
            }
        }
        return joined
    }

    private static func without(_ breaks: [Range<Int64>], _ spans: [Range<Int64>]) -> [Range<Int64>] {
        var left: [Range<Int64>] = []
        for span in spans {
            var begin = span.lowerBound
            for pause in breaks where pause.overlaps(span) {
                if pause.lowerBound > begin { left.append(begin..<pause.lowerBound) }
                begin = max(begin, pause.upperBound)
            }
            if begin < span.upperBound { left.append(begin..<span.upperBound) }
        }
        return left
    }

    private static func day(_ text: Substring) throws(Fault) -> Int64 {
        guard let day = days.firstIndex(of: text.lowercased()) else {
            throw Fault(reason: "'\(text)' is no day; such as Mon")
        }
        return Int64(day)
    }

    private static func minute(_ text: Substring) throws(Fault) -> Int64 {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int64(parts[0]),
            let minute = Int64(parts[1]), (0...24).contains(hour), (0..<60).contains(minute),
            hour < 24 || minute == 0
        else { throw Fault(reason: "'\(text)' is no time; such as 09:30") }
        return hour * 60 + minute
    }
}

extension TradingCalendar {
    /// Reads `always` or one of the forms of `SessionHours`.
    ///
    /// - Throws: `SessionHours.Fault`.
    public init(hours text: String) throws(SessionHours.Fault) {
        self = text == "always" ? .always : .weekly(try SessionHours(text))
    }
}
