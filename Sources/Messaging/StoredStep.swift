import Dispatch

/// A piece of work that is run on queues again and again without an allocation.
///
/// `@unchecked Sendable` holds because `item` is set once, before the owner can be reached from elsewhere.
final class StoredStep: @unchecked Sendable {
    private var item = DispatchWorkItem {}

    /// Says what to run; to be called once, while the owner is made.
    func prepare(_ body: @escaping () -> Void) { item = DispatchWorkItem(block: body) }

    /// Runs it on `queue` and waits for its end.
    func run(on queue: DispatchQueue) { queue.sync(execute: item) }
}
