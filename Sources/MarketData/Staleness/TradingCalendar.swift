import TradingModel

/// When an instrument trades.
public enum TradingCalendar: Sendable, Equatable {
    /// Always, or not known: silence is then never explained by a closed market.
    case always
    /// The same hours every week.
    case weekly(SessionHours)
    /// The sessions a broker has told for the next days; open beyond them, as nothing is known there.
    case sessions(TradingHours)

    /// Since when the session that `time` lies in is open; `nil` while it is closed.
    public func openSince(_ time: Timestamp) -> Timestamp? {
        switch self {
        case .always: Timestamp(nanoseconds: .min)
        case .weekly(let hours): hours.openSince(time)
        case .sessions(let hours): hours.openSince(time)
        }
    }

    /// When the session that `time` lies in ends by hours that repeat every week; `nil` where that is not known.
    public func openUntil(_ time: Timestamp) -> Timestamp? {
        switch self {
        case .always, .sessions: nil
        case .weekly(let hours): hours.openUntil(time)
        }
    }

    /// Whether the instrument trades at `time`.
    public func isOpen(_ time: Timestamp) -> Bool { openSince(time) != nil }
}
