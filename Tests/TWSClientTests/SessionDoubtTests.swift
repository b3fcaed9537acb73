import TWSProtocol
import Testing

@testable import TWSClient

@Suite("session core: doubt and errors")
struct SessionDoubtTests {
    @Test(
        "a message about orders that cannot be read leads to another comparison",
        arguments: [3, 5, 11, 61] as [Int32])
    func doubt(message: Int32) {
        let session = CoreFixture()
        session.live()
        session.pass(4)
        session.hear()
        session.pass(2)
        _ = session.heard()
        session.discard(message)
        #expect(session.core.state == .reconciling)
        #expect(session.core.reason == "a message about orders could not be read")
    }

    @Test("who follows orders may ask for a comparison, which tells the first reason that was given")
    func askedFor() {
        let session = CoreFixture()
        session.live()
        session.core.doubt.raise("an order is in doubt")
        session.core.doubt.raise("positions differ")
        session.pass(4)
        session.hear()
        #expect(session.state == .live)
        session.pass(2)
        #expect(session.state == .reconciling && session.core.reason == "an order is in doubt")
        session.endBooks()
        session.pass(4)
        session.hear()
        session.pass(4)
        #expect(session.state == .live)
    }

    @Test("the time an answer takes is known, and not that of an answer which never came")
    func roundTrip() {
        var options = ClientOptions(host: "", port: 1, clientID: 1, orderIDFile: "", contracts: [])
        (options.heartbeatAfter, options.heartbeatTimeout) = (5, 10)
        var heartbeat = Heartbeat(options)
        heartbeat.begin(100)
        heartbeat.heard(101)
        #expect(heartbeat.check(106) == .ask && heartbeat.roundTrip == nil)
        heartbeat.heard(109)
        heartbeat.heard(110)
        #expect(heartbeat.roundTrip == 3)
        #expect(heartbeat.check(115) == .ask && heartbeat.check(125) == .dead)
        heartbeat.begin(500)
        heartbeat.heard(501)
        #expect(heartbeat.roundTrip == 3 && heartbeat.check(505) == .well)
    }

    @Test("a tick that cannot be read leads to nothing but a note")
    func tickDiscarded() {
        let session = CoreFixture()
        session.live()
        session.discard(1)
        #expect(session.core.state == .live)
    }

    @Test("answers that can never be read do not keep the session from being live")
    func doubtForEver() {
        let session = CoreFixture { $0.heartbeatAfter = .max }
        session.live()
        var comparisons = 0
        for _ in 0..<6_000 {
            session.pass(0.1)
            if session.state == .reconciling {
                comparisons += 1
                session.discard(5)
                session.endBooks()
            }
            if comparisons == 0 { session.discard(5) }
        }
        // Within ten minutes: after 5, 10, 20, 40, 80, 160 seconds and so on.
        #expect((5...8).contains(comparisons), "\(comparisons)")
        #expect(session.state == .live)
    }

    @Test("an error goes to whom its number belongs; what is about an order is noted by who follows orders")
    func routing() {
        let session = CoreFixture()
        session.live()
        _ = session.heard()
        session.error(201, id: 12)
        session.error(354, id: 0x4000_0001)
        session.error(9_999, id: 0x3000_0001)
        session.error(2_104, id: -1, "Market data farm connection is OK:usfarm")
        #expect(
            session.heard() == [
                "order error 12 201", "note notice 354", "stream error 1073741825 354",
                "note notice 9999", "note notice 2104", "streams resumed(code: 2104)",
            ])
        #expect(session.core.farms.lines.map(\.name) == ["usfarm"])
    }

    @Test("too many messages: silence for a second, and the order that was refused is told")
    func tooMany() {
        let session = CoreFixture()
        session.live()
        _ = session.heard()
        session.error(100, id: 12)
        #expect(session.heard() == ["quiet 1000 ms", "order error 12 100"])
        #expect(session.state == .live)
    }

    @Test("executions that are refused end the session at once, with the reason")
    func executionsRefused() {
        let session = CoreFixture()
        session.started()
        session.error(321, id: session.lastExecutionRequest, "not allowed")
        #expect(session.state == .backoff)
        #expect(session.core.lastFailure == .booksRefused(321, "not allowed"))
    }

    @Test("texts and lists of the gateway are kept short")
    func longTexts() {
        let session = CoreFixture()
        session.live()
        var accounts = ManagedAccounts()
        accounts.accounts = String(repeating: "DU1,", count: 10_000)
        session.say(.managedAccounts(accounts))
        #expect(session.core.accounts.count == SessionCore.mostAccounts)
        session.error(1_100, String(repeating: "x", count: 1_000_000))
        #expect(session.core.reason.count < 1_100)
    }

    @Test("a thousand reconciliations: never two requests of a kind under way")
    func neverTwo() {
        let session = CoreFixture()
        session.started()
        var underWay: [String: Int] = [:]
        let ends: [(String, () -> Void)] = [
            ("ask orders", { session.say(.openOrderEnd(OpenOrderEnd())) }),
            ("ask executions", { session.endExecutions() }),
            ("ask positions", { session.say(.positionEnd(PositionEnd())) }),
            ("ask completed true", { session.say(.completedOrdersEnd(CompletedOrdersEnd())) }),
        ]
        for round in 0..<1_000 {
            for request in session.heardRequests() where request != "ask start" {
                underWay[request, default: 0] += 1
                #expect(underWay[request] == 1, "\(request)")
            }
            let (request, end) = ends[round % 4]
            if round % 3 == 0 { session.error([1_100, 1_102, 1_101][round % 9 / 3]) }
            if underWay[request] == 1 {
                underWay[request] = 0
                end()
            }
        }
    }

    @Test("a market data farm that rests is as good as one that is well; one of history is of no concern")
    func dormantFarm() {
        let session = CoreFixture()
        session.live()
        session.error(2_103, "Market data farm connection is broken:usfarm")
        _ = session.heard()
        session.error(2_108, "Market data farm connection is inactive:usfarm")
        #expect(session.heard().contains("streams resumed(code: 2108)"))
        for code in [2_105, 2_106, 2_107] as [Int32] { session.error(code, "historical:ushmds") }
        #expect(!session.heard().contains { $0.hasPrefix("streams") })
    }

    @Test("farms are told apart by kind and name, and there are not too many")
    func farms() {
        let session = CoreFixture()
        session.live()
        session.error(2_103, "Market data farm connection is broken:usfarm")
        session.error(2_104, "Market data farm connection is OK:eufarm")
        session.error(2_104, "Market data farm connection is OK: usfarm")
        #expect(session.core.farms.lines.map(\.state) == [.well, .well])
        for number in 0..<1_000 { session.error(2_104, ":farm\(number)") }
        #expect(session.core.farms.lines.count == FarmBoard.most)
    }

    @Test("live messages while comparing reach the listener at once")
    func interleaved() {
        let session = CoreFixture()
        session.started()
        _ = session.heard()
        session.say(.executionReport(ExecutionReport()))
        session.say(.openOrderEnd(OpenOrderEnd()))
        session.say(.orderStatusReport(OrderStatusReport()))
        session.error(202, id: 9)
        #expect(
            session.heard() == ["order", "order", "order", "order error 9 202"])
        #expect(session.state == .reconciling)
    }

    @Test("request numbers stay between those of orders and those of streams, also after a billion")
    func requestNumbers() {
        let session = CoreFixture()
        session.live()
        #expect(SessionCore.requestIDs.contains(session.lastExecutionRequest))
        #expect(SessionCore.requestIDs.upperBound < StreamTable.firstRequestID)
    }
}
