import Audit
import Dispatch
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

/// A process that does nothing but write to a log, and tells of each line once `commit` has returned.
private enum Writer {
    /// Writes until the process is killed, by another thread, once `lines` receipts are out.
    static func run(_ directory: String, receipts path: String, isDisk: Bool, lines: Int, cycle: Int) throws {
        let log = try AuditLog(
            AuditSettings(
                directory: directory, durability: isDisk ? .disk : .process, segmentBytes: 65_536,
                preallocates: true, reserveBytes: 4_096,
                key: try AuditSigningKey(seed: [UInt8](repeating: 7, count: 32)),
                checkpointLines: 50),
            identity: exampleIdentity, at: noon(Int64(cycle) * 1_000_000),
            queue: DispatchQueue(label: "tradingd.audit"))
        let receipts = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let told = Locked(0)
        DispatchQueue(label: "killer").async {
            while told.withLock({ $0 }) < lines {}
            kill(getpid(), SIGKILL)
        }
        let padding = String(repeating: "x", count: 700)
        for round in 0... {
            for _ in 0...(round % 40) {
                try log.stage(.orderAck, at: noon(Int64(cycle) * 1_000_000 + Int64(round)), note(padding))
            }
            try log.commit()
            // The chain holds everything before.
            let head = log.head
            let text = Array("\(head.sequence) \(head.hash)\n".utf8)
            try DurableFile.writeAll(text, to: receipts, named: path)
            told.withLock { $0 += round % 40 + 1 }
        }
    }
}

/// `TRADINGD_KILL_CYCLES` says how often, `TRADINGD_TEST_SEED` repeats a run's choices.
@Suite("Audit under kill -9")
struct AuditKillTests {
    private static let cycles = getenv("TRADINGD_KILL_CYCLES").flatMap { Int(String(cString: $0)) } ?? 10

    @Test(
        "every line that a commit has confirmed is in the log after the writer was killed, whatever it was doing",
        arguments: [false, true])
    func receipts(isDisk: Bool) async throws {
        var random = TestRandom(seed: TestSeed.value("TRADINGD_TEST_SEED"))
        let temporary = try TemporaryDirectory()
        let (directory, path) = (temporary.path + "/audit", temporary.path + "/receipts")
        var told = 0
        for cycle in 1...Self.cycles {
            let lines = Int(random.below(600))
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [
                    directory = directory as String, path = path as String, isDisk = isDisk as Bool,
                    lines = lines as Int, cycle = cycle as Int
                ] in
                try Writer.run(directory, receipts: path, isDisk: isDisk, lines: lines, cycle: cycle)
            }
            let verification = try AuditVerifier.verify(directory: directory)
            #expect(verification.fault == nil, "\(verification.fault.map { "\($0)" } ?? "")")
            told = try check(directory, try temporary.read("receipts"))
        }
        #expect(told > Self.cycles * 50)
    }

    /// - Returns: how many lines were confirmed so far.
    private func check(_ directory: String, _ receipts: [UInt8]) throws -> Int {
        var hashes: [String: Bool] = [:]
        for number in try DirectoryListing.names(directory).filter({ $0.hasSuffix(".jsonl") }) {
            let bytes = try DurableFile.read(directory + "/" + number, limit: 1 << 30) ?? []
            for line in bytes.split(separator: 0x0A) where line.count > 75 {
                hashes[String(decoding: line.suffix(66).dropLast(2), as: UTF8.self)] = true
            }
        }
        var confirmed = 0
        for receipt in String(decoding: receipts, as: UTF8.self).split(separator: "\n") {
            let parts = receipt.split(separator: " ")
            guard parts.count == 2, hashes[String(parts[1])] == true else {
                Issue.record("confirmed and lost: \(receipt)")
                break
            }
            confirmed = Int(parts[0]) ?? confirmed
        }
        return confirmed
    }
}
