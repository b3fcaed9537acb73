import Dispatch
import Glibc
import Platform
import TestSupport
import Testing

@testable import TWSClient

@Suite("order ids")
struct OrderIDTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/ids" }

    init() throws { directory = try TemporaryDirectory() }

    @Test("the first start gives 1, and nothing before it is marked on disk")
    func firstStart() throws {
        let ids = try OrderIDs(path: path)
        #expect(ids.take() == nil)
        #expect(ids.needsRefill)
        try ids.refill()
        #expect(ids.take() == 1)
        #expect(ids.take() == 2)
        #expect(try OrderIDMark(path: path).read() == 1 + OrderIDs.block)
    }

    @Test("never below what the gateway says or was seen, never back")
    func raises() throws {
        let ids = try OrderIDs(path: path)
        ids.gatewaySays(500)
        try ids.refill()
        #expect(ids.take() == 500)
        ids.saw(700)
        #expect(ids.take() == 701)
        ids.gatewaySays(3)
        ids.saw(0)
        ids.saw(-9)
        #expect(ids.take() == 702)
    }

    @Test("what the gateway says beyond the block is given only once it is marked")
    func jump() throws {
        let ids = try OrderIDs(path: path)
        try ids.refill()
        ids.gatewaySays(1_000_000)
        #expect(ids.take() == nil)
        try ids.refill()
        #expect(ids.take() == 1_000_000)
    }

    @Test("a block is marked when less than half of one is left")
    func half() throws {
        let ids = try OrderIDs(path: path)
        try ids.refill()
        for _ in 0..<500 { #expect(ids.take() != nil) }
        try ids.refill()
        #expect(try OrderIDMark(path: path).read() == 1_001)
        #expect(ids.take() == 501)
        #expect(ids.needsRefill)
        try ids.refill()
        #expect(try OrderIDMark(path: path).read() == 1_502)
    }

    @Test("ids end below the numbers of requests, with an error that says so")
    func ceiling() throws {
        let ids = try OrderIDs(path: path)
        ids.gatewaySays(OrderIDs.ceiling - 2)
        try ids.refill()
        #expect(ids.take() == OrderIDs.ceiling - 2)
        try ids.refill()
        #expect(ids.take() == OrderIDs.ceiling - 1)
        #expect(ids.take() == nil)
        #expect { try ids.refill() } throws: { ($0 as? SystemError)?.code == EOVERFLOW }
        ids.saw(.max)
        #expect(ids.take() == nil)
    }

    @Test(
        "a damaged file is refused by name, never begun anew",
        arguments: [
            "", "\n", "next 5", "tradingd order ids 1\nnext 5\ncheck 0000000000000000\n",
            "tradingd order ids 1\nnext -5\ncheck 0\n", "tradingd order ids 1\nnext 99999999999\ncheck 0\n",
        ])
    func damaged(content: String) throws {
        try directory.write(Array(content.utf8), to: "ids")
        #expect { try OrderIDs(path: path) } throws: { error in
            guard let error = error as? SystemError else { return false }
            return error.code == EBADMSG && error.description.contains(path)
        }
    }

    @Test("every cut and every changed bit of the file is noticed")
    func everyDamage() throws {
        let good = OrderIDMark.text(12_001)
        #expect(OrderIDMark.parse(good) == 12_001)
        for length in 0..<good.count { #expect(OrderIDMark.parse(Array(good[..<length])) == nil) }
        for place in good.indices {
            for bit in 0..<8 {
                var bad = good
                bad[place] ^= 1 << bit
                #expect(OrderIDMark.parse(bad) == nil)
            }
        }
        #expect(OrderIDMark.parse(good + [10]) == nil)
    }

    @Test("a file that was being written when the power went does not count")
    func torn() throws {
        let ids = try OrderIDs(path: path)
        try ids.refill()
        try directory.write(Array(OrderIDMark.text(9_001)[..<20]), to: "ids.new")
        #expect(try OrderIDMark(path: path).read() == 1_001)
        let next = try OrderIDs(path: path)
        try next.refill()
        #expect(next.take() == 1_001)
    }

    @Test("a mark that cannot be written gives no id")
    func unwritable() throws {
        let ids = try OrderIDs(path: directory.path + "/nowhere/ids")
        #expect { try ids.refill() } throws: { ($0 as? SystemError)?.code == ENOENT }
        #expect(ids.take() == nil)
    }

    @Test("marks are written elsewhere, one at a time, and a failing disk is asked ever more rarely")
    func refill() throws {
        let ids = try OrderIDs(path: directory.path + "/nowhere/ids")
        let told = Locked<[Int32?]>([])
        var refill = OrderIDRefill()
        var now: UInt64 = 1_000_000_000_000
        for (round, pause) in ([1, 2, 4, 8, 16, 32, 60, 60] as [UInt64]).enumerated() {
            for _ in 0..<2 {
                refill.begin(ids, now) { failure in told.withLockNotifying { $0.append(failure?.code) } }
            }
            let codes = told.wait(until: MonotonicClock.now() + 30_000_000_000) {
                $0.count > round ? $0 : nil
            }
            #expect(codes?.count == round + 1)
            #expect(codes?.last == ENOENT)
            refill.ended(SystemError("test", "disk", code: ENOENT), now)
            now += pause * 1_000_000_000 - 1
            refill.begin(ids, now) { _ in told.withLock { $0 += [0, 0, 0] } }
            now += 1
        }
        #expect(ids.take() == nil)
    }

    @Test("killed after whatever, no id is ever given twice, though the gateway goes back")
    func kills() throws {
        var random = TestRandom(seed: TestSeed.value("ORDER_ID_SEED"))
        for round in 0..<12 {
            let path = directory.path + "/ids-\(round)"
            var ids = try OrderIDs(path: path)
            var last: Int32 = 0
            for _ in 0..<300 {
                switch random.below(100) {
                case 0..<60:
                    for _ in 0..<random.below(30) {
                        guard let id = ids.take() else { break }
                        #expect(id > last)
                        last = id
                    }
                case 60..<80: try ids.refill()
                case 80..<85: ids.gatewaySays(last - Int32(random.below(50)))
                case 85..<90: ids.gatewaySays(last + Int32(random.below(3_000)))
                case 90..<95: ids.saw(last + Int32(random.below(20)))
                // Killed: nothing is left but the file.
                default: ids = try OrderIDs(path: path)
                }
            }
        }
    }

    @Test("threads that take and refill at once never get the same id")
    func threads() throws {
        let ids = try OrderIDs(path: path)
        let taken = Locked<[Int32]>([])
        let failures = Locked<[SystemError]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            var mine: [Int32] = []
            for _ in 0..<200 {
                do throws(SystemError) { try ids.refill() } catch { failures.withLock { $0.append(error) } }
                for _ in 0..<10 { if let id = ids.take() { mine.append(id) } }
            }
            taken.withLock { $0 += mine }
        }
        #expect(failures.withLock { $0 } == [])
        let all = taken.withLock { $0 }
        #expect(Set(all).count == all.count)
        #expect(!all.isEmpty)
    }
}
