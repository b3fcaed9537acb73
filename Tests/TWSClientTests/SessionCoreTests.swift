import TWSProtocol
import Testing

@testable import TWSClient

@Suite("session core: the way up")
struct SessionCoreTests {
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

    @Test("who lets us in is tried again within two seconds, however often and soon the session is lost")
    func unsteadyLine() {
        let session = CoreFixture()
        session.begin()
        for round in 0..<8 {
            if round.isMultiple(of: 2) { session.live() } else { session.started() }
            session.pass(0.3)
            session.lose()
            session.pass(round == 0 ? 0.9 : 1.9)
            #expect(session.state == .backoff)
            session.pass(0.1)
            #expect(session.state == .connecting)
        }
        // Who does not let us in is left alone for longer and longer, from there on.
        for wait in [5, 10, 30, 30] as [Double] {
            session.lose(.refused)
            session.pass(wait - 0.1)
            #expect(session.state == .backoff)
            session.pass(0.1)
            #expect(session.state == .connecting)
        }
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
        session.pass(1.9)
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
}
