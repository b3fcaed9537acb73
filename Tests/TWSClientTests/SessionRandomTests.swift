import TWSProtocol
import TestSupport
import Testing

@testable import TWSClient

/// Whatever a gateway says, in whatever order and at whatever time: the rules of the session hold.
@Suite("session, at random")
struct SessionRandomTests {
    private static let codes: [Int32] = [
        100, 200, 201, 317, 320, 321, 326, 1_100, 1_100, 1_101, 1_102, 1_102, 1_300, 2_103, 2_104, 2_110,
        2_157, 2_158, 10_197, 99_999,
    ]

    @Test("random messages, losses and times")
    func random() throws {
        var random = TestRandom(seed: TestSeed.value("TRADINGD_SESSION_SEED"))
        for _ in 0..<200 {
            let session = CoreFixture(contracts: [CoreFixture.gold])
            var check = SessionCheck()
            session.begin()
            check.look(session)
            for _ in 0..<300 {
                step(session, &random)
                check.look(session)
            }
            climb(session, &check)
            #expect(session.state == .live)
            #expect(check.wrongs.isEmpty, "\(check.wrongs)")
        }
    }

    private func step(_ session: CoreFixture, _ random: inout TestRandom) {
        switch random.below(16) {
        case 0: session.connected()
        case 1: session.greeted(Int32(170 + random.below(40)))
        case 2, 3: session.greeted()
        case 4: session.accounts()
        case 5: session.nextOrderID(Int32(random.below(1_000)))
        case 6: session.say(.openOrderEnd(OpenOrderEnd()))
        case 7: session.endExecutions()
        case 8: session.say(.positionEnd(PositionEnd()))
        case 9: session.say(.completedOrdersEnd(CompletedOrdersEnd()))
        case 10: answerContract(session)
        case 11:
            let code = Self.codes[Int(random.below(UInt64(Self.codes.count)))]
            let ids: [Int32] = [-1, 0, 5, session.lastExecutionRequest, 0x4000_0001, .max, .min]
            session.error(code, id: ids[Int(random.below(7))], "to \(random.below(70_000))")
        case 12:
            session.discard(Int32(random.below(110)))
        case 13 where random.below(8) == 0: session.lose()
        default: session.pass(Double(random.below(40)) / 10)
        }
    }

    private func answerContract(_ session: CoreFixture) {
        guard let request = session.contractRequests.last else { return }
        var data = ContractData()
        data.requestID = request
        data.contract = CoreFixture.gold
        session.say(.contractData(data))
        var end = ContractDataEnd()
        end.requestID = request
        session.say(.contractDataEnd(end))
    }

    /// A gateway that behaves leads to a live session in the end, wherever the chaos has led.
    private func climb(_ session: CoreFixture, _ check: inout SessionCheck) {
        for _ in 0..<40 where session.state != .live {
            session.pass(30)
            check.look(session)
            session.started()
            check.look(session)
            session.error(1_102)
            answerContract(session)
            session.endBooks()
            check.look(session)
            session.endBooks()
            check.look(session)
        }
    }
}

/// The rules of what a session may want, in their order.
private struct SessionCheck {
    var wrongs: [String] = []
    private var state = SessionState.idle
    private var isAttached = false
    private var hasStreams = false

    mutating func look(_ session: CoreFixture) {
        for effect in session.heard() { take(effect) }
        if state != session.state { wrongs.append("\(session.state) was not told") }
    }

    private mutating func take(_ effect: String) {
        if effect.hasPrefix("→ ") {
            guard let next = SessionState(rawValue: String(effect.dropFirst(2))) else { return }
            let isLegal = SessionInput.allCases.contains { state.after($0) == next }
            if !isLegal || next == state { wrongs.append("\(state) \(effect)") }
            state = next
        } else if effect.hasPrefix("attach") {
            isAttached = true
        } else if effect == "close" {
            isAttached = false
            hasStreams = false
        } else if effect.hasPrefix("ask ") {
            if !isAttached { wrongs.append("\(effect) without a socket") }
        } else if effect == "reconciled" {
            if state != .reconciling { wrongs.append("reconciled in \(state)") }
        } else if effect == "streams live" {
            if state != .live || hasStreams { wrongs.append("streams in \(state), twice: \(hasStreams)") }
            hasStreams = true
        }
    }
}
