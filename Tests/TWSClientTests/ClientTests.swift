import Dispatch
import Glibc
import Platform
import TWSGateway
import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import TWSClient

@Suite("client and gateway", .timeLimit(.minutes(3)), .serialized)
struct ClientTests {
    private static let quick: @Sendable (inout ClientOptions) -> Void = {
        $0.heartbeatAfter = 300_000_000
        $0.heartbeatTimeout = 300_000_000
        $0.stepTimeout = 700_000_000
    }

    // MARK: Up and down

    @Test("comes up, resolves its contracts, is stopped", arguments: [178, 190, 200] as [Int32])
    func upAndDown(version: Int32) throws {
        let fixture = try ClientFixture(contracts: [ClientFixture.gold]) {
            $0.highestVersion = ServerVersion(version)
        }
        try fixture.live()
        #expect(fixture.states == ClientFixture.climb)
        let contract = fixture.listener.heard.withLock { $0.contracts[SymbolID(rawValue: 1)] }
        #expect(contract?.contract.contractID == 69_067_924)
        #expect(contract?.priceSteps.isEmpty == false)
        try fixture.listener.wait("time passes") { $0.ticksOfTime >= 4 }
        let status = fixture.client.status
        #expect(status.state == .live)
        #expect(status.phase == .reachable)
        #expect(status.serverVersion == version)
        #expect(status.accounts == ["DU1234567"])
        #expect(status.resolvedContracts == 1)
        #expect(status.counters.reconciliations == 1)
        #expect(status.farms.contains { $0.kind == .marketData && $0.state == .well })
        #expect(fixture.sockets == 1)
        fixture.client.stop()
        #expect(fixture.client.status.state == .stopped)
        #expect(fixture.sockets == 0)
        let count = fixture.listener.heard.withLock(\.ticksOfTime)
        fixture.client.stop()
        #expect(fixture.listener.heard.withLock(\.ticksOfTime) == count)
        #expect(fixture.wrongs() == [])
    }

    @Test("a host by its name")
    func hostName() throws {
        let fixture = try ClientFixture(host: "LocalHost")
        try fixture.live()
        #expect(fixture.states == ClientFixture.climb)
    }

    @Test("a host whose name nobody knows is tried for ever")
    func unknownHost() throws {
        let fixture = try ClientFixture(host: "no-such-host.invalid")
        fixture.begin()
        try fixture.listener.wait("attempts") { $0.states.count { $0 == .backoff } >= 2 }
        #expect(fixture.client.status.lastFailure.contains("no-such-host.invalid"))
        #expect(fixture.client.status.phase == .unreachable)
    }

    @Test("a client that was never started, and one that is stopped while it connects")
    func stopEarly() throws {
        let never = try ClientFixture()
        never.client.stop()
        #expect(never.client.status.state == .stopped)
        let early = try ClientFixture()
        early.begin()
        early.client.stop()
        #expect(early.client.status.state == .stopped)
        #expect(early.sockets == 0)
    }

    @Test("stopped by a listener, on the queue, and through another queue that it entered")
    func stopFromWithin() throws {
        for isNested in [false, true] {
            let fixture = try ClientFixture()
            let other = DispatchQueue(label: "test.bus")
            let client = fixture.client
            fixture.listener.whenChanged.withLock {
                $0 = { change in
                    guard change.to == .live else { return }
                    if isNested { other.sync { client.stop() } } else { client.stop() }
                }
            }
            fixture.begin()
            try fixture.listener.wait("stopped") { $0.states.last == .stopped }
            #expect(fixture.states == ClientFixture.climb + [.stopped])
            fixture.listener.whenChanged.withLock { $0 = nil }
            #expect(fixture.wrongs() == [])
        }
    }

    @Test("a read that is cut short by the end of the session is ended before that is told")
    func readIsEnded() throws {
        let fixture = try ClientFixture(rate: 500)
        try fixture.live()
        let client = fixture.client
        fixture.listener.whenTicks.withLock { $0 = { _ in client.stop() } }
        _ = fixture.open(.tickByTickQuotes)
        try fixture.listener.wait("stopped") { $0.states.last == .stopped }
        client.stop()
        fixture.listener.whenTicks.withLock { $0 = nil }
        #expect(fixture.listener.heard.withLock { $0.batches > 0 && !$0.isReadOpen })
        #expect(fixture.wrongs() == [])
    }

    @Test("an order that is placed from within a tick leaves, and its status comes back")
    func orderFromWithin() throws {
        let fixture = try ClientFixture(rate: 500)
        try fixture.live()
        let lane = fixture.client.orders
        let outcome = Locked<SendOutcome?>(nil)
        let bus = DispatchQueue(label: "test.bus")
        fixture.listener.whenTicks.withLock {
            $0 = { _ in
                bus.sync {
                    outcome.withLock { outcome in
                        guard outcome == nil, let id = lane.takeOrderID() else { return }
                        outcome = lane.place(Self.order(id))
                    }
                }
            }
        }
        _ = fixture.open(.tickByTickQuotes)
        try fixture.listener.wait("order status") { heard in
            heard.orderMessages.contains { if case .orderStatusReport = $0 { true } else { false } }
        }
        #expect([.sent, .queued].contains(outcome.withLock(\.self)))
        fixture.listener.whenTicks.withLock { $0 = nil }
    }

    private static func order(_ id: Int32) -> PlaceOrder {
        var place = PlaceOrder()
        place.orderID = id
        place.contract = ClientFixture.gold
        place.order.action = "BUY"
        place.order.totalQuantity = Quantity(rawValue: 1_000_000_000)
        place.order.orderType = "LMT"
        place.order.limitPrice = Price(rawValue: 1_000_000_000)
        place.order.timeInForce = "DAY"
        return place
    }

    private static func threads() -> Int { TemporaryDirectory.names(at: "/proc/self/task").count }

    // MARK: Faults

    @Test("closed and reset by the gateway: back up, streams asked for again", arguments: ["drop", "reset"])
    func dropped(fault: String) throws {
        let fixture = try ClientFixture(rate: 200)
        try fixture.live()
        let stream = fixture.open(.tickByTickQuotes)
        try fixture.listener.wait("ticks") { $0.ticks[stream.rawValue, default: 0] > 3 }
        try fixture.gateway.perform(fault)
        try fixture.waitForLive(times: 2)
        let before = fixture.listener.heard.withLock { $0.ticks[stream.rawValue, default: 0] }
        try fixture.listener.wait("ticks again") { $0.ticks[stream.rawValue, default: 0] > before + 3 }
        #expect(fixture.states == ClientFixture.climb + [.lost, .backoff] + ClientFixture.climb)
        #expect(
            fixture.listener.heard.withLock { $0.notices[stream.rawValue] } == [
                .requested, .lost, .requested,
            ])
        #expect(fixture.sockets == 1)
        #expect(fixture.wrongs() == [])
    }

    @Test(
        "cut at any place of the first kilobytes: back up each time",
        arguments: [1, 13, 30, 31, 77, 200, 500, 900])
    func cut(bytes: Int) throws {
        let fixture = try ClientFixture(contracts: [ClientFixture.gold], rate: 200)
        try fixture.gateway.perform("after \(bytes) bytes drop")
        fixture.begin()
        let stream = fixture.open(.tickByTickQuotes)
        try fixture.listener.wait("a loss and ticks") { heard in
            heard.states.contains(.backoff) && heard.ticks[stream.rawValue, default: 0] > 3
        }
        #expect(fixture.sockets == 1)
        #expect(fixture.wrongs() == [])
    }

    @Test("byte by byte everything comes, and once")
    func trickle() throws {
        let fixture = try ClientFixture(contracts: [ClientFixture.gold])
        try fixture.gateway.perform("after reqOpenOrders trickle 1s")
        try fixture.live()
        #expect(fixture.states == ClientFixture.climb)
        let ends = fixture.listener.heard.withLock { heard in
            heard.orderMessages.count { if case .openOrderEnd = $0 { true } else { false } }
        }
        #expect(ends == 1)
    }

    @Test("an open but silent socket is found and left")
    func silence() throws {
        let fixture = try ClientFixture(Self.quick)
        try fixture.live()
        // Its old session holds the client id until the gateway notices that we have left.
        try fixture.gateway.perform("silence 2s")
        try fixture.waitForLive(times: 2)
        #expect(fixture.listener.heard.withLock { $0.reasons.contains("\(SessionFailure.silent)") })
        #expect(fixture.sockets <= 1)
    }

    @Test("a stream that cannot be read on is left", arguments: ["oversize", "garbage", "unterminated"])
    func malformed(fault: String) throws {
        let fixture = try ClientFixture()
        try fixture.live()
        try fixture.gateway.perform(fault)
        try fixture.waitForLive(times: 2)
        #expect(fixture.states == ClientFixture.climb + [.lost, .backoff] + ClientFixture.climb)
        #expect(fixture.listener.heard.withLock { $0.reasons.contains { $0.contains("stream of messages") } })
    }

    @Test("messages to be passed over are counted", arguments: ["unknown", "empty", "truncated"])
    func passedOver(fault: String) throws {
        let fixture = try ClientFixture()
        try fixture.live()
        try fixture.gateway.perform(fault)
        try fixture.listener.wait("counted") { _ in
            let counters = fixture.client.status.counters
            return counters.unknown + counters.discarded == 1
        }
        #expect(fixture.states == ClientFixture.climb)
    }

    @Test("the client id in use: the same id again, until it is free")
    func busy() throws {
        let fixture = try ClientFixture()
        try fixture.gateway.perform("busy 2")
        try fixture.live()
        let states = fixture.listener.heard.withLock(\.states)
        let refused: [SessionState] = [.connecting, .handshake, .starting, .backoff]
        #expect(states == refused + refused + ClientFixture.climb)
    }

    @Test("a restart: the port is closed for a while, then everything comes back")
    func restart() throws {
        let fixture = try ClientFixture()
        try fixture.live()
        try fixture.gateway.perform("restart 500ms")
        try fixture.listener.wait("down") { $0.states.contains(.backoff) }
        try fixture.listener.wait("phase") { _ in
            [.restarting, .reachable].contains(fixture.client.status.phase)
        }
        try fixture.waitForLive(times: 2)
        #expect(fixture.states == ClientFixture.climb + [.lost, .backoff] + ClientFixture.climb)
        #expect(fixture.sockets == 1)
    }

    @Test("connections are accepted and hear nothing: each try has an end")
    func mute() throws {
        let fixture = try ClientFixture(Self.quick)
        try fixture.gateway.perform("accept-mute 2s")
        fixture.begin()
        try fixture.listener.wait("login pending") { _ in fixture.client.status.phase == .loginPending }
        try fixture.waitForLive()
        #expect(fixture.sockets <= 1)
        let states = fixture.listener.heard.withLock(\.states)
        #expect(Array(states.prefix(4)) == [.connecting, .handshake, .backoff, .connecting])
    }

    @Test("nobody listens for a while")
    func closedPort() throws {
        let fixture = try ClientFixture()
        try fixture.gateway.perform("close-port 500ms")
        fixture.begin()
        try fixture.listener.wait("unreachable") { _ in
            [.unreachable, .reachable].contains(fixture.client.status.phase)
        }
        try fixture.waitForLive()
        #expect(fixture.states == [.connecting, .backoff] + ClientFixture.climb)
    }

    @Test("the link is lost and comes back with its data, or without them", arguments: [1_102, 1_101])
    func link(code: Int) throws {
        let fixture = try ClientFixture(rate: 200)
        try fixture.live()
        let stream = fixture.open(.tickByTickQuotes)
        try fixture.listener.wait("ticks") { $0.ticks[stream.rawValue, default: 0] > 3 }
        try fixture.gateway.perform("error 1100")
        try fixture.listener.wait("lost") { $0.states.last == .lost }
        #expect(fixture.sockets == 1)
        try fixture.gateway.perform("error \(code)")
        try fixture.waitForLive(times: 2)
        let before = fixture.listener.heard.withLock { $0.ticks[stream.rawValue, default: 0] }
        try fixture.listener.wait("ticks again") { $0.ticks[stream.rawValue, default: 0] > before + 3 }
        #expect(fixture.states == ClientFixture.climb + [.lost, .reconciling, .live])
        #expect(fixture.listener.heard.withLock(\.reconciled) == 2)
        #expect(fixture.wrongs() == [])
    }

    @Test("a storm of link messages ends live")
    func linkStorm() throws {
        let fixture = try ClientFixture()
        try fixture.live()
        for _ in 0..<20 {
            try fixture.gateway.perform("error 1100")
            try fixture.gateway.perform("error 1101")
            try fixture.gateway.perform("error 1102")
        }
        try fixture.gateway.perform("error 1100")
        try fixture.listener.wait("lost") { $0.states.last == .lost }
        try fixture.gateway.perform("error 1102")
        try fixture.listener.wait("live") { $0.states.last == .live }
        #expect(fixture.wrongs() == [])
    }

    @Test("1300: everybody is let go, and the port in the text is tried")
    func portChanged() throws {
        let fixture = try ClientFixture()
        try fixture.live()
        try fixture.gateway.perform("error 1300")
        try fixture.waitForLive(times: 2)
        #expect(fixture.states == ClientFixture.climb + [.lost, .backoff] + ClientFixture.climb)
    }

    @Test("too many messages: quiet for a second, then on, and orders are taken again")
    func tooManyMessages() throws {
        let fixture = try ClientFixture(rate: 200)
        try fixture.live()
        try fixture.gateway.perform("pacing 1")
        let stream = fixture.open(.tickByTickQuotes)
        try fixture.listener.wait("ticks") { $0.ticks[stream.rawValue, default: 0] > 3 }
        #expect(fixture.states == ClientFixture.climb)
        guard let id = fixture.client.orders.takeOrderID() else { throw TestTrouble.noOrderID }
        #expect([.sent, .queued].contains(fixture.client.orders.place(Self.order(id))))
        try fixture.listener.wait("order status") { heard in
            heard.orderMessages.contains { if case .orderStatusReport = $0 { true } else { false } }
        }
    }

    private enum TestTrouble: Error {
        case noOrderID
    }

    @Test("messages that were held back come all at once, each once")
    func held() throws {
        let fixture = try ClientFixture(rate: 500)
        try fixture.live()
        let stream = fixture.open(.tickByTickQuotes)
        try fixture.listener.wait("ticks") { $0.ticks[stream.rawValue, default: 0] > 3 }
        try fixture.gateway.perform("hold 40")
        let before = fixture.listener.heard.withLock { $0.ticks[stream.rawValue, default: 0] }
        try fixture.listener.wait("ticks again") { $0.ticks[stream.rawValue, default: 0] > before + 60 }
        #expect(fixture.states == ClientFixture.climb)
    }

    @Test("what the log is told: every change of state, and no storm")
    func notes() throws {
        let notes = Locked<[ClientNote]>([])
        let fixture = try ClientFixture(onNote: { note in notes.withLock { $0.append(note) } })
        try fixture.live()
        for _ in 0..<200 { try fixture.gateway.perform("error 2104") }
        try fixture.listener.wait("counted") { _ in fixture.client.status.counters.errors >= 200 }
        fixture.client.stop()
        let kinds = notes.withLock { $0.map(\.kind) }
        #expect(kinds.count { $0 == .state } == ClientFixture.climb.count + 1)
        #expect(kinds.count { $0 == .notice } < 60)
        #expect(fixture.client.status.counters.lostNotes > 100)
    }

    @Test("a firehose: every message once, in batches, with time passing meanwhile")
    func firehose() throws {
        let fixture = try ClientFixture(rate: 1)
        try fixture.live()
        try fixture.gateway.perform("pause")
        try fixture.gateway.perform("after reqTickByTickData firehose bidask 200000")
        let stream = fixture.open(.tickByTickQuotes)
        try fixture.listener.wait("all of it") { $0.ticks[stream.rawValue, default: 0] >= 200_000 }
        let heard = fixture.listener.heard.withLock(\.self)
        #expect(heard.ticks[stream.rawValue, default: 0] <= 200_010)
        #expect(heard.batches < 20_000)
        #expect(heard.readsEnded <= heard.batches + 1_000)
        #expect(fixture.client.status.counters.late == 0)
    }

    @Test("a fault a moment, thirty times: nothing is left open")
    func churn() throws {
        let fixture = try ClientFixture(rate: 200)
        try fixture.live()
        let threads = Self.threads()
        for round in 1...30 {
            try fixture.gateway.perform(["drop", "reset", "garbage"][round % 3])
            try fixture.waitForLive(times: round + 1)
        }
        #expect(fixture.sockets == 1)
        // One left behind by each round would be thirty.
        #expect(Self.threads() <= threads + 20)
        #expect(fixture.client.status.counters.liveSessions == 31)
        #expect(fixture.wrongs() == [])
    }
}
