import ExactJSON

/// Messages and trades of each day, and the busiest second of it.
struct AuditRatios {
    /// One UTC day.
    fileprivate struct Day {
        let date: String
        var intents = 0
        var denied = 0
        var messages = 0
        var fills = 0
        var peakIntents = 0
        var peakMessages = 0
        var second = ""
        var intentsInSecond = 0
        var messagesInSecond = 0
    }

    private var days: [Day] = []

    static let titles = [
        "day", "intents", "denied", "messages", "fills", "messages_per_fill", "peak_intents_per_second",
        "peak_messages_per_second",
    ]

    /// Takes a line about an order; messages are what goes to the venue.
    mutating func take(type: String, time: String) {
        let date = String(time.prefix(10))
        if days.last?.date != date { days.append(Day(date: date)) }
        days[days.count - 1].take(type, second: String(time.prefix(19)))
    }

    /// A row for each day.
    var rows: [[String]] {
        days.map { day in
            let perFill = day.fills > 0 ? Self.ratio(day.messages, day.fills) : ""
            let counts = [day.intents, day.denied, day.messages, day.fills].map { "\($0)" }
            return [day.date] + counts + [perFill, "\(day.peakIntents)", "\(day.peakMessages)"]
        }
    }

    /// With two decimals, rounded down.
    private static func ratio(_ messages: Int, _ fills: Int) -> String {
        let hundredths = messages * 100 / fills
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

extension AuditRatios.Day {
    fileprivate mutating func take(_ type: String, second: String) {
        if second != self.second {
            self.second = second
            (intentsInSecond, messagesInSecond) = (0, 0)
        }
        switch type {
        case "order.intent", "order.deny":
            intents += 1
            denied += type == "order.deny" ? 1 : 0
            intentsInSecond += 1
            peakIntents = max(peakIntents, intentsInSecond)
        // A cancel is counted when the venue reports it: the log has no line for the request.
        case "order.send", "order.cancel", "order.replace":
            messages += 1
            messagesInSecond += 1
            peakMessages = max(peakMessages, messagesInSecond)
        case "order.fill": fills += 1
        default: break
        }
    }
}
