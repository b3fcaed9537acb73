import ControlPlane
import ExactJSON
import Glibc
import Platform

/// What one person has asked for and a second one may allow within some minutes.
///
/// It decides nothing but who may approve what: a request is used up by the approval that is granted, is void once what it
/// is about has changed, and lives in memory alone, so that a restart forgets it. Safe from any thread.
final class TwoPersonRequests: Sendable {
    /// Something asked for.
    struct Request: Sendable, Equatable {
        /// By which an approval names it; not a secret.
        let id: String
        /// The method it was asked of.
        let method: String
        /// What it was asked with.
        let parameters: [JSONValue.Member]
        /// Who asked.
        let uid: uid_t
        /// How often what it is about had been engaged or released when it was asked for; 0 where that does not matter.
        var generation: UInt64 = 0
        /// When it is forgotten, by the clock of the store, nanoseconds.
        let expiresAt: UInt64
    }

    /// Why an approval, or a request, is not granted.
    enum Refusal: Error, Equatable {
        /// Nothing of that id: never asked for, used up, or forgotten.
        case unknown(String)
        /// Asked for too long ago.
        case expired(String)
        /// What it was asked for has been engaged or released since.
        case outdated(String)
        /// The same user asked for it.
        case samePerson(uid_t)
        /// It was asked of another method.
        case otherMethod(String)
        /// As many requests wait as may.
        case full(Int)
    }

    /// Requests that wait at a time, at most.
    static let capacity = 64
    /// Nanoseconds that a request waits.
    static let lifetime: UInt64 = 600_000_000_000

    private let clock: @Sendable () -> UInt64
    private let randomNumber: @Sendable () -> UInt32
    private let waiting = Locked<[Request]>([])

    /// A store without requests.
    ///
    /// - Parameters:
    ///   - clock: nanoseconds that never go back.
    ///   - randomNumber: makes ids, so that one from before a restart is not taken for one of now.
    init(
        clock: @escaping @Sendable () -> UInt64 = MonotonicClock.now,
        randomNumber: @escaping @Sendable () -> UInt32 = { UInt32.random(in: 0...UInt32.max) }
    ) {
        self.clock = clock
        self.randomNumber = randomNumber
    }

    /// Keeps what `uid` asks for.
    ///
    /// - Throws: `Refusal.full`.
    func request(
        _ method: String, _ parameters: [JSONValue.Member], by uid: uid_t, generation: UInt64 = 0
    ) throws(Refusal) -> Request {
        let now = clock()
        return try waiting.withLock { waiting throws(Refusal) in
            waiting.removeAll { $0.expiresAt <= now }
            guard waiting.count < Self.capacity else { throw .full(Self.capacity) }
            var id = name()
            while waiting.contains(where: { $0.id == id }) { id = name() }
            let request = Request(
                id: id, method: method, parameters: parameters, uid: uid, generation: generation,
                expiresAt: now &+ Self.lifetime)
            waiting.append(request)
            return request
        }
    }

    /// Whether `uid` may allow what another asked for. The request waits on, unless it was too old or is void.
    ///
    /// - Parameter generation: of what a request is about, as it is now.
    /// - Throws: `Refusal`.
    func check(
        _ id: String, of method: String, by uid: uid_t, generation: (Request) -> UInt64 = { _ in 0 }
    ) throws(Refusal) -> Request {
        let now = clock()
        return try waiting.withLock { waiting throws(Refusal) in
            let place = try Self.find(id, of: method, by: uid, in: &waiting, now, generation)
            return waiting[place]
        }
    }

    /// Lets `uid` allow what another asked for; the request is used up by that.
    ///
    /// - Parameter generation: of what a request is about, as it is now.
    /// - Throws: `Refusal`; the request waits on, unless it was too old or is void.
    func approve(
        _ id: String, of method: String, by uid: uid_t, generation: (Request) -> UInt64 = { _ in 0 }
    ) throws(Refusal) -> Request {
        let now = clock()
        return try waiting.withLock { waiting throws(Refusal) in
            let place = try Self.find(id, of: method, by: uid, in: &waiting, now, generation)
            return waiting.remove(at: place)
        }
    }

    private static func find(
        _ id: String, of method: String, by uid: uid_t, in waiting: inout [Request], _ now: UInt64,
        _ generation: (Request) -> UInt64
    ) throws(Refusal) -> Int {
        guard let place = waiting.firstIndex(where: { $0.id == id }) else { throw .unknown(id) }
        let request = waiting[place]
        guard now < request.expiresAt else {
            waiting.remove(at: place)
            throw .expired(id)
        }
        guard request.method == method else { throw .otherMethod(request.method) }
        guard generation(request) == request.generation else {
            waiting.remove(at: place)
            throw .outdated(id)
        }
        guard request.uid != uid else { throw .samePerson(uid) }
        return place
    }

    /// What waits now, the oldest first.
    var pending: [Request] {
        let now = clock()
        return waiting.withLock { $0.filter { now < $0.expiresAt } }
    }

    /// Eight hex digits.
    private func name() -> String {
        let digits = String(randomNumber(), radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}

extension TwoPersonRequests.Refusal {
    /// What the caller is told.
    var rpcError: RPCError {
        switch self {
        case .unknown(let id): .notFound("no request \(id) waits for approval")
        case .expired(let id): .conflict("request \(id) has waited for more than 10 minutes: ask again")
        case .outdated(let id):
            .conflict(
                "a kill or a release came after request \(id), which is void: look again, then ask again")
        case .samePerson(let uid):
            .twoPersonNeeded("uid \(uid) asked for it: another person has to approve")
        case .otherMethod(let method): .conflict("that request was made of \(method)")
        case .full(let most): .conflict("\(most) requests wait for approval already")
        }
    }
}
