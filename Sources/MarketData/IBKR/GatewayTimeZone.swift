import Platform

/// Time zones as gateways name them.
enum GatewayTimeZone {
    /// Old gateways say `EST (Eastern Standard Time)`. The data base has some of these abbreviations too, but without the
    /// summer time that is meant.
    private static let abbreviations = [
        "EST": "America/New_York", "EST5EDT": "America/New_York", "EDT": "America/New_York",
        "CST": "America/Chicago", "CST6CDT": "America/Chicago", "CTT": "America/Chicago",
        "CDT": "America/Chicago", "MST": "America/Denver", "MST7MDT": "America/Denver",
        "MDT": "America/Denver",
        "PST": "America/Los_Angeles", "PST8PDT": "America/Los_Angeles", "PDT": "America/Los_Angeles",
        "GMT": "Europe/London", "BST": "Europe/London", "WET": "Europe/Lisbon",
        "MET": "Europe/Berlin", "CET": "Europe/Berlin", "EET": "Europe/Helsinki", "MSK": "Europe/Moscow",
        "JST": "Asia/Tokyo", "HKT": "Asia/Hong_Kong", "SGT": "Asia/Singapore", "KST": "Asia/Seoul",
        "IST": "Asia/Kolkata", "AET": "Australia/Sydney", "AEST": "Australia/Sydney",
        "AEDT": "Australia/Sydney", "NZST": "Pacific/Auckland", "UTC": "Etc/UTC",
    ]

    /// Names that gateways still use and that newer data bases leave to a package of their own.
    ///
    /// - Source: IANA time zone data base, file `backward`.
    private static let aliases = [
        "US/Eastern": "America/New_York", "US/East-Indiana": "America/Indiana/Indianapolis",
        "US/Michigan": "America/Detroit", "US/Central": "America/Chicago", "US/Mountain": "America/Denver",
        "US/Arizona": "America/Phoenix", "US/Pacific": "America/Los_Angeles",
        "US/Alaska": "America/Anchorage", "US/Hawaii": "Pacific/Honolulu", "HST": "Pacific/Honolulu",
        "Navajo": "America/Denver", "Canada/Eastern": "America/Toronto", "Canada/Central": "America/Winnipeg",
        "Canada/Mountain": "America/Edmonton", "Canada/Pacific": "America/Vancouver",
        "Canada/Atlantic": "America/Halifax", "America/Montreal": "America/Toronto",
        "America/Buenos_Aires": "America/Argentina/Buenos_Aires", "Brazil/East": "America/Sao_Paulo",
        "Chile/Continental": "America/Santiago", "Mexico/General": "America/Mexico_City",
        "GB": "Europe/London", "GB-Eire": "Europe/London", "Eire": "Europe/Dublin",
        "Europe/Belfast": "Europe/London", "Portugal": "Europe/Lisbon", "Poland": "Europe/Warsaw",
        "Turkey": "Europe/Istanbul", "W-SU": "Europe/Moscow", "Iceland": "Atlantic/Reykjavik",
        "Europe/Kiev": "Europe/Kyiv", "Egypt": "Africa/Cairo", "Israel": "Asia/Jerusalem",
        "Asia/Tel_Aviv": "Asia/Jerusalem", "Iran": "Asia/Tehran", "Asia/Calcutta": "Asia/Kolkata",
        "Asia/Saigon": "Asia/Ho_Chi_Minh", "Asia/Chongqing": "Asia/Shanghai", "PRC": "Asia/Shanghai",
        "ROC": "Asia/Taipei", "ROK": "Asia/Seoul", "Hongkong": "Asia/Hong_Kong", "Japan": "Asia/Tokyo",
        "Singapore": "Asia/Singapore", "Australia/ACT": "Australia/Sydney",
        "Australia/NSW": "Australia/Sydney", "Australia/Victoria": "Australia/Melbourne",
        "Australia/Queensland": "Australia/Brisbane", "Australia/West": "Australia/Perth",
        "NZ": "Pacific/Auckland", "Universal": "Etc/UTC", "UCT": "Etc/UTC", "Zulu": "Etc/UTC",
        "Greenwich": "Etc/GMT", "GMT0": "Etc/GMT",
    ]

    /// The rules of a zone; `nil` for one that is not known.
    ///
    /// - Parameter directory: where the data base lies.
    static func rules(_ name: String, directory: String = "/usr/share/zoneinfo") -> TimeZoneRules? {
        let short = String(name.split(separator: " ").first ?? "")
        guard !short.isEmpty else { return nil }
        if let rules = read(abbreviations[short] ?? short, directory) { return rules }
        return aliases[short].flatMap { read($0, directory) }
    }

    /// Not known is an answer here: hours are then assumed to be open, which is told.
    private static func read(_ name: String, _ directory: String) -> TimeZoneRules? {
        do { return try TimeZoneRules(named: name, directory: directory) } catch { return nil }
    }
}
