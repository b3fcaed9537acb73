import Dispatch

/// A piece of work that is run on queues again and again without an allocation for each run.
///
/// libdispatch counts the runs of a work item in 32 bits and ends the process when they are used up, which a
/// busy daemon reaches within days: the item is made anew long before.
///
/// `@unchecked Sendable` holds because `prepare` is called once, before the owner can be reached from
/// elsewhere, and `run` by one thread at a time, which the owner sees to.
public final class StoredStep: @unchecked Sendable {
    /// Work items made so far.
    public private(set) var renewals = 0
    private let limit: Int
    private var runs = 0
    private var body: () -> Void = {}
    private var item = DispatchWorkItem {}

    /// A step without work yet.
    ///
    /// - Parameter limit: runs of one work item; far below 2³².
    public init(limit: Int = 1 << 20) { self.limit = limit }

    /// Says what to run; to be called once, while the owner is made.
    public func prepare(_ body: @escaping () -> Void) {
        self.body = body
        renew()
    }

    /// Runs it on `queue` and waits for its end.
    public func run(on queue: DispatchQueue) {
        if runs == limit { renew() }
        runs += 1
        queue.sync(execute: item)
    }

    private func renew() {
        item = DispatchWorkItem(block: body)
        runs = 0
        renewals += 1
    }
}
