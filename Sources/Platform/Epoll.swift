import CLinux
import Glibc

/// The kernel's list of watched descriptors, and an alarm that wakes who waits at it.
///
/// Every call may be made by any thread at any time: the kernel applies a change at once, to a waiting thread, too.
struct Epoll: ~Copyable {
    /// One descriptor that is ready.
    typealias Event = epoll_event

    /// How a descriptor enters the list or changes in it.
    enum Change {
        case add, modify
    }

    /// Stands for the alarm; no descriptor may have it.
    static let alarmToken: UInt64 = 0
    /// Stands for a list within this one; no descriptor may have it.
    static let innerToken: UInt64 = 1

    private let list: OwnedDescriptor
    private let alarm: OwnedDescriptor

    private init(list: consuming OwnedDescriptor, alarm: consuming OwnedDescriptor) {
        self.list = list
        self.alarm = alarm
    }

    /// An empty list.
    static func make() throws(SystemError) -> Epoll {
        let list = try own(epoll_create1(Int32(EPOLL_CLOEXEC)), "epoll_create1")
        let alarm = try own(eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)), "eventfd")
        let epoll = Epoll(list: list, alarm: alarm)
        try epoll.apply(.add, to: epoll.alarm.number, interest: .read, token: alarmToken)
        return epoll
    }

    private static func own(_ descriptor: Int32, _ call: String) throws(SystemError) -> OwnedDescriptor {
        guard descriptor >= 0 else { throw SystemError(call, "event loop") }
        return OwnedDescriptor(descriptor)
    }

    /// Watches a descriptor, or watches it for something else. `token` comes back with its events.
    ///
    /// Level-triggered: a descriptor is reported until it is no longer ready. Who waits for nothing is still told
    /// of a broken connection by the kernel; `EPOLLONESHOT` keeps that from being said more than once.
    func apply(
        _ change: Change, to descriptor: Int32, interest: EventLoop.Interest, token: UInt64
    ) throws(SystemError) {
        var event = Event(
            events: interest.isEmpty ? EPOLLONESHOT.rawValue : interest.kernelEvents,
            data: epoll_data_t(u64: token))
        let operation = change == .add ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        guard epoll_ctl(list.number, operation, descriptor, &event) == 0 else {
            throw SystemError("epoll_ctl", "descriptor \(descriptor)")
        }
    }

    /// Forgets a descriptor that is still open.
    func remove(_ descriptor: Int32) { epoll_ctl(list.number, EPOLL_CTL_DEL, descriptor, nil) }

    /// Makes this and every later `wait` return.
    func wake() { eventfd_write(alarm.number, 1) }

    /// Watches another list: ready when one of its descriptors is.
    func include(_ inner: borrowing Epoll) throws(SystemError) {
        try apply(.add, to: inner.list.number, interest: .read, token: Self.innerToken)
    }

    /// Waits until a descriptor is ready.
    ///
    /// - Parameter milliseconds: at most; 0 only looks, a negative number waits for ever.
    /// - Returns: how many of `events` were filled.
    func wait(into events: inout [Event], atMost milliseconds: Int32 = -1) -> Int {
        while true {
            let count = epoll_wait(list.number, &events, Int32(events.count), milliseconds)
            if count >= 0 { return Int(count) }
            precondition(errno == EINTR, "the event loop owns a valid epoll descriptor and buffer")
        }
    }
}

extension Epoll.Event {
    /// Room for `count` events.
    static func buffer(_ count: Int) -> [Epoll.Event] {
        [Epoll.Event](repeating: Epoll.Event(), count: count)
    }

    /// What `apply` was given.
    var token: UInt64 { data.u64 }

    /// An error or a hang-up is found by the next read or write, whichever is awaited.
    var ready: EventLoop.Interest {
        var ready: EventLoop.Interest = []
        let broken = EPOLLERR.rawValue | EPOLLHUP.rawValue
        if events & (EPOLLIN.rawValue | broken) != 0 { ready.insert(.read) }
        if events & (EPOLLOUT.rawValue | broken) != 0 { ready.insert(.write) }
        return ready
    }
}

extension EventLoop.Interest {
    /// What to ask the kernel for.
    fileprivate var kernelEvents: UInt32 {
        (contains(.read) ? EPOLLIN.rawValue : 0) | (contains(.write) ? EPOLLOUT.rawValue : 0)
    }
}
