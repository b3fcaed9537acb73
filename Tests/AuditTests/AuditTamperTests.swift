import Glibc
import Platform
import TestSupport
import Testing

@testable import Audit

/// Someone changes a signed log, with and without knowing how to chain it anew. The independent verifiers get
/// the same files and must not find what ours misses.
@Suite("Audit tampering")
struct AuditTamperTests {
    private let directory: TemporaryDirectory
    private let log: HandmadeLog
    private let lines: [String]

    init() throws {
        directory = try TemporaryDirectory()
        var log = try HandmadeLog()
        log.trade(12, newSegment: false)
        self.log = log
        lines = log.segments[0]
        try log.write(to: directory)
    }

    /// Position of the last checkpoint, which is the number of lines it attests.
    private var signedSize: Int { lines.lastIndex { $0.contains("log.checkpoint") } ?? 0 }
    private var segment: String { directory.path + "/" + firstSegment }
    private var note: String { directory.path + "/latest.note" }

    /// What became of one changed file.
    private struct Finding {
        var name: String
        var result: AuditVerification
        var file: [UInt8]
    }

    private func verify(_ name: String, _ bytes: [UInt8]) throws -> Finding {
        try directory.write(bytes, to: firstSegment)
        return Finding(
            name: name, result: try AuditVerifier.verify(directory: directory.path), file: bytes)
    }

    private func verify(_ name: String, lines: [String]) throws -> Finding {
        try verify(name, HandmadeLog.file(lines))
    }

    /// Whatever the Python verifier refuses, ours refuses: what ours accepts, it accepts.
    private func compare(_ findings: [Finding], withNote: Bool = true) throws {
        guard IndependentVerifier.hasPython else {
            print(IndependentVerifier.pythonReason)
            return
        }
        let copies = try TemporaryDirectory()
        let cases = try findings.enumerated().map { index, finding in
            IndependentVerifier.Case(
                files: [try copies.file("\(index).jsonl", finding.file)], anchors: withNote ? [note] : [])
        }
        let answers = try IndependentVerifier.python(cases, vkey: directory.path + "/audit.vkey", copies)
        for (finding, isAccepted) in zip(findings, answers) {
            #expect((finding.result.verdict == .intact) == isAccepted, "\(finding.name)")
        }
    }

    @Test("random bit flips are all found")
    func bitFlips() throws {
        var random = TestRandom(seed: TestSeed.value("AUDIT_FLIP_SEED"))
        let whole = HandmadeLog.file(lines)
        var findings: [Finding] = []
        for _ in 0..<200 {
            let (place, bit) = (Int(random.below(UInt64(whole.count))), UInt8(random.below(8)))
            var bytes = whole
            bytes[place] ^= 1 << bit
            let finding = try verify("bit \(bit) of byte \(place)", bytes)
            #expect(finding.result.verdict != .intact, "\(finding.name)")
            findings.append(finding)
        }
        try compare(findings)
    }

    @Test(
        "deleted, doubled, swapped and inserted lines are found, chained anew or not",
        arguments: [false, true])
    func moves(_ isRechained: Bool) throws {
        var findings: [Finding] = []
        for index in lines.indices {
            for (name, changed) in variants(index) {
                let all = isRechained ? HandmadeLog.rechained(changed) : changed
                let finding = try verify("\(name) \(index + 1)", lines: all)
                let isTail = index > signedSize || index == signedSize && name == "delete"
                if isRechained && isTail {
                    // Behind the last anchor: cannot be found, and is named as not provable.
                    #expect(finding.result.fault == nil, "\(finding.name)")
                    #expect(finding.result.unprovedLines > 0 && finding.result.text.contains("not provable"))
                } else if name != "delete" || isRechained || index + 1 < lines.count {
                    #expect(finding.result.fault != nil, "\(finding.name)")
                }
                findings.append(finding)
            }
        }
        try compare(findings)
    }

    private func variants(_ index: Int) -> [(String, [String])] {
        var (deleted, doubled, swapped, inserted) = (lines, lines, lines, lines)
        deleted.remove(at: index)
        doubled.insert(lines[index], at: index)
        if index + 1 < lines.count { swapped.swapAt(index, index + 1) }
        inserted.insert(
            HandmadeLog.line(
                sequence: UInt64(index + 1), time: "2026-01-05T12:00:00.000000Z",
                previous: AuditHash.zero.hex, type: "session.start", data: "{}"), at: index)
        return [("delete", deleted), ("double", doubled), ("insert", inserted)]
            + (index + 1 < lines.count ? [("swap", swapped)] : [])
    }

    @Test("a log cut to any line is found out by its note, and only by it")
    func truncation() throws {
        var findings: [Finding] = []
        for count in 1..<lines.count {
            let finding = try verify("cut to \(count)", lines: Array(lines[..<count]))
            let noted = Int(log.latestNote.map { $0.split(separator: "\n")[1] } ?? "") ?? 0
            #expect((finding.result.fault != nil) == (count < noted), "\(finding.name)")
            findings.append(finding)
        }
        try compare(findings)
        unlink(note)
        for count in 1..<lines.count {
            let finding = try verify("cut to \(count)", lines: Array(lines[..<count]))
            #expect(finding.result.fault == nil && finding.result.outcome == .incomplete)
            #expect(finding.result.gaps.contains { $0.hasPrefix("no ") })
        }
    }

    @Test("an edit chained anew is caught by the next root, and the report says between which checkpoints")
    func edits() throws {
        var findings: [Finding] = []
        for index in 1..<signedSize where lines[index].contains("order.intent") {
            var changed = lines
            changed[index] = changed[index].replacing("2400.50", with: "2400.51")
            let finding = try verify("edit \(index + 1)", lines: HandmadeLog.rechained(changed))
            let fault = try #require(finding.result.fault)
            #expect(fault.expected.contains("root"))
            let range = try #require(finding.result.changedLines)
            #expect(range.contains(UInt64(index + 1)) && range.count <= 16, "\(range)")
            findings.append(finding)
        }
        try compare(findings)
    }

    @Test("the report of a damaged line names place, expectation, finding and range")
    func report() throws {
        var changed = lines
        changed[9] = changed[9].replacing("XAUUSD", with: "XAGUSD")
        let result = try verify("one line", lines: changed).result
        let fault = try #require(result.fault)
        #expect(fault.line == 10 && fault.lastGoodSequence == 9)
        #expect(fault.offset == HandmadeLog.file(Array(lines[..<9])).count)
        #expect(result.changedLines == 1...16)
        for text in ["audit-000001.jsonl:10 (byte \(fault.offset))", "expected  hash", "within lines 1–16"] {
            #expect(result.text.contains(text), "\(result.text)")
        }
    }

    @Test("an attacker who writes everything anew with a key of his own is caught by the public key")
    func ownKey() throws {
        var forged = try HandmadeLog(seed: [UInt8](repeating: 7, count: 32))
        forged.trade(12)
        let other = try TemporaryDirectory()
        try forged.write(to: other)
        #expect(try AuditVerifier.verify(directory: other.path).outcome == .proved)
        var evidence = AuditEvidence()
        evidence.keys = [log.publicKey].compactMap(\.self)
        #expect(try AuditVerifier.verify(directory: other.path, evidence: evidence).outcome == .broken)
        var anchored = AuditEvidence()
        try anchored.addAnchor(file: note)
        #expect(try AuditVerifier.verify(directory: other.path, evidence: anchored).outcome == .broken)
    }

    @Test(
        "the shell verifier agrees on whole and damaged logs",
        .enabled(if: IndependentVerifier.hasShell, IndependentVerifier.shellReason))
    func shell() throws {
        let vkey = directory.path + "/audit.vkey"
        #expect(IndependentVerifier.shell(vkey: vkey, segment: segment, note: note))
        var changed = lines
        changed[9] = changed[9].replacing("XAUUSD", with: "XAGUSD")
        try directory.write(HandmadeLog.file(changed), to: firstSegment)
        #expect(!IndependentVerifier.shell(vkey: vkey, segment: segment, note: note))
    }
}
