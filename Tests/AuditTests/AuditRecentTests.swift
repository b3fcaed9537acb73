import Glibc
import TestSupport
import Testing
import TradingModel

@testable import Audit

@Suite("The newest lines of a log")
struct AuditRecentTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func write(
        _ lines: Int, telling: Set<Int>, length: Int, segmentBytes: Int = AuditLimits.segmentBytes
    ) throws {
        let log = try openLog(directory, segmentBytes: segmentBytes)
        for number in 0..<lines {
            try log.append(
                telling.contains(number) ? .riskUse : .orderIntent, at: noon(Int64(number)),
                note("\(number) " + String(repeating: "x", count: length)))
        }
        try log.close()
    }

    /// Numbers of the lines with notes from the newest that tells everything on.
    private func read(within limit: Int) throws -> [Int] {
        var numbers: [Int] = []
        try AuditRecentLines(directory: directory.path, from: "risk.use", within: limit).forEach {
            _, _, data in
            let text = String(decoding: data, as: UTF8.self)
            guard text.hasPrefix(#"{"note":""#) else { return }
            if let number = Int(text.dropFirst(9).prefix { $0.isNumber }) { numbers.append(number) }
        }
        return numbers
    }

    @Test("a line near the end is found in a segment that is larger than what may be searched")
    func largeSegment() throws {
        // 12 MiB, in three windows.
        try write(6_000, telling: [10, 5_990], length: 2_000)
        #expect(try read(within: 1 << 20) == Array(5_990..<6_000))
    }

    @Test("one before the middle is found behind windows without one; beyond the limit it is not")
    func windows() throws {
        try write(6_000, telling: [10], length: 2_000)
        #expect(try read(within: 256 << 20) == Array(10..<6_000))
        #expect(throws: AuditRecentFault.outOfReach(bytes: 4 << 20)) { try read(within: 4 << 20) }
    }

    @Test("whole segments from before a time on, and no more than may be read but the newest")
    func since() throws {
        try write(3_000, telling: [], length: 1_500, segmentBytes: 1 << 20)
        func numbers(since number: Int64, within limit: Int) throws -> [Int] {
            var numbers: [Int] = []
            try AuditRecentLines(directory: directory.path, since: noon(number), within: limit).forEach {
                _, _, data in
                let text = String(decoding: data, as: UTF8.self)
                guard text.hasPrefix(#"{"note":""#) else { return }
                if let number = Int(text.dropFirst(9).prefix { $0.isNumber }) { numbers.append(number) }
            }
            return numbers
        }
        #expect(try numbers(since: -1, within: 256 << 20) == Array(0..<3_000))
        let newest = try numbers(since: 2_999, within: 256 << 20)
        #expect(newest.count < 1_000 && newest == Array((3_000 - newest.count)..<3_000))
        #expect(try numbers(since: -1, within: 1) == newest)
        let some = try numbers(since: 1_500, within: 256 << 20)
        #expect(some.count > 1_500 && some.count < 3_000 && some == Array((3_000 - some.count)..<3_000))
    }

    @Test("wherever the lines lie, the newest is found, also in a compressed segment")
    func places() throws {
        var random = TestRandom(seed: TestSeed.value("TRADINGD_RECENT_SEED"))
        for step in 0..<12 {
            let directory = try TemporaryDirectory()
            let lines = 1 + Int(random.below(3_000))
            let newest = Int(random.below(UInt64(lines)))
            let log = try openLog(directory, segmentBytes: step % 3 == 0 ? 1 << 20 : AuditLimits.segmentBytes)
            for number in 0..<lines {
                try log.append(
                    number == newest ? .riskUse : .orderIntent, at: noon(Int64(number)),
                    note(String(repeating: "y", count: Int(random.below(6_000)))))
            }
            try log.close()
            if step % 4 == 1 {
                let content = try directory.read(firstSegment)
                try directory.write(gzip(content), to: firstSegment + ".gz")
                unlink(directory.path + "/" + firstSegment)
            }
            var types: [AuditLineType?] = []
            try AuditRecentLines(directory: directory.path, from: "risk.use", within: 256 << 20)
                .forEach { type, _, _ in types.append(type) }
            #expect(types.first == .riskUse, "step \(step)")
            #expect(types.count { $0 == .orderIntent } == lines - newest - 1, "step \(step)")
        }
    }

    @Test("a file without lines is not what was written")
    func damaged() throws {
        try directory.write([UInt8](repeating: 0x20, count: 9 << 20), to: firstSegment)
        #expect(throws: AuditRecentFault.self) { try read(within: 256 << 20) }
    }
}
