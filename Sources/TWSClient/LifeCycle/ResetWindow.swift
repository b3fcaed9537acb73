import Platform
import TradingModel

/// Where the servers of an account are; decides when they are reset.
public enum GatewayRegion: String, Hashable, Sendable, CaseIterable {
    /// Not known: no reset is expected.
    case none
    /// New York time.
    case northAmerica = "north_america"
    /// Central European time.
    case europe
    /// Hong Kong time.
    case asiaPacific = "asia_pacific"
}

/// Time of day and day of the week somewhere.
public struct LocalTime: Hashable, Sendable {
    /// Seconds since midnight, 0..<86,400.
    public var second: Int
    /// 0 Sunday … 6 Saturday.
    public var weekday: Int

    /// A moment of a week.
    public init(second: Int, weekday: Int) {
        self.second = second
        self.weekday = weekday
    }
}

extension LocalTime {
    /// The moment of the week at `time` where `rules` hold.
    public init(_ time: Timestamp, _ rules: TimeZoneRules) {
        let (seconds, _) = Self.floor(time.nanoseconds, 1_000_000_000)
        let (days, second) = Self.floor(rules.local(seconds), 86_400)
        // The first of January 1970 was a Thursday.
        self.init(second: Int(second), weekday: Int(Self.floor(days + 4, 7).rest))
    }

    private static func floor(_ value: Int64, _ unit: Int64) -> (whole: Int64, rest: Int64) {
        let rest = value % unit
        return rest < 0 ? (value / unit - 1, rest + unit) : (value / unit, rest)
    }
}

/// A time at which IBKR's servers are reset: logins and orders may be interrupted for a part of it.
///
/// Source: reference of the TWS socket protocol, "restart windows", after IBKR's page of system status.
public struct ResetWindow: Hashable, Sendable {
    /// Zone its times are in.
    public var zone: String
    /// Seconds since midnight at which it begins.
    public var start: Int
    /// Seconds since midnight at which it ends, on the same day.
    public var end: Int
    /// Days on which it begins, 0 Sunday … 6 Saturday.
    public var weekdays: ClosedRange<Int>

    private init(_ zone: String, _ start: (Int, Int), _ end: (Int, Int), _ weekdays: ClosedRange<Int>) {
        self.zone = zone
        self.start = (start.0 * 60 + start.1) * 60
        self.end = (end.0 * 60 + end.1) * 60
        self.weekdays = weekdays
    }

    /// Whether `time`, of its zone, is in it.
    public func contains(_ time: LocalTime) -> Bool {
        weekdays.contains(time.weekday) && (start..<end).contains(time.second)
    }

    /// The windows of a region; none for `none`.
    public static func windows(of region: GatewayRegion) -> [ResetWindow] {
        let daily = 0...5
        let own: [ResetWindow] =
            switch region {
            case .none: []
            case .northAmerica: [ResetWindow(newYork, (0, 15), (1, 45), daily)]
            case .europe: [ResetWindow("Europe/Berlin", (6, 25), (7, 45), daily)]
            case .asiaPacific:
                [
                    ResetWindow("Asia/Hong_Kong", (4, 45), (6, 5), daily),
                    ResetWindow("Asia/Hong_Kong", (20, 15), (21, 15), daily),
                ]
            }
        return own.isEmpty ? [] : own + weekend
    }

    private static let newYork = "America/New_York"

    /// From Friday 23:00 to Saturday 03:00, in two parts, as none goes over midnight.
    private static let weekend = [
        ResetWindow(newYork, (23, 0), (24, 0), 5...5), ResetWindow(newYork, (0, 0), (3, 0), 6...6),
    ]
}

/// When the servers of a region are reset.
struct ResetCalendar: Sendable {
    private let windows: [(window: ResetWindow, rules: TimeZoneRules)]
    /// Zones that the system does not know: their windows are not expected.
    let missing: [String]

    /// Reads the zones of the region's windows.
    ///
    /// - Parameter read: finds the rules of a zone.
    init(
        _ region: GatewayRegion,
        read: (String) throws(TimeZoneError) -> TimeZoneRules = { name throws(TimeZoneError) in
            try TimeZoneRules(named: name)
        }
    ) {
        var windows: [(ResetWindow, TimeZoneRules)] = []
        var missing: [String] = []
        for window in ResetWindow.windows(of: region) {
            do throws(TimeZoneError) {
                windows.append((window, try read(window.zone)))
            } catch {
                if !missing.contains(window.zone) { missing.append(window.zone) }
            }
        }
        self.windows = windows
        self.missing = missing
    }

    /// The window that `time` is in.
    func window(at time: Timestamp) -> ResetWindow? {
        windows.first { $0.window.contains(LocalTime(time, $0.rules)) }?.window
    }
}
