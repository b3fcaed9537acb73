import Platform
import TWSProtocol

extension TradingCalendar {
    /// The hours a contract trades by the gateway's word; always, where it says none that can be understood.
    init(_ data: ContractData) {
        guard let zone = GatewayTimeZone.rules(data.timeZoneID),
            let hours = TradingHours(data.tradingHours, zone: zone)
        else {
            self = .always
            return
        }
        self = .sessions(hours)
    }
}

/// Time zones as gateways name them.
enum GatewayTimeZone {
    /// Old gateways say `EST (Eastern Standard Time)`. The data base has some of these abbreviations too, but without the
    /// summer time that is meant.
    private static let abbreviations = [
        "EST": "America/New_York", "EST5EDT": "America/New_York", "EDT": "America/New_York",
        "CST": "America/Chicago", "CST6CDT": "America/Chicago", "CTT": "America/Chicago",
        "CDT": "America/Chicago", "MST": "America/Denver", "MST7MDT": "America/Denver",
        "PST": "America/Los_Angeles", "PST8PDT": "America/Los_Angeles", "PDT": "America/Los_Angeles",
        "GMT": "Europe/London", "BST": "Europe/London", "MET": "Europe/Berlin", "CET": "Europe/Berlin",
        "EET": "Europe/Helsinki", "JST": "Asia/Tokyo", "HKT": "Asia/Hong_Kong", "SGT": "Asia/Singapore",
        "KST": "Asia/Seoul", "IST": "Asia/Kolkata", "AET": "Australia/Sydney", "AEST": "Australia/Sydney",
        "UTC": "Etc/UTC",
    ]

    /// The rules of a zone; `nil` for one that is not known.
    static func rules(_ name: String) -> TimeZoneRules? {
        let short = String(name.split(separator: " ").first ?? "")
        guard !short.isEmpty else { return nil }
        // Not known is an answer here: hours are then assumed to be open.
        do { return try TimeZoneRules(named: abbreviations[short] ?? short) } catch { return nil }
    }
}
