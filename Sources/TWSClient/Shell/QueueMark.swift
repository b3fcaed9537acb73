import Dispatch
import Glibc
import Synchronization

/// Tells whether the caller has the client's queue, which must then not be waited for.
///
/// Two ways lead there: work that was submitted to the queue, and what a listener calls from within a turn of the client,
/// also through other queues that it entered synchronously. The first is told by the queue, the second by the thread.
///
/// `@unchecked Sendable` holds because the key is an identity that only Dispatch looks at.
final class QueueMark: @unchecked Sendable {
    private let key = DispatchSpecificKey<Bool>()
    private let thread = Atomic<UInt>(0)

    init(_ queue: DispatchQueue) { queue.setSpecific(key: key, value: true) }

    /// Whether the caller has the queue.
    var isHere: Bool {
        DispatchQueue.getSpecific(key: key) == true || thread.load(ordering: .relaxed) == Self.current
    }

    /// A turn begins on this thread.
    ///
    /// - Returns: what to give to `leave`.
    func enter() -> UInt { thread.exchange(Self.current, ordering: .relaxed) }

    /// The turn is over.
    func leave(_ before: UInt) { thread.store(before, ordering: .relaxed) }

    private static var current: UInt { UInt(pthread_self()) }
}
