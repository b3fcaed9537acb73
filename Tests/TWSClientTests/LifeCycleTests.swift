import Platform
import Testing
import TradingModel

@testable import TWSClient

@Suite("life of the gateway")
struct LifeCycleTests {
    private static let second: UInt64 = 1_000_000_000

    private func phase(
        _ state: SessionState, _ failure: SessionFailure? = nil, isLinkDown: Bool = false,
        upBefore: UInt64? = nil,
        inWindow: Bool = false
    ) -> GatewayPhase {
        let now = 10_000 * Self.second
        return GatewayPhase(
            GatewayPhase.Facts(
                state: state, isLinkDown: isLinkDown, lastFailure: failure,
                lastUp: upBefore.map { now - $0 * Self.second }, isInResetWindow: inWindow, now: now))
    }

    @Test("who is let in finds it reachable; who does not try knows nothing")
    func reachable() {
        for state in [SessionState.ready, .reconciling, .live] { #expect(phase(state) == .reachable) }
        for state in [SessionState.idle, .stopped] { #expect(phase(state, .refused) == .unknown) }
        #expect(phase(.connecting) == .unknown)
    }

    @Test("a lost link, in and out of a reset")
    func link() {
        #expect(phase(.lost, isLinkDown: true) == .linkDown)
        #expect(phase(.lost, isLinkDown: true, inWindow: true) == .resetting)
    }

    @Test("a closed port soon after a session is a restart, later nobody is there")
    func restart() {
        #expect(phase(.backoff, .refused, upBefore: 5) == .restarting)
        #expect(phase(.connecting, .closed, upBefore: 5) == .restarting)
        #expect(phase(.backoff, .reset, upBefore: 299) == .restarting)
        #expect(phase(.backoff, .refused, upBefore: 301) == .unreachable)
        #expect(phase(.backoff, .refused) == .unreachable)
        #expect(phase(.backoff, .timeout(.connecting)) == .unreachable)
        #expect(phase(.backoff, .address("no such host"), upBefore: 5) == .unreachable)
    }

    @Test("an open port that lets nobody in waits for a login")
    func login() {
        for failure in [SessionFailure.timeout(.handshake), .timeout(.starting), .greeting, .closed] {
            #expect(phase(.backoff, failure) == .loginPending)
        }
        #expect(phase(.backoff, .timeout(.handshake), upBefore: 5) == .loginPending)
    }

    @Test("who speaks and does not take us refuses")
    func refusing() {
        #expect(phase(.backoff, .clientIDInUse(7), upBefore: 5) == .refusing)
        #expect(phase(.backoff, .version(177, offered: 178...200)) == .refusing)
    }

    @Test("every way down is a reset while servers are reset")
    func resetting() {
        for failure in [SessionFailure.refused, .closed, .timeout(.handshake), .silent] {
            #expect(phase(.backoff, failure, upBefore: 5, inWindow: true) == .resetting)
        }
        #expect(phase(.live, .closed, inWindow: true) == .reachable)
    }

    // MARK: Windows

    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    private func isReset(_ region: GatewayRegion, _ text: String) throws -> Bool {
        let calendar = ResetCalendar(region)
        try #require(calendar.missing.isEmpty, "the system has a data base of time zones")
        return calendar.window(at: try time(text)) != nil
    }

    @Test("the daily reset of North America, in winter and in summer")
    func northAmerica() throws {
        // 2026-01-14 is a Wednesday, EST; 2026-07-15, too, EDT.
        #expect(try !isReset(.northAmerica, "2026-01-14T05:14:59Z"))
        #expect(try isReset(.northAmerica, "2026-01-14T05:15:00Z"))
        #expect(try isReset(.northAmerica, "2026-01-14T06:44:59Z"))
        #expect(try !isReset(.northAmerica, "2026-01-14T06:45:00Z"))
        #expect(try isReset(.northAmerica, "2026-07-15T04:15:00Z"))
        #expect(try !isReset(.northAmerica, "2026-07-15T05:45:00Z"))
    }

    @Test("the daily resets of Europe and of Asia and the Pacific")
    func others() throws {
        #expect(try isReset(.europe, "2026-01-14T05:27:00Z"))
        #expect(try !isReset(.europe, "2026-01-14T06:45:00Z"))
        #expect(try isReset(.asiaPacific, "2026-01-13T20:45:00Z"))
        #expect(try isReset(.asiaPacific, "2026-01-14T12:15:00Z"))
        #expect(try !isReset(.asiaPacific, "2026-01-14T13:15:00Z"))
    }

    @Test("the weekend's reset holds everywhere, over midnight; Saturday has no daily one")
    func weekend() throws {
        for region in GatewayRegion.allCases where region != .none {
            #expect(try isReset(region, "2026-01-17T04:00:00Z"))
            #expect(try isReset(region, "2026-01-17T05:30:00Z"))
            #expect(try isReset(region, "2026-01-17T07:59:59Z"))
            #expect(try !isReset(region, "2026-01-17T08:00:00Z"))
        }
        #expect(try !isReset(.asiaPacific, "2026-01-17T12:30:00Z"))
        #expect(try !isReset(.none, "2026-01-17T05:30:00Z"))
    }

    @Test("a zone that is not known is named, and its windows are not expected")
    func missing() throws {
        let calendar = ResetCalendar(.europe) { name throws(TimeZoneError) in throw .unreadable(name) }
        #expect(calendar.missing == ["Europe/Berlin", "America/New_York"])
        #expect(calendar.window(at: try time("2026-01-14T05:27:00Z")) == nil)
    }

    @Test("the moment of the week, also before 1970")
    func localTime() throws {
        #expect(LocalTime(.zero, .utc) == LocalTime(second: 0, weekday: 4))
        #expect(LocalTime(Timestamp(nanoseconds: -1), .utc) == LocalTime(second: 86_399, weekday: 3))
        #expect(LocalTime(try time("2026-11-22T00:00:01Z"), .utc) == LocalTime(second: 1, weekday: 0))
    }

    // MARK: Notes

    @Test("a storm of notes is held back and counted; changes of state always pass")
    func noteGate() {
        var gate = NoteGate()
        let passed = (0..<1_000).count { _ in gate.admits(.notice, 1) }
        #expect(passed == 20)
        #expect(gate.lost == 980)
        let isStateAdmitted = gate.admits(.state, 1)
        #expect(isStateAdmitted)
        let later = (1...50).count { gate.admits(.notice, 1 + UInt64($0) * 100_000_000) }
        #expect(later == 25)
    }
}
