import AllocationCounter
import Benchmarking
import MarketData

/// Shows that the counter sees what it must and nothing else; without that no count of allocations means anything.
enum CounterProof {
    /// A class, so that the runtime asks malloc for each instance.
    private final class Node {
        let value: UInt64
        init(_ value: UInt64) { self.value = value }
    }

    static func measure(_ bench: Bench) throws -> [Figure] {
        try expect(1, "one block of 64 bytes in C") { allocation_counter_allocate_once(64) }
        try expect(0, "a loop without allocation") { keep(sum(below: 10_000)) }
        try expect(1, "one instance of a Swift class") { keep(makeNode(41).value) }
        try expect(100, "a hundred instances of a Swift class") { keep(sumOfNodes(100)) }
        try proveInDaemon(bench)
        return []
    }

    /// The counter in front of the daemon: there, and without influence on what the daemon decides.
    private static func proveInDaemon(_ bench: Bench) throws {
        let input = try bench.recordings.simulated(.jsonLines, events: 2_000)
        let plain = try bench.daemon.replay(input, passes: 1, Daemon.Settings())
        let counted = try bench.daemon.replay(input, passes: 1, Daemon.Settings(), countsAllocations: true)
        guard let calls = counted.allocations?.calls, calls > 100 else {
            throw BenchmarkFault("counter: it saw next to nothing of the daemon")
        }
        guard plain.auditHead == counted.auditHead, !plain.auditHead.isEmpty else {
            throw BenchmarkFault("counter: the daemon decides otherwise with it")
        }
    }

    private static func expect(_ expected: UInt64, _ what: String, _ body: () -> Void) throws {
        // The first call may set things up.
        body()
        let before = allocation_counter_calls()
        body()
        let seen = allocation_counter_calls() - before
        guard seen == expected else {
            throw BenchmarkFault("counter: \(what): \(seen) allocations counted, not \(expected)")
        }
    }

    @inline(never)
    private static func makeNode(_ value: UInt64) -> Node { Node(value) }

    @inline(never)
    private static func sumOfNodes(_ count: UInt64) -> UInt64 {
        var sum: UInt64 = 0
        for value in 0..<count { sum &+= makeNode(value).value }
        return sum
    }

    @inline(never)
    private static func sum(below bound: UInt64) -> UInt64 { (0..<bound).reduce(0, &+) }

    @inline(never)
    private static func keep(_ value: UInt64) { precondition(value != .max, "no sum here is that large") }
}
