import Dispatch

/// A value that lives on one serial queue.
///
/// `@unchecked Sendable` holds because `value` is reached only through `sync`, which runs on `queue`.
final class QueueConfined<Value>: @unchecked Sendable {
    let queue: DispatchQueue
    private let value: Value

    init(_ value: sending Value, on queue: DispatchQueue) {
        self.value = value
        self.queue = queue
    }

    /// Runs `body` on the queue and waits; must not be called there.
    func sync<Result: Sendable>(_ body: (Value) -> Result) -> Result {
        dispatchPrecondition(condition: .notOnQueue(queue))
        return queue.sync { body(value) }
    }
}
