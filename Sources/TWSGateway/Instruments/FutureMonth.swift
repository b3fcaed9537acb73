/// A month in which a future expires, and what follows from it.
struct FutureMonth: Equatable {
    let year: Int
    let month: Int
    /// Last day on which it trades.
    let lastTradeDay: CalendarDay

    /// On which day of its month a future ends.
    enum Ending {
        /// The third Friday: stock indices at the CME.
        case thirdFriday
        /// The third last workday: metals at the COMEX.
        case thirdLastWorkday
    }

    /// The next `count` months out of `cycle` whose last trade day is a week or more after `day`.
    static func next(_ count: Int, of cycle: [Int], _ ending: Ending, after day: CalendarDay) -> [FutureMonth] {
        var (year, month) = day.yearAndMonth
        var found: [FutureMonth] = []
        // Every cycle has a month a year, so this ends.
        for _ in 0..<(12 * (count + 1)) where found.count < count {
            if cycle.contains(month), let future = FutureMonth(year: year, month: month, ending),
                future.lastTradeDay >= day.advanced(by: 7)
            {
                found.append(future)
            }
            month += 1
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        return found
    }

    private init?(year: Int, month: Int, _ ending: Ending) {
        let following = month == 12 ? (year + 1, 1) : (year, month + 1)
        guard let first = CalendarDay(year: year, month: month),
            let next = CalendarDay(year: following.0, month: following.1)
        else { return nil }
        self.year = year
        self.month = month
        switch ending {
        case .thirdFriday: lastTradeDay = first.advanced(by: (4 - first.weekday + 7) % 7 + 14)
        case .thirdLastWorkday:
            var day = next
            for _ in 0..<3 {
                repeat { day = day.advanced(by: -1) } while !day.isWorkday
            }
            lastTradeDay = day
        }
    }

    /// `YYYYMM`.
    var text: String { "\(year)" + (month < 10 ? "0\(month)" : "\(month)") }

    /// Letter of the month and last digit of the year, such as `Z6`.
    var code: String {
        let letters = Array("FGHJKMNQUVXZ")
        return "\(letters[month - 1])\(year % 10)"
    }

    /// A number for its contract, made up from the month.
    func contractID(_ base: Int32) -> Int32 { base + Int32(year % 100 * 100 + month) }
}
