import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

@testable import Audit

/// Signed logs that are whole: what the verifier proves of them, and what it says is missing.
@Suite("Audit proof")
struct AuditProofTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func verify(_ evidence: AuditEvidence = AuditEvidence()) throws -> AuditVerification {
        try AuditVerifier.verify(directory: directory.path, evidence: evidence)
    }

    private func evidence(key: AuditVerificationKey?) -> AuditEvidence {
        var evidence = AuditEvidence()
        evidence.keys = [key].compactMap(\.self)
        return evidence
    }

    @Test(
        "a signed log with its note is proved, whatever form its segments have",
        arguments: [[], [1], [1, 2]])
    func whole(_ compressed: [Int]) throws {
        var log = try HandmadeLog()
        log.trade(12)
        try log.write(to: directory, compressed: Set(compressed))
        let result = try verify()
        #expect(result.fault == nil && result.outcome == .proved, "\(result.text)")
        #expect(result.checkpoints == 2 && result.anchors.map(\.status) == [.matches])
        #expect(result.lastSequence == log.size && result.head.hex == log.headHex)
        #expect(result.key == log.publicKey && result.keySource == .file)
        let orders = result.tally.orders
        #expect(orders.accepted == 12 && orders.sent == 12 && orders.terminal == 12)
        #expect(orders.open == 0 && orders.unexplained == 0)
        #expect(result.unprovedLines == log.size - (result.lastCheckpoint?.checkpoint.size ?? 0))
    }

    @Test("many lines in many blocks give the same result as few", .timeLimit(.minutes(2)))
    func manyBlocks() throws {
        var log = try HandmadeLog()
        log.trade(1_500)
        try log.write(to: directory)
        let result = try verify()
        #expect(result.outcome == .proved && result.checkpoints == 300)
        #expect(result.tally.orders.terminal == 1_500 && result.lines == Int(log.size))
    }

    @Test("without a key, a checkpoint or an anchor the answer is incomplete and says what is missing")
    func incomplete() throws {
        var unsigned = try HandmadeLog(isSigned: false)
        unsigned.trade(6)
        try unsigned.write(to: directory)
        let result = try verify()
        #expect(result.outcome == .incomplete && result.gaps.first?.hasPrefix("unsigned") == true)

        let second = try TemporaryDirectory()
        var early = try HandmadeLog()
        early.append("session.start", "{}")
        try early.write(to: second)
        let none = try AuditVerifier.verify(directory: second.path)
        #expect(none.outcome == .incomplete && none.gaps.contains { $0.hasPrefix("no checkpoint") })

        let third = try TemporaryDirectory()
        var log = try HandmadeLog()
        log.trade(6)
        try log.write(to: third, hasNote: false)
        let bare = try AuditVerifier.verify(directory: third.path)
        #expect(bare.outcome == .incomplete && bare.gaps.count == 1)
        #expect(bare.gaps.first?.hasPrefix("no anchor") == true)
        #expect(bare.unprovedLines > 0 && bare.text.contains("are not provable yet"))
    }

    @Test("a log whose old segments are gone starts from the stored tree, and a checkpoint proves it")
    func retention() throws {
        var log = try HandmadeLog()
        log.trade(12)
        let start = UInt64(log.segments[0].count + 1)
        try log.write(to: directory)
        try removeSegment(1)
        let result = try verify()
        #expect(result.outcome == .proved, "\(result.text)")
        #expect(result.firstSequence == start && result.firstProofSize != nil)
        #expect(result.text.contains("from line \(start); start proved by the checkpoint of"))
    }

    private func removeSegment(_ number: Int) throws {
        try #require(unlink(AuditSegmentNames.path(number, in: directory.path)) == 0)
    }

    @Test("a start whose tree was changed does not get past the next checkpoint")
    func forgedStart() throws {
        var log = try HandmadeLog()
        log.trade(12)
        try log.write(to: directory, hasNote: false)
        var lines = log.segments[1]
        let other = AuditHash.zero.hex
        let open = try JSONParser.parse(lines[0])
        let trees = try #require(open["data"]?["tree"]?.arrayValue?.first?.stringValue)
        lines[0] = lines[0].replacing(trees, with: other)
        lines = HandmadeLog.rechainedFrom(lines, first: UInt64(log.segments[0].count + 1))
        try directory.write(HandmadeLog.file(lines), to: "audit-000002.jsonl")
        try removeSegment(1)
        let fault = try #require(try verify().fault)
        #expect(fault.expected.hasPrefix("signed root"))
    }

    @Test("a start without a stored tree is believed, and said to be")
    func believedStart() throws {
        var log = try HandmadeLog()
        log.append("session.start", "{}")
        log.rotate(storesTree: false)
        log.append("session.stop", "{}")
        log.checkpoint()
        try log.write(to: directory)
        #expect(try verify().outcome == .proved)
        try removeSegment(1)
        let result = try verify()
        #expect(result.fault == nil && result.outcome == .incomplete)
        #expect(result.gaps.contains("no checkpoint proves the start at line 4"))
    }

    @Test(
        "both forms of a segment are fine when they are the same, a fault when not; *.gz.tmp is not looked at"
    )
    func twins() throws {
        var log = try HandmadeLog()
        log.trade(6)
        try log.write(to: directory)
        try directory.write(Array("half a file".utf8), to: "audit-000001.jsonl.gz.tmp")
        try directory.write(gzip(HandmadeLog.file(log.segments[0])), to: "audit-000001.jsonl.gz")
        #expect(try verify().outcome == .proved)
        try directory.write(gzip(Array("something else".utf8)), to: "audit-000001.jsonl.gz")
        #expect(try verify().fault?.file.hasSuffix("audit-000001.jsonl.gz") == true)
    }

    @Test("a cut or damaged compressed segment is a fault, not a failure")
    func damagedCompression() throws {
        var log = try HandmadeLog()
        log.trade(6)
        try log.write(to: directory, compressed: [1])
        let whole = try directory.read("audit-000001.jsonl.gz")
        for cut in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
            try directory.write(Array(whole[..<cut]), to: "audit-000001.jsonl.gz")
            #expect(try verify().outcome == .broken, "cut at \(cut)")
        }
    }

    @Test("a log signed by another key is broken, in whatever way the key was known")
    func otherKey() throws {
        var log = try HandmadeLog()
        log.trade(6)
        try log.write(to: directory)
        #expect(try verify(evidence(key: log.publicKey)).keySource == .given)
        let other = AuditSigningKey.generate().verificationKey(origin: log.origin)
        #expect(try verify(evidence(key: other)).fault?.expected.contains(other.keyID) == true)
        let stranger = AuditSigningKey.generate().verificationKey(origin: "example/dev/2")
        #expect(try verify(evidence(key: stranger)).fault?.expected == "log example/dev/2")
        _ = try directory.file("audit.vkey", other.text + "\n")
        #expect(try verify().outcome == .broken)
        #expect(try verify(evidence(key: log.publicKey)).outcome == .proved)
        _ = try directory.file("audit.vkey", "nonsense")
        #expect(try verify().outcome == .broken)
    }

    @Test("a log that lost its key is broken for whoever knows the key")
    func unsignedForgery() throws {
        var forged = try HandmadeLog(isSigned: false)
        forged.trade(6)
        try forged.write(to: directory)
        let key = try HandmadeLog().publicKey
        #expect(try verify(evidence(key: key)).outcome == .broken)
    }

    @Test("anchors given match, are found to differ, or to be of another log")
    func anchors() throws {
        var log = try HandmadeLog()
        log.trade(12)
        try log.write(to: directory)
        var good = AuditEvidence()
        try good.addAnchor(file: directory.path + "/latest.note")
        #expect(try verify(good).anchors.map(\.status) == [.matches, .matches])

        let key = try AuditSigningKey(seed: HandmadeLog.seed)
        let wrong = AuditCheckpoint(origin: log.origin, size: 7, root: .zero).signed(by: key)
        var bad = AuditEvidence()
        try bad.addAnchor(file: directory.file("wrong.note", wrong))
        let fault = try #require(try verify(bad).fault)
        #expect(fault.line == 7 && fault.expected.contains("wrong.note"))
        #expect(try verify(bad).changedLines == 1...7)

        let beyond = AuditCheckpoint(origin: log.origin, size: log.size + 3, root: .zero).signed(by: key)
        var longer = AuditEvidence()
        try longer.addAnchor(file: directory.file("beyond.note", beyond))
        #expect(try verify(longer).fault?.found.contains("3 cut off") == true)

        let elsewhere = AuditCheckpoint(origin: "example/dev/9", size: 3, root: .zero).signed(by: key)
        var other = AuditEvidence()
        try other.addAnchor(file: directory.file("other.note", elsewhere))
        #expect(try verify(other).outcome == .incomplete)

        var empty = AuditEvidence()
        try empty.addAnchor(file: directory.file("empty.note", log.origin + "\nno note"))
        #expect(try verify(empty).outcome == .broken)
    }

    @Test("every checkpoint of the journal must match")
    func journal() throws {
        var log = try HandmadeLog()
        log.trade(12)
        try log.write(to: directory)
        let notes = log.segments.joined().compactMap { line -> String? in
            (try? JSONParser.parse(line))?["data"]?["note"]?.stringValue
        }
        func entry(_ note: String, size: String) -> String {
            JSONValue.object([
                .init("TRADE_EVENT", "checkpoint"), .init("AUDIT_SIZE", .string(size)),
                .init("AUDIT_NOTE", .string(note)),
            ]).text + "\n"
        }
        let sizes = notes.map { String($0.split(separator: "\n")[1]) }
        let good = zip(notes, sizes).map { entry($0, size: $1) }.joined()
        var evidence = AuditEvidence()
        try evidence.addJournal(file: directory.file("journal", good))
        let result = try verify(evidence)
        #expect(result.outcome == .proved && result.text.contains("journal 2/2 match"))

        var wrong = AuditEvidence()
        try wrong.addJournal(file: directory.file("wrong", entry(notes[0], size: "9")))
        #expect(try verify(wrong).fault?.file.hasSuffix("wrong:1") == true)
        var empty = AuditEvidence()
        try empty.addJournal(file: directory.file("empty", #"{"TRADE_EVENT":"checkpoint"}"# + "\n"))
        #expect(try verify(empty).outcome == .broken)
        var text = AuditEvidence()
        #expect(throws: SystemError.self) { try text.addJournal(file: directory.file("text", "hello\n")) }
    }

    @Test("orders that do not add up are counted as open or unexplained")
    func orders() throws {
        var log = try HandmadeLog()
        log.append("order.intent", #"{"cid":"a"}"#)
        log.append("order.send", #"{"cid":"a"}"#)
        log.append("order.cancel", #"{"cid":"a"}"#)
        log.append("order.fill", #"{"cid":"a","leaves":"0"}"#)
        log.append("order.deny", #"{"cid":"b"}"#)
        log.append("order.send", #"{"cid":"c"}"#)
        log.append("order.intent", #"{"cid":"d"}"#)
        log.append("order.ack", #"{"note":"{\"cid\":\"d\"}","nested":{"cid":"x"},"cid":"zzz"}"#)
        try log.write(to: directory)
        let orders = try verify().tally.orders
        #expect(orders.intents == 3 && orders.denied == 1 && orders.sent == 2 && orders.terminal == 1)
        // d, and the sent c of which nothing else is known.
        #expect(orders.open == 2 && orders.unexplained == 2)
    }
}

extension HandmadeLog {
    /// Chains lines of a later segment anew, from the number of its first.
    static func rechainedFrom(_ lines: [String], first: UInt64) -> [String] {
        var head: String?
        return lines.enumerated().map { index, old in
            guard let value = try? JSONParser.parse(old), let type = value["type"]?.stringValue,
                let time = value["ts"]?.stringValue, let data = value["data"],
                let previous = head ?? value["prev"]?.stringValue
            else { return old }
            let new = line(
                sequence: first + UInt64(index), time: time, previous: previous, type: type, data: data.text)
            head = hash(new).hex
            return new
        }
    }
}
