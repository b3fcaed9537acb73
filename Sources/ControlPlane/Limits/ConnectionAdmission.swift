import Glibc

/// Decides who gets a connection, so that stuck clients can never keep out somebody who may stop trading.
///
/// The shared places are bounded in all and by user. Who finds none there but may engage the kill switch gets
/// one of the reserved places, if need be that of the reserved client that was active least recently.
struct ConnectionAdmission {
    enum Verdict: Equatable {
        case admitted
        /// Admitted after that client is closed.
        case replacing(UInt64)
        case refused(Refusal)
    }

    enum Refusal: Equatable {
        case allTaken, tooManyOfUser
    }

    private struct Place {
        let uid: uid_t
        let isReserved: Bool
        var lastActivity: UInt64
    }

    private var places: [UInt64: Place] = [:]
    private var activity: UInt64 = 0
    private let limits: ControlLimits

    init(limits: ControlLimits) { self.limits = limits }

    var count: Int { places.count }

    /// A shared place is free for a client of `uid`.
    func hasRoom(for uid: uid_t) -> Bool {
        let shared = places.values.filter { !$0.isReserved }
        return shared.count < limits.clients && shared.count { $0.uid == uid } < limits.clientsPerUser
    }

    /// Finds a place for the new client `id`.
    mutating func admit(_ id: UInt64, uid: uid_t, mayEngage: Bool) -> Verdict {
        if hasRoom(for: uid) {
            take(id, uid: uid, reserved: false)
            return .admitted
        }
        guard mayEngage, limits.reservedClients > 0 else {
            let shared = places.values.count { !$0.isReserved }
            return .refused(shared >= limits.clients ? .allTaken : .tooManyOfUser)
        }
        return admitReserved(id, uid: uid)
    }

    /// Notes that client `id` sent a request.
    mutating func touch(_ id: UInt64) {
        activity += 1
        places[id]?.lastActivity = activity
    }

    /// Gives the place of client `id` back.
    mutating func leave(_ id: UInt64) { places[id] = nil }

    private mutating func admitReserved(_ id: UInt64, uid: uid_t) -> Verdict {
        let reserved = places.filter { $0.value.isReserved }
        defer { take(id, uid: uid, reserved: true) }
        guard reserved.count >= limits.reservedClients,
            let victim = reserved.min(by: { $0.value.lastActivity < $1.value.lastActivity })?.key
        else { return .admitted }
        places[victim] = nil
        return .replacing(victim)
    }

    private mutating func take(_ id: UInt64, uid: uid_t, reserved: Bool) {
        activity += 1
        places[id] = Place(uid: uid, isReserved: reserved, lastActivity: activity)
    }
}
