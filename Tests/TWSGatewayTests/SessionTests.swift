import TWSProtocol
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Session")
struct SessionTests {
    private func start(_ client: Int32) -> ClientMessage {
        var start = StartAPI()
        start.clientID = client
        return .startAPI(start)
    }

    @Test(
        "the highest version of both is agreed",
        arguments: [(178, 200, 200), (157, 178, 178), (185, 300, 200), (190, 190, 190)])
    func versions(lowest: Int, highest: Int, agreed: Int32) throws {
        let gateway = try CoreFixture()
        let session = gateway.connect(Int32(lowest), Int32(highest))
        #expect(gateway.version(of: session) == ServerVersion(agreed))
    }

    @Test("without a common version the connection is closed", arguments: [(100, 176), (201, 226)])
    func noCommonVersion(lowest: Int, highest: Int) throws {
        let gateway = try CoreFixture()
        let session = gateway.connect(Int32(lowest), Int32(highest))
        #expect(gateway.version(of: session) == nil)
        #expect(gateway.effects[session] == [.drop])
        let notes = gateway.core.takeNotes()
        #expect(notes.contains { $0.text.contains("speaks") })
    }

    @Test("a gateway set to one version speaks no other")
    func oneVersion() throws {
        let gateway = try CoreFixture { $0.versions = ServerVersion(190)...ServerVersion(190) }
        #expect(gateway.version(of: gateway.connect(178, 200)) == ServerVersion(190))
        #expect(gateway.version(of: gateway.connect(178, 189)) == nil)
    }

    @Test("the start is answered with accounts, next id and farm notices", arguments: ServerVersion.spoken)
    func started(version: ServerVersion) throws {
        let gateway = try CoreFixture()
        let session = gateway.connect(178, version.rawValue)
        gateway.say(start(7), session)
        let heard = try gateway.heard(session)
        let accounts = heard.compactMap { if case .managedAccounts(let told) = $0 { told.list } else { nil } }
        let ids = heard.compactMap { if case .nextValidID(let told) = $0 { told.orderID } else { nil } }
        let notices = heard.compactMap { if case .errorMessage(let told) = $0 { told.code } else { nil } }
        #expect(accounts == [["DU1234567"]])
        #expect(ids.count == 1 && ids[0] > 0)
        #expect(notices == [2104, 2106, 2158])
        #expect(gateway.core.outbox.clientID(of: session) == 7)
    }

    @Test("requests before the start are ignored, and counted")
    func early() throws {
        let gateway = try CoreFixture()
        let session = gateway.connect()
        gateway.say(.requestCurrentTime(RequestCurrentTime()), session)
        #expect(try gateway.heard(session).isEmpty)
        #expect(gateway.core.counters.early == 1)
    }

    @Test("a client id in use is refused with 326, and free again when its session has ended")
    func clientInUse() throws {
        let gateway = try CoreFixture()
        let first = try gateway.ready(client: 5)
        let second = gateway.connect()
        gateway.say(start(5), second)
        #expect(try gateway.errors(second) == ["-1:326"])
        #expect(gateway.effects[second] == [.finish])
        gateway.core.closed(first, at: gateway.time)
        let third = gateway.connect()
        gateway.say(start(5), third)
        #expect(try gateway.errors(third) == ["-1:2104", "-1:2106", "-1:2158"])
    }

    @Test("who does not start in time is let go")
    func late() throws {
        let gateway = try CoreFixture()
        let session = gateway.connect()
        gateway.pass(milliseconds: 9_999)
        #expect(gateway.effects[session, default: []].isEmpty)
        gateway.pass(milliseconds: 1)
        #expect(gateway.effects[session] == [.drop])
        #expect(gateway.core.counters.late == 1)
    }

    @Test("there are 32 sessions at most")
    func tooMany() throws {
        let gateway = try CoreFixture()
        for client in 0..<32 { _ = try gateway.ready(client: Int32(client)) }
        let isAdmitted = gateway.core.opened(SessionID(99), at: gateway.time)
        #expect(!isAdmitted)
        #expect(gateway.core.counters.refused == 1)
    }

    @Test("a request that cannot be read is refused with 320 by its number, and the session goes on")
    func discarded() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        let fault = MessageFault(message: 1, field: 3, fault: .malformed)
        _ = gateway.core.handle(.discarded(fault, request: 42), from: session, at: gateway.time)
        #expect(try gateway.errors(session) == ["42:320"])
        gateway.say(.requestCurrentTime(RequestCurrentTime()), session)
        var time = CurrentTime()
        time.seconds = CoreFixture.start.nanoseconds / 1_000_000_000
        #expect(try gateway.heard(session) == [.currentTime(time)])
    }

    @Test("unknown numbers and empty frames are counted, a broken stream is closed")
    func nonsense() throws {
        let gateway = try CoreFixture()
        let session = try gateway.ready()
        _ = gateway.core.handle(.unknown(66), from: session, at: gateway.time)
        _ = gateway.core.handle(.empty, from: session, at: gateway.time)
        #expect(try gateway.heard(session).isEmpty)
        #expect(gateway.core.counters.unknown == 1 && gateway.core.counters.empty == 1)
        _ = gateway.core.handle(.broken("no end"), from: session, at: gateway.time)
        gateway.collect()
        #expect(gateway.effects[session] == [.drop])
    }

    @Test("more requests a second than allowed get 100, and the third offence ends the session")
    func pacing() throws {
        let gateway = try CoreFixture { $0.limits.requestsPerSecond = 2 }
        let session = try gateway.ready()
        for _ in 0..<4 { gateway.say(.requestCurrentTime(RequestCurrentTime()), session) }
        #expect(try gateway.errors(session) == ["-1:100", "-1:100"])
        #expect(gateway.effects[session, default: []].isEmpty)
        gateway.pass(milliseconds: 1_000)
        for _ in 0..<3 { gateway.say(.requestCurrentTime(RequestCurrentTime()), session) }
        #expect(try gateway.errors(session) == ["-1:100"])
        #expect(gateway.effects[session] == [.finish])
    }
}
