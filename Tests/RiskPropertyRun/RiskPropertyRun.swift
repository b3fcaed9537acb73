import Glibc
import RiskProperties

/// Runs many random sequences against the properties of risk, on every processor; for the release test.
///
/// `TRADINGD_RISK_SEQUENCES` says how many, `TRADINGD_RISK_SEED` from which seed.
@main
enum RiskPropertyRun {
    static func main() async {
        let seed = number("TRADINGD_RISK_SEED") ?? UInt64.random(in: 0 ... .max)
        let count = Int(clamping: number("TRADINGD_RISK_SEQUENCES") ?? 1_000_000)
        print("TRADINGD_RISK_SEED=\(seed)")
        // A run that hangs or is killed must have told its seed.
        fflush(nil)
        let (counts, failures) = await RiskSequences(seed: seed)
            .run(count, workers: max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1))
        for failure in failures { print("✘ \(failure)") }
        let isWhole = failures.isEmpty && counts.sequences >= count
        print("\(isWhole ? "OK" : "FAILED") \(counts)")
        exit(isWhole ? 0 : 1)
    }

    private static func number(_ variable: String) -> UInt64? {
        getenv(variable).flatMap { UInt64(String(cString: $0)) }
    }
}
