import TradingModel

/// A trip that has tripped: for whom, how far, since when and why.
///
/// Holds until it is cleared, or until a release leaves no kill of its scope that is as strict: what still holds then trips
/// again in the very event of the release, as a new one.
public struct TripRecord: Sendable, Hashable {
    /// Which.
    public let trip: Trip
    /// Whom it stopped.
    public let scope: KillScope
    /// How far.
    public var level: KillLevel
    /// Event time at which it tripped first.
    public let since: Timestamp
    /// The figures at which it tripped last.
    public var reason: String
}

extension RangeReplaceableCollection where Self: MutableCollection, Element == TripRecord {
    /// Adds a record; one of the same trip and scope stays, with the stricter level and the newest figures.
    mutating func note(_ record: TripRecord) {
        guard let place = firstIndex(where: { $0.trip == record.trip && $0.scope == record.scope }) else {
            return append(record)
        }
        self[place].level = Swift.max(self[place].level, record.level)
        self[place].reason = record.reason
    }
}

/// A kill that a trip calls for, be it that one as strict holds already.
struct TripFinding: Sendable, Hashable {
    let trip: Trip
    let scope: KillScope
    let level: KillLevel
    /// The figures in words.
    let reason: String
    /// Whether a kill as strict holds already in the sequence. The durable one may be on its way to be released: that is not
    /// to be undone, as what still holds trips again in the event of the release.
    var isHeld = false

    var latch: KillLatch { KillLatch(level, scope, actor: trip.actor, reason: reason, since: .zero) }

    var notice: SystemNotice {
        SystemNotice(.killSwitchEngaged, actor: trip.actor, reason: reason, level: level, scope: scope)
    }
}

/// A line of `trip show`: how near a trip is, and what it has done.
public struct TripReading: Sendable, Hashable {
    /// Which.
    public let trip: Trip
    /// Whom it would stop.
    public let scope: KillScope
    /// The figure it looks at, in words; empty where there is none.
    public let actual: String
    /// Where it trips, in words; empty where anything does, `off` where nothing does.
    public let limit: String
    /// What it has done; `nil` while it has not tripped.
    public let record: TripRecord?
}
