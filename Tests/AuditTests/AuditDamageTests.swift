import Audit
import TestSupport
import Testing
import TradingModel

/// Damage of every kind to a small log: the verifier finds it, the writer does not build on it.
@Suite("Audit damage")
struct AuditDamageTests {
    private let directory: TemporaryDirectory
    private let whole: [UInt8]

    init() throws {
        directory = try TemporaryDirectory()
        try writeSmallLog(directory)
        whole = try directory.read(firstSegment)
    }

    private func verify(_ bytes: [UInt8]) throws -> AuditVerification {
        try directory.write(bytes, to: firstSegment)
        return try AuditVerifier.verify(directory: directory.path)
    }

    private var lines: [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        for (index, byte) in whole.enumerated() where byte == 0x0A {
            lines.append(whole[start...index])
            start = index + 1
        }
        return lines
    }

    @Test("a flipped bit in any byte is found")
    func bitFlips() throws {
        for index in whole.indices {
            var bytes = whole
            bytes[index] ^= 1 << UInt8(index % 8)
            let result = try verify(bytes)
            #expect(result.verdict != .intact, "byte \(index)")
            #expect(result.lines < 4, "byte \(index)")
        }
    }

    @Test("a torn last line is set aside at every cut, and nothing before it is lost")
    func tornTails() throws {
        let ends = lines.map(\.endIndex)
        for cut in 0...whole.count {
            let copy = try TemporaryDirectory()
            try copy.write(Array(whole[..<cut]), to: firstSegment)
            let kept = ends.last { $0 <= cut } ?? 0
            let before = try AuditVerifier.verify(directory: copy.path)
            #expect(before.verdict == (kept == 0 ? .broken : kept == cut ? .intact : .torn))
            let log = try openLog(copy, at: noon(50))
            try log.append(.sessionStart, at: noon(60), note("again"))
            let after = try AuditVerifier.verify(directory: copy.path)
            #expect(after.verdict == .intact)
            #expect(after.counts[.logRecovered] == (kept == cut ? nil : 1))
            #expect(try copy.read(firstSegment).starts(with: whole[..<kept]))
            let torn = copy.names.filter { $0.contains(".torn-") }
            #expect(torn == (kept == cut ? [] : ["audit-000001.jsonl.torn-2026-01-05T12:00:00.000050Z"]))
            if let name = torn.first { #expect(try copy.read(name) == Array(whole[kept..<cut])) }
        }
    }

    @Test("the recovery line gives the size and the hash of what was set aside")
    func recoveryLine() throws {
        try directory.write(whole + Array("half a line".utf8), to: firstSegment)
        _ = try openLog(directory, at: noon(99))
        let text = String(decoding: try directory.read(firstSegment), as: UTF8.self)
        #expect(
            text.contains(
                #""type":"log.recovered","data":{"bytes":11,"#
                    + #""sha256":"c6bf75618d1fa69abb1b32706db48ceddfc22763cf7ed05f6f9c307801d58068"}"#))
    }

    @Test("a torn tail of any length is set aside")
    func longTail() throws {
        let zeros = [UInt8](repeating: 0, count: 700_000)
        #expect(try verify(whole + zeros).tornTail?.bytes == 700_000)
        _ = try openLog(directory, at: noon(99))
        #expect(try directory.read(firstSegment + ".torn-2026-01-05T12:00:00.000099Z") == zeros)
        #expect(try AuditVerifier.verify(directory: directory.path).verdict == .intact)
    }

    @Test("a line over the limit is found, not loaded")
    func overlongLine() throws {
        let line = [UInt8](repeating: 0x20, count: 700_000) + [0x0A]
        let result = try verify(whole + line)
        #expect(result.fault?.line == 5 && result.fault?.offset == whole.count)
        #expect(result.fault?.lastGoodSequence == 4)
    }

    @Test("a deleted line is found, except at the end")
    func deletedLines() throws {
        for index in 0..<3 {
            var rest = lines
            rest.remove(at: index)
            let result = try verify(Array(rest.joined()))
            #expect(result.fault?.line == index + 1)
            #expect(result.fault?.lastGoodSequence == UInt64(index))
        }
        var rest = lines
        rest.removeLast()
        #expect(try verify(Array(rest.joined())).verdict == .intact)
    }

    @Test("a doubled line is found")
    func doubledLines() throws {
        for index in 0..<4 {
            var more = lines
            more.insert(lines[index], at: index)
            let result = try verify(Array(more.joined()))
            #expect(result.fault?.line == index + 2)
        }
    }

    @Test("exchanged lines are found")
    func exchangedLines() throws {
        for first in 0..<4 {
            for second in (first + 1)..<4 {
                var other = lines
                other.swapAt(first, second)
                #expect(try verify(Array(other.joined())).fault?.line == first + 1)
            }
        }
    }

    @Test("opening refuses a broken log, names the place and writes nothing")
    func refusesBrokenLog() throws {
        var bytes = whole
        let start = lines[2].startIndex
        bytes[start + 200] ^= 1
        try directory.write(bytes, to: firstSegment)
        let names = directory.names
        let error = #expect(throws: AuditError.self) { try openLog(directory) }
        guard case .broken(let fault) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(fault.file == directory.path + "/" + firstSegment)
        #expect(fault.line == 3 && fault.offset == start && fault.lastGoodSequence == 2)
        #expect(fault.expected.hasPrefix("hash ") && fault.found.hasPrefix("hash "))
        #expect(try directory.read(firstSegment) == bytes)
        #expect(directory.names == names)
    }

    @Test("a directory without segments does not verify")
    func emptyDirectory() throws {
        let empty = try TemporaryDirectory()
        #expect(try AuditVerifier.verify(directory: empty.path).verdict == .broken)
        #expect(try AuditVerifier.verify(files: []).verdict == .broken)
    }
}
