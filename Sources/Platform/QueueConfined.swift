import Dispatch

/// A value that lives on one serial queue.
///
/// `@unchecked Sendable` holds because `value` is reached only through `sync`, `here` and `async`, which run on `queue`.
public final class QueueConfined<Value>: @unchecked Sendable {
    /// Where it lives.
    public let queue: DispatchQueue
    private let value: Value

    /// A value that is given away to `queue`, which must be serial.
    public init(_ value: sending Value, on queue: DispatchQueue) {
        self.value = value
        self.queue = queue
    }

    /// Runs `body` on the queue and waits; must not be called there.
    public func sync<Result: Sendable>(_ body: (Value) -> Result) -> Result {
        dispatchPrecondition(condition: .notOnQueue(queue))
        return queue.sync { body(value) }
    }

    /// Runs `body` at once; to be called on the queue.
    public func here<Result>(_ body: (Value) -> Result) -> Result {
        dispatchPrecondition(condition: .onQueue(queue))
        return body(value)
    }

    /// Runs `body` on the queue, later.
    public func async(_ body: @escaping @Sendable (Value) -> Void) {
        queue.async { body(self.value) }
    }
}
