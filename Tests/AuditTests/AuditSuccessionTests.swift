import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing

@testable import Audit

@Suite("Audit succession")
struct AuditSuccessionTests {
    private let directory: TemporaryDirectory
    private let old: HandmadeLog

    init() throws {
        directory = try TemporaryDirectory()
        var log = try HandmadeLog()
        log.trade(6)
        log.checkpoint()
        old = log
    }

    private func accept(reason: String = "disk replaced") throws -> AuditBreak.Acceptance {
        try AuditBreak.accept(directory: directory.path, reason: reason, by: "uid:1", at: noon())
    }

    private func verify() throws -> AuditVerification {
        try AuditVerifier.verify(directory: directory.path)
    }

    private func closed(_ log: HandmadeLog, in name: String) throws {
        let parent = directory.path + "/closed/" + name
        try DurableFile.makeDirectories(parent)
        let scratch = try TemporaryDirectory()
        try log.write(to: scratch)
        for file in scratch.names { rename(scratch.path + "/" + file, parent + "/" + file) }
    }

    private func successor(
        of log: HandmadeLog, size: UInt64? = nil, reason: String? = nil, seed: [UInt8] = HandmadeLog.seed
    ) throws -> HandmadeLog {
        let tail = reason.map { #","reason":"\#($0)","by":"uid:1"}"# } ?? "}"
        var next = try HandmadeLog(
            origin: "example/dev/22222222-2222-2222-2222-222222222222", seed: seed,
            predecessor: #"{"origin":"\#(log.origin)","size":\#(size ?? log.size),"head":"\#(log.headHex)""#
                + tail)
        next.trade(5)
        return next
    }

    private func breakOld() throws {
        try old.write(to: directory)
        var bytes = try directory.read(firstSegment)
        bytes[bytes.count / 2] ^= 1
        try directory.write(bytes, to: firstSegment)
    }

    @Test("the file is read as it was written, and refused when it is something else")
    func file() throws {
        #expect(try AuditSuccession.read(directory: directory.path) == nil)
        let link = AuditSuccessionLink(origin: "a/b/c", size: 7, head: .zero, reason: "\"so\"", by: "uid:0")
        let succession = AuditSuccession(link: link, at: noon(5))
        try succession.write(directory: directory.path)
        #expect(try AuditSuccession.read(directory: directory.path) == succession)
        for text in ["", "{}", "[]", #"{"v":"tradingd.succession/2"}"#, "{\"v\":\"tradingd.succession/1\"}"] {
            _ = try directory.file("succeeds.json", text)
            #expect(throws: SystemError.self) { try AuditSuccession.read(directory: directory.path) }
        }
        try AuditSuccession.remove(directory: directory.path)
        try AuditSuccession.remove(directory: directory.path)
        #expect(directory.names.isEmpty)
    }

    @Test("a whole log is not accepted as broken, and nothing is changed")
    func refusesWhole() throws {
        try old.write(to: directory)
        let before = directory.names
        #expect(throws: AuditBreak.Refusal.notBroken(lines: old.size)) { try accept() }
        #expect(directory.names == (before + ["lock"]).sorted())
        let empty = try TemporaryDirectory()
        #expect(throws: AuditBreak.Refusal.noLog(directory: empty.path)) {
            try AuditBreak.accept(directory: empty.path, reason: "x", by: "uid:1", at: noon())
        }
        #expect(empty.names.isEmpty)
        let none = empty.path + "/none"
        #expect(throws: AuditBreak.Refusal.noLog(directory: none)) {
            try AuditBreak.accept(directory: none, reason: "x", by: "uid:1", at: noon())
        }
    }

    @Test("a log that is being written is left alone")
    func refusesLocked() throws {
        try breakOld()
        let lock = open(directory.path + "/lock", O_RDWR | O_CREAT, 0o640)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        #expect(throws: AuditBreak.Refusal.locked(path: directory.path + "/lock")) { try accept() }
    }

    @Test("an accepted break sets all files of the log aside, as they are, and names its end")
    func accepts() throws {
        try breakOld()
        _ = try directory.file("audit-000002.jsonl.torn-x", "torn")
        _ = try directory.file("something.else", "stays")
        let files = directory.names.filter { $0 != "something.else" }
        let good = try #require(try verify().fault).lastGoodSequence
        let done = try accept()
        #expect(done.succession.link.size == good && done.succession.link.origin == old.origin)
        #expect(done.directory == directory.path + "/closed/11111111-1111-1111-1111-111111111111")
        #expect(TemporaryDirectory.names(at: done.directory).sorted() == files)
        #expect(directory.names == ["closed", "lock", "something.else", "succeeds.json"])
        #expect(try AuditSuccession.read(directory: directory.path) == done.succession)
        #expect(try accept().moved.isEmpty)
    }

    @Test("cut short after any number of files, the same command completes it")
    func completes() throws {
        try breakOld()
        let names = directory.names
        let done = try accept(reason: "first")
        for count in 0...names.count {
            // Some of the files are back, as if they had not been moved yet.
            for name in names.prefix(count) {
                rename(done.directory + "/" + name, directory.path + "/" + name)
            }
            let again = try accept(reason: "second")
            #expect(again.succession == done.succession && again.fault == nil)
            #expect(again.moved.sorted() == names.prefix(count).sorted())
            #expect(TemporaryDirectory.names(at: done.directory).sorted() == names)
        }
    }

    @Test("a log that already continues the broken one is not taken for it")
    func successorIsSafe() throws {
        try breakOld()
        let done = try accept()
        let link = done.succession.link
        var next = try HandmadeLog(
            origin: "example/dev/22222222-2222-2222-2222-222222222222",
            predecessor: #"{"origin":"\#(link.origin)","size":\#(link.size),"head":"\#(link.head)","#
                + #""reason":"disk replaced","by":"uid:1"}"#)
        next.trade(5)
        try next.write(to: directory)
        #expect(throws: AuditBreak.Refusal.notBroken(lines: next.size)) { try accept() }
        let result = try verify()
        #expect(result.outcome == .proved, "\(result.text)")
        #expect(result.predecessors.first?.verification?.outcome == .broken)
        #expect(result.text.contains("break accepted by uid:1: disk replaced"))
    }

    @Test("a predecessor that fits is verified with its successor")
    func predecessors() throws {
        try closed(old, in: "old")
        try successor(of: old).write(to: directory)
        let result = try verify()
        #expect(result.outcome == .proved, "\(result.text)")
        #expect(result.predecessors.map(\.verification?.outcome) == [.proved])
    }

    @Test("a predecessor that is not there is reported and nothing more")
    func missingPredecessor() throws {
        try successor(of: old).write(to: directory)
        let result = try verify()
        #expect(result.fault == nil && result.outcome == .incomplete && result.text.contains("not found"))
    }

    @Test("a predecessor that is longer, shorter or broken without being accepted is a fault")
    func misfits() throws {
        var longer = old
        longer.append("session.start", "{}")
        try closed(longer, in: "old")
        try successor(of: old).write(to: directory)
        #expect(try verify().fault?.expected.hasPrefix("predecessor with \(longer.size) lines") == true)
        let path = directory.path + "/closed/old/" + firstSegment
        var bytes = try directory.read("closed/old/" + firstSegment)
        bytes[bytes.count / 2] ^= 1
        try directory.write(bytes, to: "closed/old/" + firstSegment)
        #expect(try verify().fault?.file == path)
    }

    @Test("a rotated key must be the one that the old log named", arguments: [true, false])
    func rotation(_ isNamed: Bool) throws {
        let seed = [UInt8](repeating: isNamed ? 5 : 6, count: 32)
        let origin = "example/dev/22222222-2222-2222-2222-222222222222"
        let named = try AuditSigningKey(seed: [UInt8](repeating: 5, count: 32)).verificationKey(
            origin: origin)
        var log = old
        log.append("key.rotate", #"{"vkey":"\#(named.text)"}"#)
        log.checkpoint()
        try closed(log, in: "old")
        try successor(of: log, seed: seed).write(to: directory)
        let result = try verify()
        #expect(result.predecessors.first?.verification?.tally.keyRotations == 1)
        #expect((result.fault == nil) == isNamed, "\(result.text)")
    }
}
