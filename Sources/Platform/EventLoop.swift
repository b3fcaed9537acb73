import Dispatch
import Synchronization

/// Waits for many descriptors at once and tells their handlers on a serial queue.
///
/// One thread of its own waits in the kernel. When something is ready it enters the queue (`sync`, so without a hop to
/// another thread), calls the handlers of at most `batch` descriptors, leaves the queue and waits again. Handlers
/// therefore share their state with everything else on that queue, without locks.
///
/// - Urgent descriptors are looked at before every single call of another's handler: whatever else is ready, one that becomes
///   ready waits for the handler under way and no other.
/// - Level-triggered: a handler that leaves bytes unread, or room unused, is called again. A handler must therefore
///   read, write, change its interest or unregister; otherwise it is called for ever.
/// - An error or a hang-up counts as ready for everything the descriptor waits for: the read or write finds it. Who
///   waits for nothing is not told and costs no time.
/// - A registration's number is never used again. An event that was fetched before its descriptor was unregistered
///   reaches nobody, even when a new registration has the same descriptor.
/// - Who starts a loop stops it: its thread keeps it alive.
///
/// `@unchecked Sendable` holds because `entries`, `lastNumber`, `turns` and `isDelivering` are touched only on `queue`, which
/// the methods that use them check; everything else is safe from any thread.
public final class EventLoop: @unchecked Sendable {
    /// What a descriptor waits for, or is ready for.
    public struct Interest: OptionSet, Sendable {
        /// Bytes to read, a connection to accept, the end of the stream.
        public static let read = Interest(rawValue: 1)
        /// Room to write.
        public static let write = Interest(rawValue: 2)
        /// Not a descriptor's: the turn that `askAgain` has asked for.
        public static let turn = Interest(rawValue: 4)

        /// `read` is 1, `write` is 2, `turn` is 4.
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
        let isUrgent: Bool
        let handler: Handler
    }

    /// A call that a handler has asked for.
    private struct Turn {
        let number: UInt64
        /// Not before, monotonic nanoseconds.
        let due: UInt64
    }

    /// Descriptors served before the queue is left to others.
    public static let batch = 32

    private let queue: DispatchQueue
    private let epoll: Epoll
    /// Within `epoll`, so that what is urgent wakes the thread, too.
    private let urgent: Epoll
    private let thread = LoopThread()
    private let isStopping = Atomic(false)
    private var entries: [UInt64: Entry] = [:]
    private var lastNumber = Epoll.innerToken
    /// In the order in which they were asked for.
    private var turns: [Turn] = []
    private var isDelivering = false

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: of the thread, for `ps -L`; what is longer than 15 bytes is cut.
    ///   - queue: serial; runs the handlers.
    ///   - isHurried: whether the kernel is asked to run the thread soon after it wakes: a higher priority where this process
    ///     may have it, a shorter time slice in any case.
    /// - Throws: when the process has no descriptors or threads left.
    public init(name: String, queue: DispatchQueue, isHurried: Bool = false) throws(SystemError) {
        self.queue = queue
        epoll = try Epoll.make()
        urgent = try Epoll.make()
        try epoll.include(urgent)
        try thread.start(name: name, isHurried: isHurried) { self.run() }
    }

    /// Watches a descriptor. On the queue only.
    ///
    /// - Parameters:
    ///   - descriptor: non-blocking, not registered here yet; stays open until `unregister`, and the caller closes it.
    ///   - interest: may be empty.
    ///   - isUrgent: whether it goes before those that are not.
    /// - Throws: when the kernel cannot watch one more (`ENOMEM`, `ENOSPC`) or cannot watch it at all (`EPERM`: a
    ///   regular file).
    public func register(
        _ descriptor: Int32, for interest: Interest, isUrgent: Bool = false, handler: @escaping Handler
    ) throws(SystemError) -> Registration {
        dispatchPrecondition(condition: .onQueue(queue))
        lastNumber += 1
        if isUrgent {
            try urgent.apply(.add, to: descriptor, interest: interest, token: lastNumber)
        } else {
            try epoll.apply(.add, to: descriptor, interest: interest, token: lastNumber)
        }
        entries[lastNumber] = Entry(
            descriptor: descriptor, interest: interest, isUrgent: isUrgent, handler: handler)
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
            if entry.isUrgent {
                try urgent.apply(
                    .modify, to: entry.descriptor, interest: interest, token: registration.number)
            } else {
                try epoll.apply(
                    .modify, to: entry.descriptor, interest: interest, token: registration.number)
            }
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
        remove(entry)
    }

    private func remove(_ entry: Entry) {
        if entry.isUrgent { urgent.remove(entry.descriptor) } else { epoll.remove(entry.descriptor) }
    }

    /// Has the handler called once more with `turn`, behind everybody who has asked before and, once, behind those who are ready.
    /// Within a handler of this loop only.
    ///
    /// - Parameter delay: nanoseconds before which it is not called, rounded up to milliseconds.
    public func askAgain(_ registration: Registration, after delay: UInt64 = 0) {
        dispatchPrecondition(condition: .onQueue(queue))
        precondition(isDelivering, "the loop's thread does not wait while a handler asks for a turn")
        turns.append(
            Turn(number: registration.number, due: delay == 0 ? 0 : MonotonicClock.now() &+ delay))
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
        var urgentEvents = Epoll.Event.buffer(Self.batch)
        var patience: Int32 = -1
        while isRunning {
            let count = epoll.wait(into: &events, atMost: patience)
            queue.sync {
                isDelivering = true
                for event in events[..<count] {
                    deliverUrgent(&urgentEvents)
                    deliver(event)
                }
                takeTurns(&urgentEvents)
                isDelivering = false
                patience = untilNextTurn()
            }
        }
        queue.sync(execute: releaseHandlers)
    }

    /// Those who are urgent, once each.
    private func deliverUrgent(_ events: inout [Epoll.Event]) {
        let count = urgent.wait(into: &events, atMost: 0)
        for event in events[..<count] { deliver(event) }
    }

    /// The turns that are due; those asked for meanwhile belong to the next round.
    private func takeTurns(_ urgentEvents: inout [Epoll.Event]) {
        guard !turns.isEmpty else { return }
        let now = MonotonicClock.now()
        let due = turns.filter { $0.due <= now }
        turns.removeAll { $0.due <= now }
        for turn in due {
            deliverUrgent(&urgentEvents)
            guard isRunning, let entry = entries[turn.number] else { continue }
            entry.handler(.turn)
        }
    }

    /// Milliseconds; negative when nobody has asked.
    private func untilNextTurn() -> Int32 {
        guard let due = turns.map(\.due).min() else { return -1 }
        let now = MonotonicClock.now()
        return due <= now ? 0 : Int32(clamping: (due - now + 999_999) / 1_000_000)
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
        turns = []
        for entry in released.values { remove(entry) }
    }
}
