import Glibc
import TestSupport
import Testing

extension EndToEndTests {
    /// `TRADINGD_KILL_CYCLES` says how often it is killed, `TRADINGD_TEST_SEED` repeats a run's choices.
    @Suite("Kill -9")
    struct KillCycleTests {
        private static let cycles =
            getenv("TRADINGD_KILL_CYCLES").flatMap { Int(String(cString: $0)) } ?? 20
        private static let verifier = Repository.path + "/../shared/tools/audit-verify.py"

        @Test(
            "at random moments: nothing acknowledged is lost, the log proves itself, torn lines are set aside, no order id comes twice, and what was killed is reproduced",
            .timeLimit(.minutes(60)))
        func cycles() throws {
            let sandbox = try Sandbox()
            var drill = try KillDrill(sandbox, seed: TestSeed.value("TRADINGD_TEST_SEED"))
            for cycle in 1...Self.cycles {
                try drill.cycle(cycle, reproducing: cycle % max(1, Self.cycles / 20) == 0)
            }
            try drill.finish()
            print("killed \(Self.cycles) times: \(drill.summary)")
            #expect(drill.acknowledged > Self.cycles)
            try judge(sandbox, drill)
        }

        /// A verifier that shares no code with ours.
        private func judge(_ sandbox: Sandbox, _ drill: KillDrill) throws {
            guard let path = IndependentVerifier.path else {
                print("SKIPPED the independent verifier: \(IndependentVerifier.absence)")
                return
            }
            let ended = try sandbox.run(
                IndependentVerifier.interpreter, [path] + drill.independentArguments())
            #expect(ended.exitCode == 0, "\(ended.output)\(ended.errors)")
            print(ended.output.split(separator: "\n").first ?? "")
        }
    }
}

/// A program that verifies audit logs without any of our code, where there is one.
enum IndependentVerifier {
    static let interpreter = "/usr/bin/python3"
    static let absence = "no audit-verify.py beside the recordings ($TRADINGD_DATA/../tools), or no python3"

    /// Its path; `nil` where it is absent.
    static var path: String? {
        let data = getenv("TRADINGD_DATA").map { String(cString: $0) } ?? Repository.path + "/../shared/data"
        let path = data + "/../tools/audit-verify.py"
        return access(path, R_OK) == 0 && access(interpreter, X_OK) == 0 ? path : nil
    }
}
