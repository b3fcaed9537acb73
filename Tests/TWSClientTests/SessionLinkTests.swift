import TWSProtocol
import Testing

@testable import TWSClient

@Suite("session core: link, losses, heartbeat")
struct SessionLinkTests {
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
}
