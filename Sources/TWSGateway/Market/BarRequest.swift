import TWSProtocol
import TradingModel

/// What a request for historical bars means.
struct BarRequest: Equatable, Sendable {
    /// Length of a bar, in nanoseconds.
    let length: Int64
    /// Length of the whole, in nanoseconds.
    let duration: Int64
    let kind: HistoryBar.Kind

    private static let second: Int64 = 1_000_000_000
    private static let day: Int64 = 86_400 * second

    /// - Throws: what is wrong with it, in words.
    init(_ request: RequestHistoricalData) throws(FaultSyntaxError) {
        guard let length = Self.length(request.barSize) else {
            throw FaultSyntaxError("bar size '\(request.barSize)' is not offered")
        }
        guard let duration = Self.duration(request.duration) else {
            throw FaultSyntaxError("Invalid duration '\(request.duration)'")
        }
        guard let kind = Self.kind(request.whatToShow) else {
            throw FaultSyntaxError("data type '\(request.whatToShow)' is not offered")
        }
        self.length = length
        self.duration = duration
        self.kind = kind
    }

    /// `5 secs` to `1 day`, as IBKR names them; one second is shorter than what is kept.
    private static func length(_ text: String) -> Int64? {
        let units: [String: Int64] = [
            "sec": second, "secs": second, "min": 60 * second, "mins": 60 * second, "hour": 3_600 * second,
            "hours": 3_600 * second, "day": day,
        ]
        let words = text.split(separator: " ")
        guard words.count == 2, let count = Int64(words[0]), let unit = units[String(words[1])],
            [5, 10, 15, 30].contains(count) && unit == second
                || [1, 2, 3, 5, 10, 15, 20, 30].contains(count) && unit == 60 * second
                || [1, 2, 3, 4, 8].contains(count) && unit == 3_600 * second || count == 1 && unit == day
        else { return nil }
        return count * unit
    }

    /// `60 S`, `2 D`, `1 W`, `1 M`, `1 Y`.
    private static func duration(_ text: String) -> Int64? {
        let units: [String: Int64] = [
            "S": second, "D": day, "W": 7 * day, "M": 30 * day, "Y": 365 * day,
        ]
        let words = text.split(separator: " ")
        guard words.count == 2, let count = Int64(words[0]), (1...100_000).contains(count),
            let unit = units[String(words[1])]
        else { return nil }
        return count.multipliedReportingOverflow(by: unit).overflow ? Int64.max : count * unit
    }

    private static func kind(_ text: String) -> HistoryBar.Kind? {
        switch text {
        case "TRADES": .trades
        case "MIDPOINT": .middle
        case "BID": .bid
        case "ASK": .ask
        default: nil
        }
    }

    /// The bars up to `end`, put together from the short ones that are kept.
    func bars(_ history: MarketHistory, until end: Timestamp) -> [HistoryBar] {
        let start = end.advanced(by: -duration)
        var bars: [HistoryBar] = []
        for bar in history.bars.all
        where bar.range(kind) != nil && bar.start >= start.floored(to: length) && bar.start <= end {
            let begins = bar.start.floored(to: length)
            if let last = bars.last, last.start == begins {
                bars[bars.count - 1].append(bar)
            } else {
                bars.append(bar.starting(begins))
            }
        }
        return bars
    }
}
