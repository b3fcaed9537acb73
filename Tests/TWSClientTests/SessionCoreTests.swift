import TWSProtocol
import Testing

@testable import TWSClient

@Suite("session core")
struct SessionCoreTests {
    // MARK: The way up

    @Test("the way up, step by step, with everything that is sent")
    func wayUp() {
        let session = CoreFixture()
        session.begin()
        #expect(session.heard() == ["→ connecting", "connect 4002"])
        session.connected()
        #expect(session.heard() == ["→ handshake", "greet 17"])
        session.greeted()
        #expect(session.heard() == ["→ starting", "attach 200", "ask start"])
        session.accounts()
        #expect(session.heard() == ["order"])
        session.nextOrderID(41)
        #expect(
            session.heard() == [
                "id 41", "order", "→ ready", "→ reconciling", "ask orders", "ask executions", "ask positions",
                "ask completed true",
            ])
        session.endBooks()
        #expect(
            session.heard() == [
                "order", "order", "order", "order", "reconciled", "→ live", "streams live",
            ])
        #expect(session.core.accounts == ["DU1", "DU2"])
        #expect(session.core.connectionTime == "20261122 14:30:00 EST")
    }

    @Test("next order id before the accounts, and orders before both")
    func anyOrder() {
        let session = CoreFixture()
        session.begin()
        session.connected()
        session.greeted()
        session.say(.openOrder(OpenOrder()))
        session.say(.orderStatusReport(OrderStatusReport()))
        session.nextOrderID()
        #expect(session.state == .starting)
        session.accounts()
        #expect(session.state == .reconciling)
    }

    @Test("answers come in any order", arguments: 0..<4)
    func endsInAnyOrder(first: Int) {
        let session = CoreFixture()
        session.started()
        let ends: [() -> Void] = [
            { session.say(.completedOrdersEnd(CompletedOrdersEnd())) }, { session.endExecutions() },
            { session.say(.positionEnd(PositionEnd())) }, { session.say(.openOrderEnd(OpenOrderEnd())) },
        ]
        for step in 0..<4 {
            #expect(session.state == .reconciling)
            ends[(first + step) % 4]()
        }
        #expect(session.state == .live)
    }

    @Test("the end of somebody else's executions counts for nothing")
    func foreignExecutions() {
        let session = CoreFixture()
        session.started()
        session.endExecutions(request: 5)
        session.say(.openOrderEnd(OpenOrderEnd()))
        session.say(.positionEnd(PositionEnd()))
        session.say(.completedOrdersEnd(CompletedOrdersEnd()))
        #expect(session.state == .reconciling)
        session.endExecutions()
        #expect(session.state == .live)
    }

    // MARK: What goes wrong on the way

    @Test("each step has its time, and its loss is told once")
    func timeouts() {
        let steps: [(SessionState, (CoreFixture) -> Void)] = [
            (.connecting, { $0.begin() }),
            (
                .handshake,
                {
                    $0.begin(); $0.connected()
                }
            ),
            (
                .starting,
                {
                    $0.begin(); $0.connected(); $0.greeted()
                }
            ),
            (.reconciling, { $0.started() }),
        ]
        for (state, climb) in steps {
            let session = CoreFixture { $0.heartbeatAfter = .max }
            climb(session)
            #expect(session.state == state)
            session.pass(9.9)
            #expect(session.state == state)
            session.pass(0.2)
            #expect(session.state == .backoff)
            #expect(session.core.lastFailure == .timeout(state))
            #expect(session.heard().filter { $0 == "close" }.count == 1)
        }
    }

    @Test("the wait grows from 1 to 30 seconds and stays, for ever")
    func backoff() {
        let session = CoreFixture()
        session.begin()
        for wait in [1, 2, 5, 10, 30, 30, 30] as [Double] {
            session.lose(.refused)
            session.pass(wait - 0.1)
            #expect(session.state == .backoff)
            session.pass(0.1)
            #expect(session.state == .connecting)
        }
        #expect(session.core.attempts == 8)
        #expect(session.core.failures == 7)
    }

    @Test("the wait begins anew after a session that was live for two seconds, not before")
    func backoffReset() {
        let session = CoreFixture()
        session.begin()
        for _ in 0..<3 {
            session.lose(.refused)
            session.pass(30)
        }
        session.live()
        session.pass(1.9)
        session.lose()
        session.pass(9.9)
        #expect(session.state == .backoff)
        session.pass(0.2)
        session.live()
        session.pass(1)
        session.hear()
        session.pass(9.5)
        #expect(session.state == .live)
        session.lose()
        session.pass(1)
        #expect(session.state == .connecting)
    }

    @Test("a version outside of what was offered is told in words", arguments: [177, 201, 0, 999] as [Int32])
    func version(version: Int32) {
        let session = CoreFixture()
        session.begin()
        session.connected()
        session.greeted(version)
        #expect(session.state == .backoff)
        let failure = session.core.lastFailure.map { "\($0)" }
        #expect(failure?.contains("version \(version), offered were 178 to 200") == true)
    }

    @Test("the operator's own range counts")
    func ownRange() {
        let session = CoreFixture {
            $0.highestVersion = ServerVersion(178)
        }
        session.begin()
        session.connected()
        session.greeted(190)
        #expect(session.core.lastFailure == .version(190, offered: 178...178))
    }

    @Test("an answer that is none")
    func greetingOfStrangers() {
        let session = CoreFixture()
        session.begin()
        session.connected()
        session.greeted(body: Array("HTTP/1.1 400\r\n".utf8))
        #expect(session.core.lastFailure == .greeting)
        #expect(session.state == .backoff)
    }

    @Test("a connection time that is not UTF-8, or not there")
    func connectionTime() {
        for time in [[0x32, 0xD6, 0xD0, 0xB9, 0xFA, 0], []] as [[UInt8]] {
            let session = CoreFixture()
            session.begin()
            session.connected()
            session.greeted(body: Array("200".utf8) + [0] + time)
            #expect(session.state == .starting)
        }
    }

    @Test("326 leads to another try with the same id")
    func clientInUse() {
        let session = CoreFixture()
        session.begin()
        session.connected()
        session.greeted()
        session.error(326)
        #expect(session.state == .backoff)
        session.pass(1)
        session.connected()
        session.greeted()
        let ids = session.asked.compactMap {
            if case .startAPI(let start) = $0 { start.clientID } else { nil }
        }
        #expect(ids == [7, 7])
    }

    @Test("1300 leads to the port it names, and back where nobody is there")
    func portChanged() {
        let session = CoreFixture()
        session.live()
        _ = session.heard()
        session.error(
            1_300, "Socket port has been reset and this connection is being dropped. The new port is 7497.")
        #expect(session.heard().filter { $0.hasPrefix("→") } == ["→ lost", "→ backoff"])
        session.pass(1)
        #expect(session.heard().contains("connect 7497"))
        session.lose(.refused)
        session.pass(2)
        #expect(session.heard().contains("connect 4002"))
        session.lose(.refused)
        session.pass(5)
        #expect(session.heard().contains("connect 7497"))
    }

    @Test(
        "the port at the end of a text",
        arguments: [
            ("to 4001", 4_001), ("port=65535.", 65_535), ("none", nil), ("", nil), ("70000", nil), ("0", nil),
            ("on 2026-11-22 to 7496 ", 7_496),
        ] as [(String, UInt16?)])
    func ports(text: String, port: UInt16?) { #expect(PortChoice.port(in: text) == port) }

    @Test("1300 without a port keeps the one that is known")
    func portUnknown() {
        let session = CoreFixture()
        session.live()
        session.error(1_300, "elsewhere")
        session.pass(1)
        #expect(session.heard().contains("connect 4002"))
    }

    // MARK: The link

    @Test("1100 keeps the socket, 1102 compares and keeps the streams, 1101 asks for them again")
    func link() {
        let session = CoreFixture()
        session.live()
        _ = session.heard()
        session.error(1_100)
        #expect(session.heard() == ["note notice 1100", "streams interrupted(code: 1100)", "→ lost"])
        session.error(1_102)
        #expect(
            session.heard() == [
                "note notice 1102", "streams resumed(code: 1102)", "→ reconciling", "ask orders",
                "ask executions", "ask positions", "ask completed true",
            ])
        session.endBooks()
        #expect(session.state == .live)
        #expect(!session.heard().contains("streams live"))
        session.error(1_100)
        _ = session.heard()
        session.error(1_101)
        #expect(session.heard().contains("streams dataLost"))
        session.endBooks()
        #expect(session.state == .live)
    }

    @Test("a link that is back without a word is found out by a farm, or an error that cannot be read")
    func silentRestoration() {
        for says in [{ $0.error(2_104) }, { $0.error(2_158) }, { $0.discard(4) }] as [(CoreFixture) -> Void] {
            let session = CoreFixture { $0.heartbeatAfter = .max }
            session.live()
            session.error(1_100)
            session.pass(7_200)
            #expect(session.state == .lost)
            says(session)
            session.pass(4.9)
            #expect(session.state == .lost)
            _ = session.heard()
            session.pass(0.2)
            #expect(session.state == .reconciling)
            #expect(session.heard().contains("streams dataLost"))
        }
    }

    @Test("2110 is like 1100; many of them are like one")
    func linkStorm() {
        let session = CoreFixture()
        session.live()
        _ = session.heard()
        for code in [2_110, 1_100, 1_100, 2_110] as [Int32] { session.error(code) }
        #expect(session.state == .lost)
        let heard = session.heard()
        #expect(heard.filter { $0.hasPrefix("→") } == ["→ lost"])
        #expect(heard.filter { $0.hasPrefix("streams") }.count == 1)
        #expect(session.core.linkLosses == 1)
    }

    @Test("a link that is lost while comparing: nothing is asked twice at a time, and all is asked again")
    func linkLostWhileReconciling() {
        let session = CoreFixture()
        session.started()
        _ = session.heard()
        session.say(.positionEnd(PositionEnd()))
        session.error(1_100)
        #expect(session.state == .lost)
        session.error(1_102)
        // Three of the four are still under way.
        #expect(session.heardRequests() == ["ask positions"])
        session.say(.openOrderEnd(OpenOrderEnd()))
        #expect(session.heardRequests() == ["ask orders"])
        session.endExecutions()
        #expect(session.heardRequests() == ["ask executions"])
        session.say(.completedOrdersEnd(CompletedOrdersEnd()))
        #expect(session.heardRequests() == ["ask completed true"])
        #expect(session.state == .reconciling)
        session.endBooks()
        #expect(session.state == .live)
        #expect(session.core.reconciliations == 1)
    }

    @Test("1102 after 1102 begins anew; the session is live after the last")
    func restoredStorm() {
        let session = CoreFixture()
        session.live()
        for _ in 0..<5 {
            session.error(1_102)
            #expect(session.state == .reconciling)
        }
        session.endBooks()
        session.endBooks()
        #expect(session.state == .live)
    }

    @Test("a session that starts without a link waits for it, and compares then")
    func startsWithoutLink() {
        let session = CoreFixture(contracts: [CoreFixture.gold])
        session.begin()
        session.connected()
        session.greeted()
        session.error(1_100)
        #expect(session.state == .starting)
        session.accounts()
        session.nextOrderID()
        #expect(session.state == .lost)
        #expect(session.heardRequests() == ["ask start"])
        session.error(1_102)
        #expect(
            session.heardRequests() == [
                "ask orders", "ask executions", "ask positions", "ask completed true", "ask contract",
            ])
        session.endBooks()
        #expect(session.state == .live)
    }

    @Test("the socket goes while the link is down")
    func socketLostInLost() {
        let session = CoreFixture()
        session.live()
        session.error(1_100)
        _ = session.heard()
        session.lose()
        #expect(session.heard() == ["close", "streams lost", "→ backoff"])
        session.pass(1)
        session.live()
        #expect(session.state == .live)
        #expect(!session.core.isLinkDown)
    }

    // MARK: Losses

    @Test("a live session goes through lost to backoff at once, and everything is asked anew")
    func socketLost() {
        let session = CoreFixture()
        session.live()
        _ = session.heard()
        session.lose()
        #expect(session.heard() == ["→ lost", "close", "streams lost", "→ backoff"])
        session.pass(1)
        session.live()
        #expect(session.heard().contains("streams live"))
        #expect(session.core.liveSessions == 2)
    }

    @Test("stop is final in every state, and nothing is heard after it")
    func stop() {
        let climbs: [(CoreFixture) -> Void] = [
            { _ in }, { $0.begin() },
            {
                $0.begin(); $0.connected()
            },
            {
                $0.begin(); $0.connected(); $0.greeted()
            }, { $0.started() }, { $0.live() },
            {
                $0.live(); $0.error(1_100)
            },
            {
                $0.begin(); $0.lose()
            },
        ]
        for climb in climbs {
            let session = CoreFixture()
            climb(session)
            session.core.stop(session.now)
            _ = session.core.takeEffects()
            session.begin()
            session.pass(100)
            session.error(1_102)
            session.lose()
            session.connected()
            #expect(session.state == .stopped)
            #expect(session.core.takeEffects().isEmpty)
        }
    }

    @Test("messages for a socket that is gone change nothing")
    func lateMessages() {
        let session = CoreFixture()
        session.live()
        session.lose()
        _ = session.heard()
        session.error(1_102)
        session.nextOrderID()
        session.endBooks()
        #expect(session.heard().isEmpty)
        #expect(session.state == .backoff)
    }

    // MARK: Heartbeat

    @Test("after silence the time is asked for, once, and without an answer the session is lost")
    func heartbeat() {
        let session = CoreFixture()
        session.live()
        _ = session.heard()
        session.pass(4.9)
        #expect(session.heard().isEmpty)
        session.pass(0.2)
        #expect(session.heardRequests() == ["ask time"])
        session.pass(1)
        #expect(session.heardRequests().isEmpty)
        session.say(.currentTime(CurrentTime()))
        session.pass(5)
        #expect(session.heardRequests() == ["ask time"])
        session.pass(5)
        #expect(session.core.lastFailure == .silent)
        #expect(session.state == .backoff)
    }

    @Test("the heart is felt while comparing and while the link is down, too")
    func heartbeatEverywhere() {
        for climb in [
            { $0.started() },
            {
                $0.live(); $0.error(1_100)
            },
        ] as [(CoreFixture) -> Void] {
            let session = CoreFixture { $0.stepTimeout = 60_000_000_000 }
            climb(session)
            _ = session.heard()
            session.pass(5)
            #expect(session.heardRequests() == ["ask time"])
            session.pass(5)
            #expect(session.core.lastFailure == .silent)
        }
    }

    // MARK: Doubt

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

    // MARK: Errors

    @Test("an error goes to whom its number belongs")
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
                "note notice 201", "order error 12 201", "note notice 354", "stream error 1073741825 354",
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
        #expect(session.heard() == ["note alarm 100", "quiet 1000 ms", "order error 12 100"])
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
            session.heard() == ["order", "order", "order", "note notice 202", "order error 9 202"])
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
