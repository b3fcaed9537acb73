import Audit
import Dispatch
import ExactJSON
import Glibc
import Platform
import TestSupport
import Testing
import TradingModel

@Suite("Audit log")
struct AuditLogTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func verify() throws -> AuditVerification {
        try AuditVerifier.verify(directory: directory.path)
    }

    private func text() throws -> String {
        String(decoding: try directory.read(firstSegment), as: UTF8.self)
    }

    @Test("starts with a line that says whose log it is")
    func genesis() throws {
        let log = try openLog(directory)
        #expect(log.head.sequence == 1)
        let lines = try text().split(separator: "\n")
        #expect(lines.count == 1)
        #expect(
            lines[0].hasPrefix(
                #"{"v":"tradingd.audit/1","seq":1,"ts":"2026-01-05T12:00:00.000000Z","prev":""#
                    + String(repeating: "0", count: 64) + #"","type":"log.open","data":"#
                    + #"{"origin":"example/sim/00000000-0000-0000-0000-000000000001","segment":1,"#
                    + #""vkey":null,"build":"0.1.0","config":"c0ffee","machine":"machine","boot":"boot","#
                    + #""predecessor":null},"hash":""#))
        #expect(try AuditLog.origin(inDirectory: directory.path) == exampleIdentity.origin)
    }

    @Test("names the log that it succeeds, once")
    func predecessor() throws {
        let old = AuditSuccessionLink(
            origin: "example/sim/0-old", size: 7, head: .zero, reason: "drill", by: "uid:0")
        try AuditSuccession(link: old, at: noon()).write(directory: directory.path)
        _ = try openLog(directory)
        let expected =
            #""predecessor":{"origin":"example/sim/0-old","size":7,"head":""#
            + String(repeating: "0", count: 64) + #"","reason":"drill","by":"uid:0"}}"#
        #expect(try text().contains(expected))
        #expect(try AuditSuccession.read(directory: directory.path) == nil)
    }

    @Test("the line is in the file when append returns")
    func writesThrough() throws {
        let log = try openLog(directory)
        let receipt = try log.append(.orderIntent, at: noon(1), note("déjà vu"))
        #expect(receipt.sequence == 2 && receipt == log.head)
        let last = try #require(try text().split(separator: "\n").last)
        #expect(last.contains(#""type":"order.intent","data":{"note":"déjà vu"},"hash":"\#(receipt.hash)"}"#))
        #expect(try verify().verdict == .intact)
    }

    @Test("goes on with the chain after each start")
    func continues() throws {
        for start in 0..<5 {
            let log = try openLog(directory, at: noon(Int64(start) * 100))
            try log.append(.sessionStart, at: noon(Int64(start) * 100), note("start \(start)"))
            #expect(log.head.sequence == UInt64(start + 2))
            try log.close()
        }
        let result = try verify()
        #expect(result.verdict == .intact && result.lines == 6 && result.stepsBack == 0)
    }

    @Test("the same lines give the same bytes")
    func isDeterministic() throws {
        let other = try TemporaryDirectory()
        try writeSmallLog(directory, segmentBytes: 1_800)
        try writeSmallLog(other, segmentBytes: 1_800)
        #expect(directory.names == other.names && directory.names.count > 2)
        for name in directory.names {
            #expect(try directory.read(name) == other.read(name))
        }
    }

    @Test("files are readable by the group whatever the umask")
    func mode() throws {
        let previous = umask(0o077)
        defer { umask(previous) }
        _ = try openLog(directory)
        var status = stat()
        #expect(stat(directory.path + "/" + firstSegment, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)
    }

    @Test("a second writer is refused")
    func lock() throws {
        let log = try openLog(directory)
        #expect(throws: AuditError.locked(path: directory.path + "/lock")) { try openLog(directory) }
        try log.append(.orderIntent, at: noon(), note("still works"))
    }

    @Test("the log of another origin is refused and left alone")
    func foreignLog() throws {
        try writeSmallLog(directory)
        let before = try directory.read(firstSegment)
        var identity = exampleIdentity
        identity.origin = "example/prod/other"
        #expect(
            throws: AuditError.foreignLog(expected: identity.origin, found: exampleIdentity.origin)
        ) { try openLog(directory, identity: identity) }
        #expect(try directory.read(firstSegment) == before)
    }

    @Test("time never goes back in the log, and each step of the clock is a line")
    func clockStep() throws {
        let log = try openLog(directory, at: noon(1_000))
        try log.append(.orderAck, at: noon(400), note("stepped back"))
        try log.append(.orderAck, at: noon(500), note("still behind"))
        try log.append(.orderAck, at: noon(2_000), note("caught up"))
        let lines = try text().split(separator: "\n")
        #expect(lines.count == 5)
        #expect(
            lines[1].contains(
                #""ts":"2026-01-05T12:00:00.001000Z""#) && lines[1].contains(#""type":"clock.step""#))
        #expect(
            lines[1].contains(
                #""data":{"from":"2026-01-05T12:00:00.001000Z","to":"2026-01-05T12:00:00.000400Z"}"#))
        for line in lines[2...3] { #expect(line.contains(#""ts":"2026-01-05T12:00:00.001000Z""#)) }
        #expect(lines[4].contains(#""ts":"2026-01-05T12:00:00.002000Z""#))
        #expect(try verify().stepsBack == 0)
    }

    @Test("times that pass each other within the tolerance are no step")
    func stepTolerance() throws {
        let log = try openLog(directory, at: noon(1_000), stepTolerance: 500_000)
        try log.append(.orderAck, at: noon(500), note("within"))
        try log.append(.orderAck, at: noon(499), note("beyond"))
        let result = try verify()
        #expect(result.counts[.clockStep] == 1 && result.lines == 4)
    }

    @Test("a clock that stands earlier than the last line at start is a step")
    func clockStepAtStart() throws {
        try writeSmallLog(directory)
        let log = try openLog(directory, at: noon(-60_000_000))
        try log.append(.sessionStart, at: noon(-60_000_000), note(""))
        #expect(try verify().counts[.clockStep] == 1)
    }

    @Test("times outside the calendar are cut to it", arguments: [Int64.min, -1, .max])
    func extremeTimes(_ nanoseconds: Int64) throws {
        let log = try openLog(directory, at: .zero)
        try log.append(.orderAck, at: Timestamp(nanoseconds: nanoseconds), note(""))
        try log.close()
        let again = try openLog(directory, at: .zero)
        try again.append(.orderAck, at: Timestamp(nanoseconds: nanoseconds), note(""))
        #expect(try verify().verdict == .intact)
    }

    @Test("refuses lines that would not verify, and goes on")
    func refusals() throws {
        let log = try openLog(directory)
        let tooLong = note(String(repeating: "x", count: AuditLimits.dataBytes - 10))
        #expect(throws: AuditError.dataTooLong(.rpcCall, bytes: AuditLimits.dataBytes + 1)) {
            try log.append(.rpcCall, at: noon(), tooLong)
        }
        #expect(throws: AuditError.malformedData(.rpcCall)) {
            try log.append(.rpcCall, at: noon()) { $0.string("no object") }
        }
        #expect(throws: AuditError.malformedData(.rpcCall)) {
            try log.append(.rpcCall, at: noon()) { $0.beginObject() }
        }
        #if DEBUG
        #expect(throws: AuditError.malformedData(.rpcCall)) {
            try log.append(.rpcCall, at: noon()) { json in
                json.beginObject()
                for _ in 0..<2 {
                    json.key("a")
                    json.integer(1)
                }
                json.endObject()
            }
        }
        #endif
        for type in AuditLineType.allCases where type.isReserved {
            #expect(throws: AuditError.reservedType(type)) { try log.append(type, at: noon(), note("")) }
        }
        let longest = note(String(repeating: "x", count: AuditLimits.dataBytes - 11))
        #expect(try log.append(.rpcCall, at: noon(), longest).sequence == 2)
        let result = try verify()
        #expect(result.verdict == .intact && result.lines == 2)
    }

    @Test("nothing is written after close")
    func closed() throws {
        let log = try openLog(directory)
        try log.close()
        try log.close()
        #expect(throws: AuditError.unavailable(.closed)) { try log.append(.rpcCall, at: noon(), note("")) }
        #expect(try verify().lines == 1)
    }

    @Test("lines of many threads make one chain")
    func concurrentAppends() throws {
        let log = try openLog(directory, stepTolerance: .max)
        let accepted = Locked(0)
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for index in 0..<50 {
                let receipt = try? log.append(.rpcCall, at: noon(Int64(index)), note("\(thread).\(index)"))
                if receipt != nil { accepted.withLock { $0 += 1 } }
            }
        }
        #expect(accepted.withLock { $0 } == 200)
        let result = try verify()
        #expect(result.verdict == .intact && result.lines == 201 && result.counts[.rpcCall] == 200)
    }

    @Test("strings of any content stay one line that verifies")
    func hostileStrings() throws {
        let log = try openLog(directory)
        for scalar in (0...0x300).compactMap(Unicode.Scalar.init) {
            try log.append(.rpcCall, at: noon(), note("a\(Character(scalar))\",\"hash\":\"b"))
        }
        try log.append(.rpcCall, at: noon(), note("\u{10FFFF}\u{D7FF}\u{FFFE}😀\r\n\u{2028}"))
        let result = try verify()
        #expect(result.verdict == .intact && result.lines == 0x300 + 3)
    }
}
