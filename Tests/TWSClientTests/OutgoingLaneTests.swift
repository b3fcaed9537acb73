import Platform
import TWSProtocol
import Testing
import TradingModel

@testable import TWSClient

@Suite("outgoing lane")
struct OutgoingLaneTests {
    @Test("with a token at hand an order leaves on the caller's thread, and nobody is woken")
    func straight() throws {
        let rig = try LaneRig()
        rig.goLive()
        let order = rig.order()
        #expect(rig.lane.place(order) == .sent)
        #expect(try rig.received() == [.placeOrder(order)])
        #expect(rig.takeWakes() == 0)
        #expect(rig.drain() == LaneState())
    }

    @Test("orders need a live session, cancels a socket, requests too")
    func notLive() throws {
        let rig = try LaneRig()
        #expect(rig.lane.place(rig.order()) == .refused(.notLive))
        #expect(rig.lane.cancel(LaneRig.cancel(900)) == .refused(.notLive))
        #expect(rig.lane.send(LaneRig.rule(1), now: rig.now) == .refused(.notLive))
        rig.goLive()
        rig.lane.takesOrders = false
        #expect(rig.lane.place(rig.order()) == .refused(.notLive))
        #expect(rig.lane.cancel(LaneRig.cancel(900)) == .sent)
        #expect(rig.lane.send(LaneRig.rule(1), now: rig.now) == .sent)
        #expect(rig.takeWakes() == 0)
        #expect(try rig.receivedNames() == ["cancel 900", "rule 1"])
    }

    @Test("what cannot be written is refused, and costs no token")
    func unwritable() throws {
        let rig = try LaneRig(requestsPerSecond: 1)
        rig.goLive()
        var order = rig.order()
        order.order.reference = "名"
        #expect(rig.lane.place(order) == .refused(.unwritable))
        #expect(rig.lane.place(rig.order()) == .sent)
        #expect(try rig.received().count == 1)
    }

    @Test("cancels leave first, then orders, then requests, each in its order")
    func ranks() throws {
        let rig = try LaneRig(requestsPerSecond: 18)
        rig.goLive()
        // Everything the requests may use, then what they leave to orders, then what those leave to cancels.
        for id in 1...15 { #expect(rig.lane.send(LaneRig.rule(Int32(id)), now: rig.now) == .sent) }
        #expect(rig.lane.send(LaneRig.rule(16), now: rig.now) == .queued)
        #expect(rig.lane.place(rig.order()) == .sent)
        #expect(rig.lane.place(rig.order()) == .queued)
        #expect(rig.lane.cancel(LaneRig.cancel(900)) == .sent)
        #expect(rig.lane.cancel(LaneRig.cancel(901)) == .sent)
        #expect(rig.lane.cancel(LaneRig.cancel(902)) == .queued)
        #expect(rig.takeWakes() == 3)
        #expect(try rig.receivedNames().suffix(3) == ["order 1", "cancel 900", "cancel 901"])
        #expect(rig.drain().nextDue == rig.now + LaneContent.longestWait + 1)
        rig.pass(Pace.window)
        let state = rig.drain()
        #expect(state.expired.map(\.orderID) == [2])
        #expect(try rig.receivedNames() == ["cancel 902", "rule 16"])
    }

    @Test("until the session has started startApi alone leaves, and a cancel waits")
    func starting() throws {
        let rig = try LaneRig()
        rig.attach()
        #expect(rig.lane.cancel(LaneRig.cancel(900)) == .queued)
        #expect(rig.lane.send(StartAPI(), now: rig.now) == .sent)
        _ = rig.drain()
        #expect(try rig.receivedNames() == ["other"])
        rig.lane.start()
        _ = rig.drain()
        #expect(try rig.receivedNames() == ["cancel 900"])
    }

    @Test("in the line, orders keep their order and cancels overtake them")
    func order() throws {
        let rig = try LaneRig(requestsPerSecond: 3)
        rig.goLive()
        for id in 1...3 { _ = rig.lane.cancel(LaneRig.cancel(Int32(id))) }
        rig.pass(100_000_000)
        rig.lane.send(LaneRig.rule(5), now: rig.now)
        let orders = [rig.order(), rig.order()]
        for order in orders { #expect(rig.lane.place(order) == .queued) }
        #expect(rig.lane.cancel(LaneRig.cancel(4)) == .queued)
        rig.pass(Pace.window - 100_000_000)
        _ = rig.drain()
        #expect(
            try rig.receivedNames() == ["cancel 1", "cancel 2", "cancel 3", "cancel 4", "order 1", "order 2"])
        rig.pass(Pace.window)
        #expect(rig.drain() == LaneState())
        #expect(try rig.receivedNames() == ["rule 5"])
    }

    @Test("an order that waits for more than a second is given up and told, a cancel never")
    func expiry() throws {
        let rig = try LaneRig(requestsPerSecond: 1)
        rig.goLive()
        #expect(rig.lane.place(rig.order()) == .sent)
        let late = rig.order()
        #expect(rig.lane.place(late) == .queued)
        for id in 50...52 { #expect(rig.lane.cancel(LaneRig.cancel(Int32(id))) == .queued) }
        let due = try #require(rig.drain().nextDue)
        rig.pass(due - rig.now)
        let state = rig.drain()
        #expect(state.expired.map(\.orderID) == [late.orderID])
        #expect(state.expired.allSatisfy { !$0.isCancel && !$0.reason.isEmpty })
        for _ in 0..<3 {
            rig.pass(Pace.window)
            #expect(rig.drain().expired.isEmpty)
        }
        #expect(try rig.receivedNames() == ["order 1", "cancel 50", "cancel 51", "cancel 52"])
    }

    @Test("a cancel of an order that still waits takes it out of the line: neither leaves, both are told")
    func cancelWaiting() throws {
        let rig = try LaneRig(requestsPerSecond: 1)
        rig.goLive()
        _ = rig.lane.place(rig.order())
        let waiting = rig.order()
        _ = rig.lane.place(waiting)
        _ = rig.takeWakes()
        #expect(rig.lane.cancel(LaneRig.cancel(waiting.orderID)) == .queued)
        #expect(rig.takeWakes() == 1)
        let told = rig.drain().expired
        #expect(told.map(\.orderID) == [2, 2])
        #expect(told.map(\.isCancel) == [false, true])
        rig.pass(2 * Pace.window)
        #expect(rig.drain() == LaneState())
        #expect(try rig.receivedNames() == ["order 1"])
    }

    @Test("a cancel of an order that was given up leaves no more than the order did")
    func cancelExpired() throws {
        let rig = try LaneRig(requestsPerSecond: 1)
        rig.goLive()
        _ = rig.lane.place(rig.order())
        let late = rig.order()
        _ = rig.lane.place(late)
        rig.pass(LaneContent.longestWait + 1)
        #expect(rig.drain().expired.map(\.isCancel) == [false])
        #expect(rig.lane.cancel(LaneRig.cancel(late.orderID)) == .queued)
        #expect(rig.drain().expired.map(\.isCancel) == [true])
        rig.pass(Pace.window)
        #expect(rig.drain() == LaneState())
        #expect(try rig.receivedNames() == ["order 1"])
    }

    @Test("a cancel of an order whose change still waits takes the change out of the line, and leaves")
    func cancelChange() throws {
        let rig = try LaneRig(requestsPerSecond: 2)
        rig.goLive()
        var order = rig.order()
        #expect(rig.lane.place(order) == .sent)
        rig.lane.send(LaneRig.rule(1), now: rig.now)
        order.order.limitPrice = .zero
        #expect(rig.lane.place(order) == .queued)
        #expect(rig.lane.cancel(LaneRig.cancel(order.orderID)) == .queued)
        #expect(rig.drain().expired.map(\.isCancel) == [false])
        rig.pass(Pace.window)
        _ = rig.drain()
        #expect(try rig.receivedNames() == ["order 1", "rule 1", "cancel 1"])
    }

    @Test("a cancel that goes at once still tells of the change it took out")
    func cancelChangeAtOnce() throws {
        let rig = try LaneRig(requestsPerSecond: 9)
        rig.goLive()
        let order = rig.order()
        #expect(rig.lane.place(order) == .sent)
        for id in 1...7 { rig.lane.send(LaneRig.rule(Int32(id)), now: rig.now) }
        #expect(rig.lane.place(order) == .queued)
        _ = rig.takeWakes()
        #expect(rig.lane.cancel(LaneRig.cancel(order.orderID)) == .sent)
        #expect(rig.takeWakes() == 1)
        #expect(rig.drain().expired.map(\.isCancel) == [false])
    }

    @Test("a change of an order that still waits replaces it, in its place")
    func replace() throws {
        let rig = try LaneRig(requestsPerSecond: 4)
        rig.goLive()
        for id in 1...4 { _ = rig.lane.cancel(LaneRig.cancel(Int32(900 + id))) }
        rig.pass(300_000_000)
        var first = rig.order()
        let second = rig.order()
        _ = rig.lane.place(first)
        _ = rig.lane.place(second)
        first.order.limitPrice = .zero
        #expect(rig.lane.place(first) == .queued)
        rig.pass(Pace.window - 300_000_000)
        #expect(rig.drain() == LaneState())
        #expect(try rig.received().suffix(2) == [.placeOrder(first), .placeOrder(second)])
    }

    @Test("the same cancel waits once")
    func sameCancel() throws {
        let rig = try LaneRig(requestsPerSecond: 1)
        rig.goLive()
        for _ in 0..<3 { _ = rig.lane.cancel(LaneRig.cancel(1)) }
        for _ in 0..<3 { _ = rig.lane.cancel(LaneRig.cancel(2)) }
        for _ in 0..<4 {
            rig.pass(Pace.window)
            _ = rig.drain()
        }
        #expect(try rig.receivedNames() == ["cancel 1", "cancel 1", "cancel 2"])
    }

    @Test("a question that waits already is not asked twice, a subscription always")
    func coalesce() throws {
        let rig = try LaneRig(requestsPerSecond: 1)
        rig.goLive()
        rig.lane.send(LaneRig.rule(1), now: rig.now)
        for _ in 0..<5 { rig.lane.send(RequestCurrentTime(), now: rig.now) }
        for _ in 0..<2 { rig.lane.send(RequestPositions(), now: rig.now) }
        for _ in 0..<8 {
            rig.pass(Pace.window)
            _ = rig.drain()
        }
        let messages = try rig.received()
        #expect(messages.count { $0 == .requestCurrentTime(RequestCurrentTime()) } == 1)
        #expect(messages.count { $0 == .requestPositions(RequestPositions()) } == 2)
    }

    @Test("at most 1,000 orders wait")
    func bound() throws {
        let rig = try LaneRig(requestsPerSecond: 1)
        rig.goLive()
        var order = rig.order()
        _ = rig.lane.place(order)
        for id in 2...1_001 {
            order.orderID = Int32(id)
            #expect(rig.lane.place(order) == .queued)
        }
        order.orderID = 2_000
        #expect(rig.lane.place(order) == .refused(.tooMany))
        order.orderID = 500
        #expect(rig.lane.place(order) == .queued)
        #expect(rig.lane.detach(reason: "closed").count == 1_000)
    }

    @Test("when the session is no longer live, waiting orders are given back and cancels still leave")
    func noLongerLive() throws {
        let rig = try LaneRig(requestsPerSecond: 1)
        rig.goLive()
        _ = rig.lane.place(rig.order())
        _ = rig.lane.place(rig.order())
        _ = rig.lane.cancel(LaneRig.cancel(1))
        _ = rig.takeWakes()
        rig.lane.takesOrders = false
        #expect(rig.takeWakes() == 1)
        #expect(rig.drain().expired.map(\.orderID) == [2])
        rig.pass(Pace.window)
        _ = rig.drain()
        #expect(try rig.receivedNames() == ["order 1", "cancel 1"])
    }

    @Test("code 100: nothing leaves until then, cancels neither")
    func holdOff() throws {
        let rig = try LaneRig()
        rig.goLive()
        rig.lane.holdOff(until: rig.now + 500_000_000)
        #expect(rig.lane.cancel(LaneRig.cancel(1)) == .queued)
        #expect(rig.drain().nextDue == rig.now + 500_000_000)
        rig.pass(500_000_000)
        #expect(rig.drain() == LaneState())
        #expect(try rig.receivedNames() == ["cancel 1"])
    }

    @Test("a storm of cancels leaves at the pace, in order, ahead of everything")
    func storm() throws {
        let rig = try LaneRig()
        rig.goLive()
        for id in 1...200 { _ = rig.lane.cancel(LaneRig.cancel(Int32(id))) }
        rig.lane.send(LaneRig.rule(1), now: rig.now)
        var names: [String] = []
        var times: [UInt64] = []
        var limit = 1_000
        while names.count < 201, limit > 0 {
            limit -= 1
            let due = rig.drain().nextDue
            let news = try rig.receivedNames()
            names += news
            times += news.map { _ in rig.now }
            if let due, due > rig.now { rig.pass(due - rig.now) }
        }
        #expect(names == (1...200).map { "cancel \($0)" } + ["rule 1"])
        #expect(PaceTests.fullest(times) <= 45)
        #expect(times[200] - times[0] < 6_000_000_000)
    }
}
