import Audit
import TestSupport
import Testing
import TradingModel

@Suite("Audit segments")
struct AuditRotationTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func verify() throws -> AuditVerification {
        try AuditVerifier.verify(directory: directory.path)
    }

    private func firstAndLastLine(_ name: String) throws -> (Substring, Substring) {
        let lines = String(decoding: try directory.read(name), as: UTF8.self).split(separator: "\n")
        return (try #require(lines.first), try #require(lines.last))
    }

    @Test("segments stay within their size and are linked")
    func rotatesBySize() throws {
        let log = try openLog(directory, segmentBytes: 4_096)
        for index in 0..<100 { try log.append(.orderAck, at: noon(Int64(index)), note("fill \(index)")) }
        let result = try verify()
        #expect(result.verdict == .intact && result.counts[.orderAck] == 100)
        #expect(result.segments.count > 5 && log.segment.number == result.segments.count)
        #expect(result.segments.allSatisfy { $0.bytes <= 4_096 })
        let (first, last) = try firstAndLastLine("audit-000002.jsonl")
        let before = result.segments[0]
        #expect(
            first.contains(
                #""type":"segment.open","data":{"segment":2,"prev_segment_sha256":"\#(before.contentHash)","#
                    + #""size_before":\#(before.lines),"origin":"\#(exampleIdentity.origin)","vkey":null,"#
                    + #""tree":null}"#))
        #expect(last.contains(#""type":"segment.close","data":{"segment":2,"bytes":"#))
    }

    @Test("a new UTC day starts a new segment")
    func rotatesByDay() throws {
        let log = try openLog(directory)
        try log.append(.orderAck, at: noon(), note("monday"))
        try log.append(.orderAck, at: noon(86_400_000_000), note("tuesday"))
        try log.append(.orderAck, at: noon(86_400_000_001), note("tuesday"))
        #expect(try verify().segments.map(\.lines) == [3, 3])
    }

    @Test("a start on a later day begins a segment, also when it has a torn line to record")
    func rotatesByDayAtStart() throws {
        for tail in ["", "torn"] {
            let copy = try TemporaryDirectory()
            try writeSmallLog(copy)
            try copy.write(copy.read(firstSegment) + Array(tail.utf8), to: firstSegment)
            let log = try openLog(copy, at: noon(86_400_000_000))
            try log.append(.sessionStart, at: noon(86_400_000_000), note("tuesday"))
            let result = try AuditVerifier.verify(directory: copy.path)
            #expect(result.verdict == .intact)
            #expect(result.segments.map(\.lines) == [5, tail.isEmpty ? 2 : 3])
        }
    }

    @Test("a segment too small for any line still takes one")
    func tinySegments() throws {
        let log = try openLog(directory, segmentBytes: 1)
        for index in 0..<5 { try log.append(.orderAck, at: noon(Int64(index)), note("")) }
        let result = try verify()
        #expect(result.verdict == .intact && result.counts[.orderAck] == 5)
    }

    @Test("goes on in the last segment, whatever a crash left of the newest file")
    func resumesAfterEachCut() throws {
        let log = try openLog(directory, segmentBytes: 2_048)
        for index in 0..<8 { try log.append(.orderAck, at: noon(Int64(index)), note("line")) }
        try log.close()
        let last = try #require(directory.names.last { $0.hasPrefix("audit-") })
        let whole = try directory.read(last)
        for cut in stride(from: 0, through: whole.count, by: 7) {
            let copy = try TemporaryDirectory()
            for name in directory.names where name != last {
                try copy.write(directory.read(name), to: name)
            }
            try copy.write(Array(whole[..<cut]), to: last)
            let resumed = try openLog(copy, at: noon(100), segmentBytes: 2_048)
            try resumed.append(.sessionStart, at: noon(100), note("again"))
            let result = try AuditVerifier.verify(directory: copy.path)
            #expect(result.verdict == .intact, "cut at \(cut): \(String(describing: result.fault))")
        }
    }

    @Test("starts the next segment when the last one is closed")
    func resumesAfterClose() throws {
        let log = try openLog(directory, segmentBytes: 2_048)
        while log.segment.number < 3 { try log.append(.orderAck, at: noon(), note("line")) }
        try log.close()
        let copy = try TemporaryDirectory()
        for name in directory.names.prefix(2) { try copy.write(directory.read(name), to: name) }
        let resumed = try openLog(copy)
        #expect(resumed.segment.number == 3)
        #expect(try AuditVerifier.verify(directory: copy.path).segments.count == 3)
    }

    @Test("a log without its old segments verifies from where it starts")
    func startsMidway() throws {
        let log = try openLog(directory, segmentBytes: 2_048)
        while log.segment.number < 4 { try log.append(.orderAck, at: noon(), note("line")) }
        let files = directory.names.filter { $0.hasPrefix("audit-") }.map { directory.path + "/" + $0 }
        let whole = try verify()
        let tail = try AuditVerifier.verify(files: Array(files.dropFirst()))
        #expect(tail.verdict == .intact && tail.head == whole.head)
        #expect(tail.firstSequence == UInt64(whole.segments[0].lines + 1) && tail.origin == nil)
    }

    @Test("a missing, doubled or exchanged segment is found")
    func segmentOrder() throws {
        let log = try openLog(directory, segmentBytes: 2_048)
        while log.segment.number < 4 { try log.append(.orderAck, at: noon(), note("line")) }
        let files = directory.names.filter { $0.hasPrefix("audit-") }.map { directory.path + "/" + $0 }
        #expect(try AuditVerifier.verify(files: files).verdict == .intact)
        for wrong in [[0, 2, 3], [0, 1, 1, 2, 3], [0, 2, 1, 3], [1, 0], [2, 3, 0]] {
            let result = try AuditVerifier.verify(files: wrong.map { files[$0] })
            #expect(result.verdict == .broken, "\(wrong)")
        }
    }
}
