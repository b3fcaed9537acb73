import Glibc
import RiskProperties
import TestSupport
import Testing
import TradingModel

/// Random sequences against what must hold whatever happens. `TRADINGD_RISK_SEQUENCES` says how many,
/// `TRADINGD_RISK_SEED` from which seed, `TRADINGD_RISK_SEQUENCE` that only that one is wanted.
@Suite("What holds after any sequence of events")
struct RiskPropertyTests {
    private static func number(_ variable: String) -> Int? {
        getenv(variable).flatMap { Int(String(cString: $0)) }
    }

    @Test(
        "no fill of what is approved passes a limit, a reduce state only reduces, and a log gives its verdicts again"
    )
    func sequences() async {
        let sequences = RiskSequences(seed: TestSeed.value("TRADINGD_RISK_SEED"))
        if let number = Self.number("TRADINGD_RISK_SEQUENCE") {
            var counts = RiskCounts()
            let failure = sequences.run(number..<(number + 1), &counts)
            #expect(failure == nil, "\(failure.map { "\($0)" } ?? "")")
            return
        }
        let count = Self.number("TRADINGD_RISK_SEQUENCES") ?? 6_000
        let (counts, failures) = await sequences.run(count, workers: 2)
        for failure in failures { Issue.record("\(failure)") }
        guard failures.isEmpty else { return }
        print(counts)
        #expect(counts.sequences == count)
        // What is never reached is not proved.
        guard count >= 5_000 else { return }
        #expect(counts.approved > count && counts.changes > count / 10 && counts.reducing > count / 20)
        for reason in [RiskReason.killSwitch, .sizeLimit, .positionLimit, .exposureLimit, .openOrdersLimit] {
            #expect(counts.refused[reason, default: 0] > count / 100, "\(reason)")
        }
    }

    @Test("the same after thousands of events")
    func longSequence() {
        var counts = RiskCounts()
        let failure = RiskSequences(seed: TestSeed.value("TRADINGD_RISK_SEED")).run(
            0..<2, length: 2_000, &counts)
        #expect(failure == nil, "\(failure.map { "\($0)" } ?? "")")
    }
}
