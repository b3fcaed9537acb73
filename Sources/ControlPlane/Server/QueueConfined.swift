import Dispatch

/// A value that lives on one serial queue.
///
/// `@unchecked Sendable` holds because `value` is reached only through `sync` and `async`, which run on `queue`.
final class QueueConfined<Value>: @unchecked Sendable {
    let queue: DispatchQueue
    private let value: Value

    init(_ value: sending Value, on queue: DispatchQueue) {
        self.value = value
        self.queue = queue
    }

    /// Runs `body` on the queue and waits; must not be called there.
    func sync<Result: Sendable>(_ body: @Sendable (Value) -> Result) -> Result {
        dispatchPrecondition(condition: .notOnQueue(queue))
        return queue.sync { body(value) }
    }

    /// Runs `body` on the queue, later.
    func async(_ body: @escaping @Sendable (Value) -> Void) {
        queue.async { body(self.value) }
    }
}
