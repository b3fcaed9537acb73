import Dispatch
import Glibc
import TestSupport
import Testing

@testable import Platform

@Suite("Event loop")
struct EventLoopTests {
    let rig: EventLoopRig
    let first: SocketPair
    let second: SocketPair

    init() throws {
        rig = try EventLoopRig()
        first = try SocketPair()
        second = try SocketPair()
    }

    /// A registered descriptor must stay open, so the loop ends first.
    private func closeAll() {
        rig.loop.stop()
        rig.loop.join()
        for descriptor in [first.near, first.far, second.near, second.far] { close(descriptor) }
    }

    @Test("tells a reader again and again until nothing is left to read")
    func levelTriggered() throws {
        defer { closeAll() }
        let (rig, near) = (rig, first.near)
        _ = try rig.watch(near) { ready in
            #expect(ready == .read)
            SocketPair.take(near)
            rig.note("read")
        }
        let first = first
        rig.prepareBatch { for _ in 0..<3 { first.poke() } }
        #expect(rig.waits(for: "read", times: 3))
        rig.prepareBatch {}
        #expect(rig.count("read") == 3)
    }

    @Test("a handler that ends another's interest keeps it from an event of the same batch")
    func interestWithinBatch() throws {
        defer { closeAll() }
        let (rig, first, second) = (rig, first, second)
        let places = Locked<[EventLoop.Registration]>([])
        let watch = { (index: Int, near: Int32) in
            try rig.watch(near) { _ in
                rig.note("read")
                let other = places.withLock { $0[1 - index] }
                rig.loop.setInterest([], of: other)
                SocketPair.take(near)
            }
        }
        let (one, two) = (try watch(0, first.near), try watch(1, second.near))
        places.withLock { $0 = [one, two] }
        rig.prepareBatch {
            first.poke()
            second.poke()
        }
        #expect(rig.count("read") == 1)
        rig.prepareBatch {
            for place in [one, two] { rig.loop.setInterest(.read, of: place) }
        }
        #expect(rig.count("read") == 2)
    }

    @Test("an event of a closed descriptor never reaches who has its number now")
    func reusedNumber() throws {
        defer { closeAll() }
        let (rig, pairs, third) = (rig, [first, second], try SocketPair())
        let places = Locked<[EventLoop.Registration]>([])
        for index in 0..<2 {
            let place = try rig.watch(pairs[index].near) { _ in
                rig.note("first to come")
                let other = pairs[1 - index].near
                rig.loop.unregister(places.withLock { $0[1 - index] })
                rig.loop.unregister(places.withLock { $0[index] })
                // Closes the other's socket and gives its number to a new one, which is silent.
                #expect(dup2(third.near, other) == other)
                do throws(SystemError) {
                    _ = try rig.loop.register(other, for: .read) { _ in
                        SocketPair.take(other)
                        rig.note("new owner")
                    }
                } catch {
                    Issue.record("\(error)")
                }
            }
            places.withLock { $0.append(place) }
        }
        rig.prepareBatch { for pair in pairs { pair.poke() } }
        rig.prepareBatch {}
        #expect(rig.count("first to come") == 1 && rig.count("new owner") == 0)
        rig.prepareBatch { third.poke() }
        #expect(rig.count("new owner") == 1)
        for descriptor in [third.near, third.far] { close(descriptor) }
    }

    @Test("a handler may unregister and close its own descriptor")
    func ownDescriptor() throws {
        let (rig, first) = (rig, first)
        let place = Locked<EventLoop.Registration?>(nil)
        let registration = try rig.watch(first.near, for: [.read, .write]) { ready in
            guard ready.contains(.read), let own = place.withLock({ $0 }) else { return }
            rig.loop.unregister(own)
            rig.loop.unregister(own)
            rig.loop.setInterest(.write, of: own)
            close(first.near)
            rig.note("closed")
        }
        place.withLock { $0 = registration }
        rig.prepareBatch { first.poke() }
        #expect(rig.waits(for: "closed"))
        rig.prepareBatch {}
        #expect(rig.count("closed") == 1)
        for descriptor in [first.far, second.near, second.far] { close(descriptor) }
    }

    @Test("a hang-up is told to who waits for anything", arguments: [EventLoop.Interest.read, .write])
    func hangUp(_ interest: EventLoop.Interest) throws {
        let (rig, first) = (rig, first)
        let place = Locked<EventLoop.Registration?>(nil)
        let registration = try rig.watch(first.near, for: []) { ready in
            #expect(ready == interest)
            if let own = place.withLock({ $0 }) { rig.loop.unregister(own) }
            rig.note("gone")
        }
        place.withLock { $0 = registration }
        rig.prepareBatch { close(first.far) }
        #expect(rig.count("gone") == 0)
        rig.prepareBatch { rig.loop.setInterest(interest, of: registration) }
        #expect(rig.count("gone") == 1)
        for descriptor in [first.near, second.near, second.far] { close(descriptor) }
    }

    @Test("the kernel reports a hang-up that nobody waits for once, not for ever")
    func noBusyLoop() throws {
        let epoll = try Epoll.make()
        try epoll.apply(.add, to: first.near, interest: [], token: 7)
        close(first.far)
        epoll.wake()
        var events = Epoll.Event.buffer(8)
        var tokens: [UInt64] = []
        for _ in 0..<4 { tokens += events[..<epoll.wait(into: &events)].map(\.token) }
        #expect(tokens.count { $0 == 7 } == 1)
        #expect(tokens.count { $0 == Epoll.alarmToken } == 4)
        try epoll.apply(.modify, to: first.near, interest: .read, token: 7)
        #expect(events[..<epoll.wait(into: &events)].contains { $0.token == 7 })
        for descriptor in [first.near, second.near, second.far] { close(descriptor) }
    }

    @Test("other threads change interest through the queue while the loop waits")
    func otherThreads() throws {
        defer { closeAll() }
        let (rig, near) = (rig, first.near)
        let registration = try rig.watch(near, for: []) { _ in
            SocketPair.take(near)
            rig.note("read")
        }
        for round in 1...200 {
            first.poke()
            DispatchQueue.global().async {
                rig.queue.async { rig.loop.setInterest(.read, of: registration) }
            }
            #expect(rig.waits(for: "read", times: round))
            rig.queue.sync { rig.loop.setInterest([], of: registration) }
        }
    }

    @Test("refuses what the kernel cannot watch, and goes on")
    func refusals() throws {
        defer { closeAll() }
        let directory = try TemporaryDirectory()
        let file = open(try directory.file("plain", ""), O_RDONLY)
        defer { close(file) }
        #expect(throws: SystemError("epoll_ctl", "descriptor \(file)", code: EPERM)) {
            _ = try rig.watch(file) { _ in }
        }
        #expect(throws: SystemError("epoll_ctl", "descriptor -1", code: EBADF)) {
            _ = try rig.watch(-1) { _ in }
        }
        rig.prepareBatch {}
    }
}
