import Dispatch
import Platform
import TWSProtocol
import TestSupport
import Testing

@testable import TWSClient

@Suite("outgoing lane and its socket")
struct OutgoingLaneSocketTests {
    @Test("a socket without room: frames stay whole and in order")
    func fullSocket() throws {
        let rig = try LaneRig(requestsPerSecond: 10_000, isNarrow: true)
        rig.goLive()
        let count = rig.fill()
        #expect(count < 8_000)
        #expect(rig.lane.place(rig.order()) == .queued)
        #expect(rig.lane.cancel(LaneRig.cancel(77)) == .queued)
        var names: [String] = []
        var state = rig.drain()
        #expect(state.wantsToWrite)
        while state.wantsToWrite {
            names += try rig.receivedNames()
            state = rig.drain()
        }
        names += try rig.receivedNames()
        #expect(names == (0..<count).map { "rule \($0)" } + ["cancel 77", "order 1"])
        #expect(state == LaneState())
    }

    @Test("what has left in part is worth nothing: it is given back with what waits")
    func detach() throws {
        let rig = try LaneRig(requestsPerSecond: 10_000, isNarrow: true)
        rig.goLive()
        var order = rig.order()
        order.order.reference = String(repeating: "x", count: 1 << 20)
        #expect(rig.lane.place(order) == .queued)
        #expect(rig.drain().wantsToWrite)
        _ = rig.lane.place(rig.order())
        _ = rig.lane.cancel(LaneRig.cancel(40))
        let unsent = rig.lane.detach(reason: "the socket is gone")
        #expect(unsent.map(\.orderID) == [1, 40, 2])
        #expect(unsent.map(\.isCancel) == [false, true, false])
        #expect(unsent.allSatisfy { $0.reason == "the socket is gone" })
        #expect(!rig.lane.takesOrders)
        #expect(rig.lane.detach(reason: "again").isEmpty)
        #expect(rig.drain() == LaneState())
    }

    @Test("nothing of one session leaves in the next")
    func nextSession() throws {
        let rig = try LaneRig(requestsPerSecond: 1)
        rig.goLive()
        rig.lane.send(LaneRig.rule(1), now: rig.now)
        rig.lane.send(LaneRig.rule(2), now: rig.now)
        _ = rig.lane.place(rig.order())
        #expect(rig.lane.detach(reason: "closed").count == 1)
        rig.goLive()
        rig.pass(2 * Pace.window)
        #expect(rig.drain() == LaneState())
        #expect(try rig.receivedNames() == ["rule 1"])
    }

    @Test("a socket that fails is told, and takes nothing more")
    func failure() throws {
        let rig = try LaneRig()
        rig.goLive()
        rig.hangUp()
        #expect(rig.lane.place(rig.order()) == .refused(.notLive))
        #expect(rig.takeWakes() == 1)
        #expect(rig.drain().failure != nil)
        #expect(rig.lane.cancel(LaneRig.cancel(1)) == .refused(.notLive))
        #expect(rig.lane.detach(reason: "closed").isEmpty)
    }

    @Test("threads that place and cancel at once: every order once, every frame whole")
    func threads() throws {
        let rig = try LaneRig(requestsPerSecond: 10_000)
        rig.goLive()
        let lane = rig.lane
        let outcomes = Locked<[Int32]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<100 {
                var order = PlaceOrder()
                order.orderID = lane.takeOrderID() ?? 0
                if lane.place(order) == .sent { outcomes.withLock { $0.append(order.orderID) } }
            }
        }
        var names: [String] = []
        repeat { names += try rig.receivedNames() } while rig.drain().wantsToWrite
        names += try rig.receivedNames()
        #expect(names.count == 400)
        #expect(Set(names) == Set((1...400).map { "order \($0)" }))
        #expect(outcomes.withLock { $0 }.allSatisfy { names.contains("order \($0)") })
    }

    @Test("whatever comes when: pace, order of ranks, and every order is either there or told")
    func random() throws {
        var random = TestRandom(seed: TestSeed.value("LANE_SEED"))
        for _ in 0..<20 { try runRandom(&random) }
    }

    private func runRandom(_ random: inout TestRandom) throws {
        let limit = 1 + Int(random.below(50))
        let rig = try LaneRig(requestsPerSecond: limit)
        rig.goLive()
        var placed: [Int32] = []
        var received: [(name: String, time: UInt64)] = []
        var told: [UnsentOrder] = []
        for step in 0..<600 {
            switch random.below(6) {
            case 0, 1:
                let order = rig.order()
                if rig.lane.place(order) != .refused(.tooMany) { placed.append(order.orderID) }
            case 2:
                if let id = placed.last { _ = rig.lane.cancel(LaneRig.cancel(id)) }
            case 3: rig.lane.send(LaneRig.rule(Int32(step)), now: rig.now)
            case 4: rig.pass(random.below(300_000_000))
            default: told += rig.drain().expired
            }
            try rig.orderIDs.refill()
            received += try rig.receivedNames().map { ($0, rig.now) }
        }
        told += rig.lane.detach(reason: "end")
        received += try rig.receivedNames().map { ($0, rig.now) }
        #expect(PaceTests.fullest(received.map(\.time)) <= limit)
        let there = Set(received.map(\.name))
        let given = Set(told.filter { !$0.isCancel }.map { "order \($0.orderID)" })
        for id in placed { #expect(there.contains("order \(id)") != given.contains("order \(id)")) }
        for cancel in there where cancel.hasPrefix("cancel") {
            #expect(there.contains(cancel.replacingPrefix("cancel", with: "order")))
        }
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
        other + dropFirst(prefix.count)
    }
}
