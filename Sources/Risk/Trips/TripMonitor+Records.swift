import TradingModel

/// What has tripped, and what ends that.
extension TripMonitor {
    /// Whether a trip has tripped for everybody whom a scope names, and a kill as strict stands for each.
    public func isHeld(_ trip: Trip, _ scope: KillScope, at now: Timestamp) -> Bool {
        let meant = readings(trip, at: now).filter { scope == .all || $0.scope == scope }
        return !meant.isEmpty && meant.allSatisfy { $0.record.map(isHeld) ?? false }
    }

    /// Whether a trip may count from nothing when its turn comes: a release may have come before it.
    func allows(_ clearing: TripClearing, at now: Timestamp) -> Bool {
        !clearing.mustBeHeld || isHeld(clearing.trip, clearing.scope, at: now)
    }

    func isHeld(_ record: TripRecord) -> Bool { isHeld(record.scope, record.level) }

    /// Whether a kill of just that scope holds that is as strict.
    func isHeld(_ scope: KillScope, _ level: KillLevel) -> Bool {
        kills.latch(scope).map { $0.level >= level } ?? false
    }

    func isRecorded(_ trip: Trip, _ scope: KillScope, _ level: KillLevel) -> Bool {
        records.contains { $0.trip == trip && $0.scope == scope && $0.level >= level }
    }

    /// Takes over what tripped in earlier sessions and still has its kill.
    mutating func adopt(_ earlier: [TripRecord]) {
        // Those of the latches are known since the start only.
        let known = records
        records = ContiguousArray(earlier.filter(isHeld))
        for record in known { records.note(record) }
    }

    /// A record without its kill has ended: it must not be cleared later, when nobody has to be asked for a release.
    mutating func endReleased(_ scope: KillScope) {
        records = ContiguousArray(records.filter { $0.scope != scope || isHeld($0) })
    }
}

/// A wish to let a trip count from nothing, as a notice `tripCleared` tells it: `NAME`, or `NAME held`.
public struct TripClearing: Sendable, Hashable {
    /// Which.
    public let trip: Trip
    /// For whom.
    public let scope: KillScope
    /// Whether it is granted only while a kill stands for what has tripped: one person alone has asked.
    public let mustBeHeld: Bool

    /// A wish.
    public init(_ trip: Trip, _ scope: KillScope, mustBeHeld: Bool) {
        self.trip = trip
        self.scope = scope
        self.mustBeHeld = mustBeHeld
    }

    /// What a notice tells; `nil` for what is no wish.
    public init?(_ notice: SystemNotice) {
        guard notice.kind == .tripCleared else { return nil }
        let mustBeHeld = notice.detail.hasSuffix(Self.condition)
        let name = mustBeHeld ? String(notice.detail.dropLast(Self.condition.count)) : notice.detail
        guard let trip = Trip(name: name) else { return nil }
        self.init(trip, notice.scope, mustBeHeld: mustBeHeld)
    }

    /// The detail of its notice.
    public var detail: String { trip.name.description + (mustBeHeld ? Self.condition : "") }

    private static let condition = " held"
}
