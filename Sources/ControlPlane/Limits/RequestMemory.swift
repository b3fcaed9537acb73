import ExactJSON
import Glibc

/// Answers of mutating calls by the caller's `request_id`, so that a repeated call is not done twice.
///
/// In memory only: a restart forgets. Failed calls are not kept; they may be tried again.
struct RequestMemory {
    struct Key: Hashable {
        let uid: uid_t
        let method: String
        let requestID: String
    }

    enum Finding: Equatable {
        case new
        case running
        case done([UInt8])
        /// The same id came with other parameters.
        case different
    }

    private struct Entry {
        let parameters: [JSONValue.Member]
        var result: [UInt8]?
        let since: UInt64
    }

    private var entries: [Key: Entry] = [:]
    private var order: [Key] = []
    private let capacity: Int
    private let lifetime: UInt64

    init(limits: ControlLimits) {
        capacity = max(1, limits.rememberedRequests)
        lifetime = limits.requestMemory.clampedNanoseconds
    }

    /// Looks up a call and, when it is new, notes it as running.
    mutating func begin(_ key: Key, parameters: [JSONValue.Member], now: UInt64) -> Finding {
        if let entry = entries[key], now - entry.since < lifetime {
            guard entry.parameters == parameters else { return .different }
            return entry.result.map(Finding.done) ?? .running
        }
        forget(key)
        if order.count >= capacity { entries[order.removeFirst()] = nil }
        entries[key] = Entry(parameters: parameters, result: nil, since: now)
        order.append(key)
        return .new
    }

    /// Notes how a call ended: the bytes of its result, or `nil` for a failure, which is forgotten.
    mutating func end(_ key: Key, result: [UInt8]?) {
        if result == nil { forget(key) } else { entries[key]?.result = result }
    }

    private mutating func forget(_ key: Key) {
        guard entries.removeValue(forKey: key) != nil else { return }
        order.removeAll { $0 == key }
    }
}
