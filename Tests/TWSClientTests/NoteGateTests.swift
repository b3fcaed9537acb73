import Testing

@testable import TWSClient

@Suite("notes")
struct NoteGateTests {
    @Test("a storm of notices costs no alarm and no change of state, each of which is bounded, too")
    func storm() {
        var gate = NoteGate()
        let now: UInt64 = 1_000_000_000_000
        let kinds: [ClientNote.Kind] = [.notice, .alarm, .state]
        for kind in kinds {
            let admitted = (0..<1_000).count { _ in gate.admits(kind, now) }
            #expect(admitted == Int(NoteGate.burst))
        }
        #expect(gate.lost == 3 * 980)
        let later = (0..<3).map { _ in gate.admits(.alarm, now + NoteGate.interval) }
        #expect(later == [true, false, false])
    }
}
