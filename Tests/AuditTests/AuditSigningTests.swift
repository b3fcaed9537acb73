import Dispatch
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing
import TradingModel

@testable import Audit

private func key(_ byte: UInt8) throws -> AuditSigningKey {
    try AuditSigningKey(seed: [UInt8](repeating: byte, count: 32))
}

/// The lines of a directory's log, without line feeds, in order; compressed segments are not read.
private func lines(_ directory: String) throws -> [[UInt8]] {
    var result: [[UInt8]] = []
    for number in try AuditSegmentNames.list(directory) {
        let bytes = try DurableFile.read(AuditSegmentNames.path(number, in: directory)) ?? []
        result += bytes.split(separator: 0x0A).map(Array.init)
    }
    return result
}

/// Every checkpoint of a log, proved by a tree built from its lines; the sizes they attest.
private func provedSizes(_ directory: String) throws -> [UInt64] {
    let text = String(decoding: try DurableFile.read(directory + "/audit.vkey") ?? [], as: UTF8.self)
    let key = try #require(AuditVerificationKey(text: String(text.dropLast())))
    var tree = MerkleTree()
    var sizes: [UInt64] = []
    for line in try lines(directory) {
        let json = try JSONParser.parse(line)
        if json["type"]?.stringValue == "log.checkpoint" {
            let note = try #require(json["data"]?["note"]?.stringValue)
            let checkpoint = try AuditCheckpoint(note: note, key: key)
            #expect(checkpoint.size == tree.size && checkpoint.root == tree.root)
            sizes.append(checkpoint.size)
        }
        if json["type"]?.stringValue == "segment.open" {
            let named = json["data"]?["tree"]?.arrayValue?.compactMap(\.stringValue)
            #expect(named == tree.subtrees.map(\.hex))
            #expect(json["data"]?["vkey"]?.stringValue == key.text)
        }
        tree.append(line: line.span)
    }
    return sizes
}

@Suite("Audit signing")
struct AuditSigningTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func open(
        _ key: AuditSigningKey?, previous: AuditSigningKey? = nil, log uuid: Int = 1,
        at time: Timestamp = noon(),
        lines: UInt64 = 1_000, segmentBytes: Int = AuditLimits.segmentBytes
    ) throws(AuditError) -> AuditLog {
        var settings = AuditSettings(
            directory: directory.path, segmentBytes: segmentBytes, key: key, previousKey: previous,
            operations: .unsynced)
        settings.checkpointLines = lines
        var identity = exampleIdentity
        identity.origin = "example/sim/0000000\(uuid)"
        return try AuditLog(
            settings, identity: identity, at: time, queue: DispatchQueue(label: "tradingd.audit"))
    }

    @Test("a checkpoint covers so many lines, or those of so long, or a milestone, and the end")
    func policy() throws {
        let log = try open(key(1), lines: 10)
        for index in 0..<25 { try log.append(.orderAck, at: noon(Int64(index)), note("")) }
        #expect(try provedSizes(directory.path) == [10, 21])
        try log.append(.orderAck, at: noon(5_100_000), note("late"))
        try log.append(.killSwitchEngage, at: noon(5_100_001), note("drill"))
        #expect(try provedSizes(directory.path).suffix(2) == [29, 31])
        try log.append(.orderAck, at: noon(5_100_002), note("last"))
        #expect(log.unsigned.lines == 1)
        try log.close()
        #expect(try provedSizes(directory.path).last == 33)
        let newest = String(decoding: try directory.read("latest.note"), as: UTF8.self)
        #expect(newest.hasPrefix("example/sim/00000001\n33\n"))
    }

    @Test("a timer covers the lines of a quiet log, once")
    func timer() throws {
        let log = try open(key(1))
        try log.append(.orderAck, at: noon(), note(""))
        log.checkpointIfDue(at: noon(4_999_999))
        try log.commit()
        #expect(try provedSizes(directory.path) == [])
        for _ in 0..<3 { log.checkpointIfDue(at: noon(5_000_000)) }
        try log.commit()
        #expect(try provedSizes(directory.path) == [2])
    }

    @Test("the tree goes on through segments and starts")
    func continues() throws {
        for start in 0..<6 {
            let log = try open(key(1), at: noon(Int64(start) * 1_000), lines: 7, segmentBytes: 8_192)
            for index in 0..<23 {
                try log.append(.orderAck, at: noon(Int64(start) * 1_000 + Int64(index)), note("\(index)"))
            }
            // Every other start follows a crash: nothing is closed.
            if start % 2 == 0 { try log.close() }
        }
        let sizes = try provedSizes(directory.path)
        #expect(sizes.count > 20 && sizes == sizes.sorted())
        #expect(try AuditSegmentNames.list(directory.path).count > 4)
        #expect(try AuditVerifier.verify(directory: directory.path).fault == nil)
    }

    @Test("a log that is shorter than its newest note, or another, is not written")
    func anchored() throws {
        let log = try open(key(1))
        for index in 0..<5 { try log.append(.orderAck, at: noon(Int64(index)), note("\(index)")) }
        try log.close()
        let path = directory.path + "/" + firstSegment
        let whole = try DurableFile.read(path) ?? []
        let all = whole.split(separator: 0x0A)
        // The note attests six lines and is the seventh.
        try DurableFile.replace(path, with: Array(all[..<5].joined(separator: [0x0A])) + [0x0A])
        let error = #expect(throws: AuditError.self) { try open(key(1)) }
        guard case .broken(let fault) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(fault.file.hasSuffix("latest.note") && fault.expected.hasPrefix("6 lines"))
        #expect(try DurableFile.read(path)?.count ?? 0 < whole.count)
        try DurableFile.replace(path, with: Array(all[..<6].joined(separator: [0x0A])) + [0x0A])
        _ = try open(key(1))
    }

    @Test(
        "a log that is gone is a break, not a reason for a new one",
        arguments: [nil, "", "{\"v\":\"tradingd.audit/1\",\"seq\":1"] as [String?])
    func lost(_ rest: String?) throws {
        let log = try open(key(1))
        try log.append(.orderAck, at: noon(), note(""))
        try log.close()
        let path = directory.path + "/" + firstSegment
        if let rest { try directory.write(Array(rest.utf8), to: firstSegment) } else { unlink(path) }
        let attested = try directory.read("latest.note")
        let error = #expect(throws: AuditError.self) { try open(key(1), log: 2) }
        guard case .broken(let fault) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(fault.file.hasSuffix("latest.note"))
        #expect(try directory.read("latest.note") == attested)
        #expect(try directory.read(firstSegment) == Array((rest ?? "").utf8))
    }

    @Test("a clock that was ahead keeps no later line from its checkpoint")
    func clockAhead() throws {
        let day: Int64 = 86_400_000_000
        let first = try open(key(1), at: noon(day))
        try first.append(.orderAck, at: noon(day), note("ahead"))
        try first.close()
        let log = try open(key(1), at: noon())
        let before = try provedSizes(directory.path).count
        for second in 0..<30 { try log.append(.orderAck, at: noon(Int64(second) * 1_000_000), note("")) }
        #expect(try provedSizes(directory.path).count - before >= 5)
        try log.close()
    }

    @Test("a sync that fails before a note is published ends the log, and nothing is attested any more")
    func failingNoteSync() throws {
        let failed = Locked<[AuditOutage]>([])
        let isBroken = Locked(false)
        var operations = AuditFileOperations.unsynced
        operations.synchronize = { _ in isBroken.withLock { $0 } ? EIO : 0 }
        let log = try AuditLog(
            AuditSettings(directory: directory.path, key: try key(1), operations: operations),
            identity: exampleIdentity, at: noon(), queue: DispatchQueue(label: "tradingd.audit"),
            observer: AuditObserver(didFail: { outage in failed.withLockNotifying { $0.append(outage) } }))
        isBroken.withLock { $0 = true }
        try log.append(.killSwitchEngage, at: noon(), note("drill"))
        let outage = failed.wait { $0.first }
        #expect(outage == .system(SystemError("fsync", directory.path + "/" + firstSegment, code: EIO)))
        #expect(throws: AuditError.self) { try log.append(.orderAck, at: noon(), note("")) }
        try log.close()
        #expect(try directory.read("latest.note") == [])
    }

    @Test("a forged checkpoint in the last segment is a break")
    func forged() throws {
        let log = try open(key(1))
        try log.append(.killSwitchEngage, at: noon(), note("drill"))
        try log.close()
        // Someone with a key of his own writes the whole log anew.
        let other = try TemporaryDirectory()
        var settings = AuditSettings(directory: other.path, key: try key(9), operations: .unsynced)
        settings.checkpointLines = 2
        var identity = exampleIdentity
        identity.origin = "example/sim/00000001"
        let forged = try AuditLog(settings, identity: identity, at: noon(), queue: DispatchQueue(label: "a"))
        try forged.append(.killSwitchRelease, at: noon(), note("never happened"))
        try forged.close()
        let text = String(decoding: try other.read(firstSegment), as: UTF8.self)
        try DurableFile.replace(directory.path + "/" + firstSegment, with: Array(text.utf8))
        #expect(throws: AuditError.self) { try open(key(1)) }
        #expect(throws: AuditError.self) { try open(key(9)) }
    }

    @Test("without its key a signed log is not written, nor with another")
    func wrongKey() throws {
        try open(key(1)).close()
        let id = try key(1).verificationKey(origin: "example/sim/00000001").keyID
        #expect(throws: AuditError.wrongKey(found: id, given: nil)) { try open(nil) }
        let other = try key(2).verificationKey(origin: "example/sim/00000001").keyID
        #expect(throws: AuditError.wrongKey(found: id, given: other)) { try open(key(2)) }
        #expect(throws: AuditError.wrongKey(found: id, given: other)) { try open(key(2), previous: key(3)) }
    }

    @Test("a new key ends the log by the old one's signature and begins the next")
    func rotation() throws {
        let first = try open(key(1))
        try first.append(.orderAck, at: noon(1), note("old"))
        try first.close()
        let second = try open(key(2), previous: key(1), log: 2, at: noon(10))
        try second.append(.orderAck, at: noon(11), note("new"))
        try second.close()
        let old = directory.path + "/closed/00000001"
        #expect(try provedSizes(old).count == 2)
        let last = try #require(try lines(old).dropLast().last.map { try JSONParser.parse($0) })
        let next = try key(2).verificationKey(origin: "example/sim/00000002").text
        #expect(last["type"]?.stringValue == "key.rotate" && last["data"]?["vkey"]?.stringValue == next)
        #expect(try provedSizes(directory.path).count == 1)
        let begin = try JSONParser.parse(try #require(try lines(directory.path).first))
        let head = try AuditVerifier.verify(directory: old)
        #expect(begin["data"]?["predecessor"]?["origin"]?.stringValue == "example/sim/00000001")
        #expect(begin["data"]?["predecessor"]?["head"]?.stringValue == head.head.hex)
        #expect(begin["data"]?["predecessor"]?["size"]?.integerValue == Int(head.lastSequence))
        // The next start has the new key alone.
        try open(key(2), log: 3, at: noon(20)).close()
        #expect(try AuditSuccession.read(directory: directory.path) == nil)
    }

    @Test("a first key begins a signed log after the unsigned one")
    func firstKey() throws {
        try open(nil).close()
        try open(key(1), log: 2, at: noon(1)).close()
        #expect(access(directory.path + "/closed/00000001/" + firstSegment, F_OK) == 0)
        #expect(try provedSizes(directory.path) == [1])
    }

    @Test("a change of logs is finished after a crash at each of its steps", arguments: 0..<4)
    func interrupted(_ step: Int) throws {
        try open(nil).close()
        let head = try AuditVerifier.verify(directory: directory.path)
        let succession = AuditSuccession(
            link: AuditSuccessionLink(
                origin: "example/sim/00000001", size: head.lastSequence, head: head.head, reason: "drill",
                by: "test"),
            at: noon())
        try succession.write(directory: directory.path)
        _ = try AuditBreak.setAside(succession, in: directory.path)
        let closed = directory.path + "/closed/00000001/"
        switch step {
        case 0: rename(closed + firstSegment, directory.path + "/" + firstSegment)
        case 1: try DurableFile.replace(directory.path + "/" + firstSegment, with: [])
        case 2: try DurableFile.replace(directory.path + "/" + firstSegment, with: Array("{\"v\":".utf8))
        default: break
        }
        let log = try open(key(1), log: 2, at: noon(1))
        try log.close()
        let begin = try JSONParser.parse(try #require(try lines(directory.path).first))
        #expect(begin["data"]?["predecessor"]?["reason"]?.stringValue == "drill")
        #expect(begin["data"]?["origin"]?.stringValue == "example/sim/00000002")
        #expect(access(closed + firstSegment, F_OK) == 0)
        #expect(try AuditSuccession.read(directory: directory.path) == nil)
        #expect(try AuditVerifier.verify(directory: directory.path).verdict == .intact)
    }

    @Test("the newest checkpoint reaches those who keep it elsewhere, after the disk has it")
    func anchors() throws {
        let seen = Locked<[AuditSignedCheckpoint]>([])
        var settings = AuditSettings(directory: directory.path, key: try key(1))
        settings.checkpointLines = 3
        let log = try AuditLog(
            settings, identity: exampleIdentity, at: noon(), queue: DispatchQueue(label: "tradingd.audit"),
            observer: AuditObserver(didSign: { signed in seen.withLock { $0.append(signed) } }))
        for index in 0..<10 { try log.append(.orderAck, at: noon(Int64(index)), note("")) }
        try log.close()
        let newest = try #require(seen.withLock { $0.last })
        #expect(newest.checkpoint.size == (try provedSizes(directory.path)).last)
        #expect(try directory.read("latest.note") == Array(newest.note.utf8))
    }
}
