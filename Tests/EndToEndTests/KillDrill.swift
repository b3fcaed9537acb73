import Audit
import Dispatch
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

/// A simulation that is killed again and again, and what must be true after each time.
struct KillDrill {
    private static let segmentBytes = 65_536

    private let sandbox: Sandbox
    private var random: TestRandom
    private var staff: InsistentOperator
    private var mirror: AuditMirror
    private var ledger = AuditLedger()
    /// Torn bytes that the next start must set aside.
    private var torn: [UInt8] = []
    private(set) var tornTails = 0
    /// Calls that were acknowledged, over all cycles.
    private(set) var acknowledged = 0
    /// Killed sessions that were derived again from their journals.
    private(set) var reproduced = 0

    private var audit: String { sandbox.path("daemon/audit") }

    /// - Parameter seed: of every choice: moments, calls, torn lines.
    init(_ sandbox: Sandbox, seed: UInt64) throws {
        self.sandbox = sandbox
        random = TestRandom(seed: seed)
        staff = InsistentOperator(seed: seed &+ 1)
        mirror = try AuditMirror(of: sandbox.path("daemon/audit"), in: sandbox.path("mirror"))
        try AuditSigningKey.generate().save(path: sandbox.path("audit.key"))
    }

    /// Lines of the log so far, and checkpoints among them.
    var summary: String {
        "\(ledger.count) lines in \(mirror.newestNumber) segments, \(ledger.checkpoints) checkpoints, "
            + "\(ledger.sent.count) orders sent, \(acknowledged) calls acknowledged, \(tornTails) torn tails, "
            + "\(reproduced) sessions reproduced"
    }

    /// One life: start, compare with what was acknowledged, trade under an insistent operator, die, look at the log.
    mutating func cycle(_ number: Int, reproducing: Bool) throws {
        let daemon = try start(disk: number % 2 == 0)
        try compare(daemon)
        let killer = Killer(
            daemon.process.identifier, audit: audit, segmentBytes: Self.segmentBytes,
            growth: Int(random.below(160_000)), delay: random.below(400))
        try staff.insist(daemon.socket)
        #expect(killer.wait(), "the log did not grow so far in time")
        let code = try daemon.process.exitCode()
        let errors = try daemon.process.errors
        #expect(code == -SIGKILL, "ended by itself: \(errors)")
        try look()
        for reason in staff.acknowledged {
            #expect(ledger.reasons.contains(reason), "acknowledged and lost: \(reason)")
        }
        acknowledged += staff.acknowledged.count
        if reproducing { try reproduce(session: try #require(ledger.sessions.last)) }
        try tear()
    }

    /// A last life that ends in order, and the judgement of the whole log.
    mutating func finish() throws {
        let daemon = try start(disk: false)
        try compare(daemon)
        #expect(try daemon.stop() == 0)
        try look()
        #expect(torn.isEmpty)
        let whole = try AuditVerifier.verify(files: mirror.copies())
        #expect(whole.verdict == .intact && whole.lines == Int(ledger.count))
        #expect(ledger.sessions == Array(1...ledger.sessions.count))
    }

    /// What the independent verifier needs: the key, the copies and the newest note.
    func independentArguments() throws -> [String] {
        let key = try sandbox.directory.file("audit.vkey", try #require(ledger.keyText) + "\n")
        return [key] + mirror.copies() + ["--anchor", audit + "/latest.note"]
    }

    // MARK: Steps

    private func start(disk: Bool) throws -> RunningDaemon {
        let durability = disk ? "disk" : "process"
        let configuration = try sandbox.configuration(
            ("settings.yaml", "  speed: 1 #", "  speed: 5 #"),
            ("settings.yaml", "events_per_second: 200", "events_per_second: 2000"),
            ("settings.yaml", "fill_probability: 1 ", "fill_probability: 0.5 "),
            (
                "settings.yaml", "  segment_bytes: 67108864",
                "  segment_bytes: \(Self.segmentBytes)\n  reserve_bytes: 65536\n  durability: \(durability)\n"
                    + "  key: \(sandbox.path("audit.key"))"
            ),
            ("profiles/dev.yaml", "throttle_max: 60", "throttle_max: 10000"))
        return try RunningDaemon(sandbox, configuration: configuration, "--mode", "sim", "--seed", "11")
    }

    /// A new life knows what the one before has confirmed.
    private mutating func compare(_ daemon: RunningDaemon) throws {
        let engaged = try daemon.json("killswitch", "status")["engaged"] == true
        if let last = staff.isEngaged { #expect(engaged == last, "the kill switch is not as acknowledged") }
        staff.found(engaged: engaged, armed: !engaged)
        guard !torn.isEmpty else { return }
        let stem = String(mirror.newestSegment.split(separator: "/").last ?? "") + ".torn-"
        let aside = sandbox.directory.names(in: "daemon/audit").filter { $0.hasPrefix(stem) }.map {
            try? sandbox.directory.read("daemon/audit/" + $0)
        }
        #expect(aside.contains(torn), "the torn line is not set aside")
    }

    /// Everything that the log says now.
    private mutating func look() throws {
        let first = mirror.newestNumber
        let recovered = ledger.recovered.count
        for line in try mirror.update() { try ledger.add(line) }
        let verification = try AuditVerifier.verify(files: mirror.copies(from: first))
        #expect(verification.verdict == .intact, "\(verification.fault.map { "\($0)" } ?? "")")
        if let note = try DurableFile.read(audit + "/latest.note") {
            try ledger.prove(kept: String(decoding: note, as: UTF8.self))
        }
        #expect(ledger.recovered.dropFirst(recovered) == (torn.isEmpty ? [] : [torn.count]))
        torn = mirror.torn
        if !torn.isEmpty { tornTails += 1 }
    }

    /// Now and then part of a line stands at the end, as a loss of power leaves it.
    private mutating func tear() throws {
        guard random.below(3) == 0, mirror.canBeTorn else { return }
        torn = Array(#"{"v":"tradingd.audit/1","seq":99"#.utf8.prefix(Int(1 + random.below(30))))
        tornTails += 1
        let path = mirror.newestSegment
        let content = try DurableFile.read(path, limit: 1 << 30) ?? []
        try sandbox.directory.write(
            content + torn, to: "daemon/audit/" + String(path.split(separator: "/").last ?? ""))
    }

    /// The session that was killed decides the same in another process, as far as its journal goes.
    private mutating func reproduce(session: Int) throws {
        let journals = sandbox.directory.names(in: "daemon/journal").filter {
            $0.hasPrefix("journal-\(session)-")
        }
        let ended = try sandbox.run(
            Products.tradectl,
            ["audit", "replay", "--audit", mirror.directory, "--journal"]
                + journals.map { sandbox.path("daemon/journal/" + $0) })
        #expect(ended.exitCode == 0, "\(ended.output)\(ended.errors)")
        #expect(ended.output.hasPrefix("REPRODUCED "), "\(ended.output)\(ended.errors)")
        reproduced += 1
    }
}

/// Kills a process once its log has grown by so much, and a little later: somewhere within whatever it is doing.
private final class Killer: Sendable {
    private let result = Locked<Bool?>(nil)

    /// - Parameters:
    ///   - growth: bytes of log from now.
    ///   - delay: looks at the file from then on.
    init(_ process: pid_t, audit: String, segmentBytes: Int, growth: Int, delay: UInt64) {
        let result = result
        let target = AuditMirror.progress(audit, segmentBytes: segmentBytes) + growth
        DispatchQueue(label: "killer").async {
            let deadline = MonotonicClock.now() + 60_000_000_000
            var looks: UInt64 = 0
            var isThere = false
            while MonotonicClock.now() < deadline, !isThere || looks < delay {
                isThere = isThere || AuditMirror.progress(audit, segmentBytes: segmentBytes) >= target
                if isThere { looks += 1 } else { _ = poll(nil, 0, 1) }
            }
            kill(process, SIGKILL)
            result.withLockNotifying { [isThere] in $0 = isThere }
        }
    }

    /// Waits for the end of it.
    ///
    /// - Returns: whether the moment came.
    func wait() -> Bool { result.wait { $0 } ?? false }
}
