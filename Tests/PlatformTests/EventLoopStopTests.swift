import Dispatch
import Glibc
import Platform
import Testing

@Suite("End of an event loop")
struct EventLoopStopTests {
    @Test("stopped by a handler, it calls no other, not even one of the same batch")
    func fromInside() throws {
        let rig = try EventLoopRig()
        let pairs = try (0..<5).map { _ in try SocketPair() }
        for pair in pairs {
            _ = try rig.watch(pair.near) { _ in
                rig.note("read")
                rig.loop.stop()
            }
        }
        // The gate itself may not be heard any more.
        rig.queue.sync { for pair in pairs { pair.poke() } }
        rig.loop.join()
        #expect(rig.count("read") == 1)
        for pair in pairs { [pair.near, pair.far].forEach { close($0) } }
    }

    @Test("stopped and joined by several threads, while events flow")
    func fromElsewhere() throws {
        for _ in 0..<50 {
            let rig = try EventLoopRig()
            let pair = try SocketPair()
            pair.poke()
            // Never reads, so it is called again and again.
            _ = try rig.watch(pair.near) { _ in if rig.count("busy") == 0 { rig.note("busy") } }
            #expect(rig.waits(for: "busy"))
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                rig.loop.stop()
                rig.loop.join()
            }
            rig.note("over")
            close(pair.near)
            close(pair.far)
        }
    }

    @Test("stopped on its queue while the thread waits for that queue, it ends")
    func fromQueue() throws {
        let rig = try EventLoopRig()
        let pair = try SocketPair()
        _ = try rig.watch(pair.near) { _ in rig.note("read") }
        rig.queue.sync {
            pair.poke()
            rig.loop.stop()
        }
        rig.loop.join()
        #expect(rig.count("read") == 0)
        close(pair.near)
        close(pair.far)
    }

    @Test("lets go of its handlers, its thread and its descriptors")
    func releases() throws {
        final class Held: Sendable {}
        weak var last: Held?
        for _ in 0..<1_500 {
            let held = Held()
            last = held
            let queue = DispatchQueue(label: "test.short")
            let loop = try EventLoop(name: "short", queue: queue)
            let pair = try SocketPair()
            _ = try queue.sync {
                try loop.register(pair.near, for: .read) { _ in withExtendedLifetime(held) {} }
            }
            loop.stop()
            loop.join()
            close(pair.near)
            close(pair.far)
        }
        #expect(last == nil)
        let next = dup(0)
        #expect(next < 1_500, "two descriptors of each loop would be open")
        close(next)
    }
}
