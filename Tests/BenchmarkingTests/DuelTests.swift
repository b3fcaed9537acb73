import Benchmarking
import Testing

@Suite("Duels")
struct DuelTests {
    @Test("ours and C take turns, once unmeasured and then every pass")
    func turns() throws {
        var calls = ""
        _ = try Duel.run(
            "x", passes: 2, operations: 1,
            ours: {
                calls += "o"
                return 1
            },
            reference: {
                calls += "c"
                return 1
            })
        #expect(calls == "ocococ")
    }

    @Test("a duel whose sides disagree fails and names itself and both results")
    func disagreement() {
        let fault = #expect(throws: BenchmarkFault.self) {
            _ = try Duel.run("ladder", passes: 1, operations: 1, ours: { 41 }, reference: { 42 })
        }
        #expect(fault?.description == "ladder: ours and C disagree: 41 and 42")
    }

    @Test("a result that is not the expected one fails")
    func wrongResult() {
        #expect(throws: BenchmarkFault.self) {
            _ = try Duel.alone("x", passes: 1, operations: 1, expected: 5, ours: { 6 })
        }
    }

    @Test("the ratio is the median over pairs: a pass in which both were slow does not move it")
    func pairs() {
        let times = DuelTimes(ours: [20, 200, 22], reference: [10, 100, 10])
        #expect(times.ours == 22)
        #expect(times.reference == 10)
        #expect(times.ratio == 2)
    }
}

@Suite("Reports of the allocation counter")
struct AllocationReportTests {
    @Test("reads the four numbers")
    func reads() throws {
        let report = try #require(AllocationReport("12 3400 11 15360\n"))
        #expect(
            report.calls == 12 && report.bytes == 3_400 && report.frees == 11
                && report.peakKibibytes == 15_360)
    }

    @Test("takes nothing else", arguments: ["", "1 2 3\n", "1 2 3 4 5\n", "1 2 x 4\n"])
    func refuses(text: String) {
        #expect(AllocationReport(text) == nil)
    }
}
