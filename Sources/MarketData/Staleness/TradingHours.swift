import Platform
import TradingModel

/// The sessions of the next days, as a gateway tells them with a contract.
///
/// `20261122:1700-20261123:1600;20261123:CLOSED`; a day may have several sessions, separated by commas; older gateways name
/// the second date only where it is another, or leave it out where the session ends on the next day (`20261122:1700-1600`).
///
/// - Source: TWS API, ContractDetails.tradingHours.
public struct TradingHours: Sendable, Equatable {
    /// From `begin` to before `end`.
    struct Session: Sendable, Equatable {
        var begin: Timestamp
        var end: Timestamp
    }

    /// Most entries read; a gateway tells about a week.
    static let limit = 512

    /// By their begin; they do not touch.
    let sessions: [Session]
    /// What is told lies from here on.
    let knownFrom: Timestamp
    /// Nothing is known from here on.
    let knownUntil: Timestamp

    /// Reads a text in the time zone it is meant in; entries that make no sense are passed over.
    ///
    /// - Returns: `nil` for a text without a single good entry.
    public init?(_ text: String, zone: TimeZoneRules) {
        var sessions: [Session] = []
        var closed: [Session] = []
        for entry in text.split(separator: ";").prefix(Self.limit) {
            let parts = entry.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let day = Self.day(parts[0]) else { continue }
            if parts[1].uppercased() == "CLOSED" {
                closed.append(Self.session(day, 0, day + 86_400, 0, zone))
                continue
            }
            for span in parts[1].split(separator: ",").prefix(8) {
                if let session = Self.session(span, day, zone) { sessions.append(session) }
            }
        }
        guard let from = (sessions + closed).map(\.begin).min(),
            let until = (sessions + closed).map(\.end).max()
        else { return nil }
        self.sessions = Self.joined(sessions)
        // The rest of the first day is told too: no session.
        let firstDay = zone.local(from.nanoseconds / 1_000_000_000) / 86_400 * 86_400
        knownFrom = min(from, Timestamp(seconds: zone.utc(firstDay)))
        knownUntil = until
    }

    /// Since when the session that `time` lies in is open; `nil` while it is closed.
    func openSince(_ time: Timestamp) -> Timestamp? {
        guard time >= knownFrom else { return Timestamp(nanoseconds: .min) }
        guard time < knownUntil else { return knownUntil }
        return sessions.last { $0.begin <= time && time < $0.end }?.begin
    }

    /// `1700-20261123:1600` or `1700-1600`.
    private static func session(_ text: Substring, _ day: Int64, _ zone: TimeZoneRules) -> Session? {
        let ends = text.split(separator: "-")
        guard ends.count == 2, let begin = minute(ends[0]) else { return nil }
        let close = ends[1].split(separator: ":")
        guard let last = close.last, let end = minute(last), close.count <= 2 else { return nil }
        var endDay = day
        if close.count == 2 {
            guard let told = Self.day(close[0]) else { return nil }
            endDay = told
        } else if end <= begin {
            endDay = day + 86_400
        }
        let session = session(day, begin, endDay, end, zone)
        // A session of more than a week is none.
        guard session.begin < session.end, session.end.since(session.begin) <= 8 * 86_400_000_000_000 else {
            return nil
        }
        return session
    }

    private static func session(
        _ day: Int64, _ begin: Int64, _ endDay: Int64, _ end: Int64, _ zone: TimeZoneRules
    ) -> Session {
        Session(
            begin: Timestamp(seconds: zone.utc(day + begin * 60)),
            end: Timestamp(seconds: zone.utc(endDay + end * 60)))
    }

    private static func joined(_ sessions: [Session]) -> [Session] {
        var joined: [Session] = []
        for session in sessions.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            if let last = joined.last, session.begin <= last.end {
                joined[joined.count - 1].end = max(last.end, session.end)
            } else {
                joined.append(session)
            }
        }
        return joined
    }

    /// `YYYYMMDD` as seconds from 1970 to its midnight, local.
    private static func day(_ text: Substring) -> Int64? {
        guard text.utf8.count == 8, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        let form = "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))T00:00:00Z"
        return Timestamp(rfc3339: form).map { $0.nanoseconds / 1_000_000_000 }
    }

    /// `hhmm` as minutes from midnight; 2400 is allowed.
    private static func minute(_ text: Substring) -> Int64? {
        guard text.utf8.count == 4, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int64(text),
            number % 100 < 60, number <= 2_400
        else { return nil }
        return number / 100 * 60 + number % 100
    }
}

extension Timestamp {
    /// So many seconds after 1970 UTC, clamped to the range of the type.
    init(seconds: Int64) {
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self.init(nanoseconds: overflow ? (seconds < 0 ? .min : .max) : nanoseconds)
    }
}
