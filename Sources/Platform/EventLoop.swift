import Dispatch
import Synchronization

/// Waits for many descriptors at once and tells their handlers on a serial queue.
///
/// One thread of its own waits in the kernel. When something is ready it enters the queue (`sync`, so without a hop to
/// another thread), calls the handlers of at most `batch` descriptors, leaves the queue and waits again. Handlers
/// therefore share their state with everything else on that queue, without locks.
///
/// - Level-triggered: a handler that leaves bytes unread, or room unused, is called again. A handler must therefore
///   read, write, change its interest or unregister; otherwise it is called for ever.
/// - An error or a hang-up counts as ready for everything the descriptor waits for: the read or write finds it. Who
///   waits for nothing is not told and costs no time.
/// - A registration's number is never used again. An event that was fetched before its descriptor was unregistered
///   reaches nobody, even when a new registration has the same descriptor.
/// - Who starts a loop stops it: its thread keeps it alive.
///
/// `@unchecked Sendable` holds because `entries` and `lastNumber` are touched only on `queue`, which the methods
/// that use them check; everything else is safe from any thread.
public final class EventLoop: @unchecked Sendable {
    /// What a descriptor waits for, or is ready for.
    public struct Interest: OptionSet, Sendable {
        /// Bytes to read, a connection to accept, the end of the stream.
        public static let read = Interest(rawValue: 1)
        /// Room to write.
        public static let write = Interest(rawValue: 2)

        /// `read` is 1, `write` is 2.
        public let rawValue: UInt8

        /// See `rawValue`.
        public init(rawValue: UInt8) { self.rawValue = rawValue }
    }

    /// One descriptor's place in one loop, from `register` to `unregister`.
    public struct Registration: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    /// Called on the loop's queue with what the descriptor waits for and is ready for; never empty.
    public typealias Handler = (_ ready: Interest) -> Void

    private struct Entry {
        let descriptor: Int32
        var interest: Interest
        let handler: Handler
    }

    /// Descriptors served before the queue is left to others.
    public static let batch = 32

    private let queue: DispatchQueue
    private let epoll: Epoll
    private let thread = LoopThread()
    private let isStopping = Atomic(false)
    private var entries: [UInt64: Entry] = [:]
    private var lastNumber = Epoll.alarmToken

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: of the thread, for `ps -L`; what is longer than 15 bytes is cut.
    ///   - queue: serial; runs the handlers.
    /// - Throws: when the process has no descriptors or threads left.
    public init(name: String, queue: DispatchQueue) throws(SystemError) {
        self.queue = queue
        epoll = try Epoll.make()
        try thread.start(name: name) { self.run() }
    }

    /// Watches a descriptor. On the queue only.
    ///
    /// - Parameters:
    ///   - descriptor: non-blocking, not registered here yet; stays open until `unregister`, and the caller closes it.
    ///   - interest: may be empty.
    /// - Throws: when the kernel cannot watch one more (`ENOMEM`, `ENOSPC`) or cannot watch it at all (`EPERM`: a
    ///   regular file).
    public func register(
        _ descriptor: Int32, for interest: Interest, handler: @escaping Handler
    ) throws(SystemError) -> Registration {
        dispatchPrecondition(condition: .onQueue(queue))
        lastNumber += 1
        try epoll.apply(.add, to: descriptor, interest: interest, token: lastNumber)
        entries[lastNumber] = Entry(descriptor: descriptor, interest: interest, handler: handler)
        return Registration(number: lastNumber)
    }

    /// Changes what a descriptor waits for; takes effect at once, within a batch, too. On the queue only.
    ///
    /// Nothing happens after `unregister`.
    public func setInterest(_ interest: Interest, of registration: Registration) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard let entry = entries[registration.number], entry.interest != interest else { return }
        entries[registration.number]?.interest = interest
        do throws(SystemError) {
            try epoll.apply(
                .modify, to: entry.descriptor, interest: interest, token: registration.number)
        } catch {
            preconditionFailure("a registered descriptor stays open: \(error)")
        }
    }

    /// Forgets a descriptor: its handler is not called again, and the caller may close it. On the queue only.
    ///
    /// A second call does nothing.
    public func unregister(_ registration: Registration) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard let entry = entries.removeValue(forKey: registration.number) else { return }
        epoll.remove(entry.descriptor)
    }

    /// Ends the loop; from any thread, handlers included. No handler begins after a call on the queue; after one from
    /// elsewhere, none begins once `join` has returned. Closes no descriptor but the loop's own.
    public func stop() {
        if !isStopping.exchange(true, ordering: .acquiringAndReleasing) { epoll.wake() }
    }

    /// Waits for the thread to end after `stop`. Never on the queue, which the thread needs.
    public func join() {
        dispatchPrecondition(condition: .notOnQueue(queue))
        thread.join()
    }

    private var isRunning: Bool { !isStopping.load(ordering: .acquiring) }

    private func run() {
        var events = Epoll.Event.buffer(Self.batch)
        while isRunning {
            let count = epoll.wait(into: &events)
            queue.sync {
                for event in events[..<count] { deliver(event) }
            }
        }
        queue.sync(execute: releaseHandlers)
    }

    private func deliver(_ event: Epoll.Event) {
        guard isRunning, let entry = entries[event.token] else { return }
        let ready = entry.interest.intersection(event.ready)
        if !ready.isEmpty { entry.handler(ready) }
    }

    /// What handlers hold is let go on the queue it belongs to, and may unregister itself meanwhile.
    private func releaseHandlers() {
        let released = entries
        entries = [:]
        for entry in released.values { epoll.remove(entry.descriptor) }
    }
}
