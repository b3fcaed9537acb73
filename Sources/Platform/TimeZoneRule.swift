/// The rule for years behind the table of a zone: a standard time and, as a rule, a summer time each year.
///
/// - Source: POSIX.1-2017, 8.3, variable `TZ`; RFC 8536, 3.3, for its longer times of day.
struct TimeZoneRule: Sendable, Equatable {
    /// When in a year clocks are changed, in local time.
    struct Change: Sendable, Equatable {
        enum Day: Sendable, Equatable {
            /// `Jn`: day 1…365, 29 February never counted.
            case ofCommonYear(Int)
            /// `n`: day 0…365.
            case ofYear(Int)
            /// `Mm.w.d`: weekday `d` (0 Sunday) of week `w` (5: the last) of month `m`.
            case weekday(month: Int, week: Int, day: Int)
        }

        var day: Day
        /// Seconds from midnight; may lie outside the day.
        var time: Int64

        /// Seconds from the year's begin.
        func seconds(in year: Int64) -> Int64 {
            let dayOfYear: Int64
            switch day {
            case .ofCommonYear(let day):
                dayOfYear = Int64(day - 1 + (CivilYear.isLeap(year) && day >= 60 ? 1 : 0))
            case .ofYear(let day): dayOfYear = Int64(day)
            case .weekday(let month, let week, let day):
                dayOfYear = CivilYear.day(year, month: month, week: week, weekday: day)
            }
            return dayOfYear * 86_400 + time
        }
    }

    /// Offset of standard time, seconds east.
    var standard: Int64
    /// Offset of summer time and when it begins and ends; `nil` where there is none.
    var summer: Summer?

    /// Summer time.
    struct Summer: Sendable, Equatable {
        var offset: Int64
        var begin: Change
        var end: Change
    }

    /// Seconds that local time is ahead of UTC.
    func offset(at utc: Int64) -> Int64 {
        guard let summer else { return standard }
        let year = CivilYear.year(ofDay: CivilYear.floorDivide(utc &+ standard, 86_400))
        let start = CivilYear.firstDay(year) * 86_400
        let begin = start + summer.begin.seconds(in: year) - standard
        let end = start + summer.end.seconds(in: year) - summer.offset
        // In the south summer begins in the later half of the year.
        let isSummer = begin < end ? utc >= begin && utc < end : utc >= begin || utc < end
        return isSummer ? summer.offset : standard
    }
}

/// Days and years of the Gregorian calendar.
enum CivilYear {
    static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// Days from 1970 to the first of January.
    static func firstDay(_ year: Int64) -> Int64 {
        let before = year - 1
        return 365 * (year - 1970) + floorDivide(before, 4) - floorDivide(before, 100)
            + floorDivide(before, 400) - 477
    }

    /// The year a day lies in.
    static func year(ofDay day: Int64) -> Int64 {
        var year = 1970 + floorDivide(day * 400, 146_097)
        while firstDay(year) > day { year -= 1 }
        while firstDay(year + 1) <= day { year += 1 }
        return year
    }

    /// Day of the year, from 0, of a weekday's `week`-th occurrence in a month, the last for 5.
    static func day(_ year: Int64, month: Int, week: Int, weekday: Int) -> Int64 {
        let lengths: [Int64] = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let first = lengths[..<(month - 1)].reduce(0, +)
        // 1 January 1970 was a Thursday, 4.
        let firstWeekday = ((firstDay(year) + first + 4) % 7 + 7) % 7
        var day = (Int64(weekday) - firstWeekday + 7) % 7 + Int64(week - 1) * 7
        if day >= lengths[month - 1] { day -= 7 }
        return first + day
    }
}
