import Glibc
import MarketData
import Platform
import TestSupport
import Testing
import TradingModel

@testable import Recorder

@Suite("Recorder")
struct RecorderTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("writes what comes from outside, in order, and nothing that follows from it")
    func records() throws {
        let rig = try RecorderRig(directory)
        var events = try quotes(5_000)
        events[3].source = .risk
        var own = events[4]
        own.source = .strategy
        own.payload = .system(SystemNotice(.armed, actor: ""))
        rig.record(Array(events[..<4]) + [own] + events[5...])
        rig.finish()
        let read = try rig.journal()
        #expect(read.map(\.sequence) == events.map(\.sequence).filter { $0 != 5 })
        #expect(read.map(\.payload) == events.enumerated().filter { $0.offset != 4 }.map(\.element.payload))
        guard case .closed(let file)? = rig.reports.last else {
            Issue.record("\(rig.reports)")
            return
        }
        #expect(file.name == "journal-1-000001.tdj" && file.events == 4_999)
        #expect(file.firstSequence == 1 && file.lastSequence == 5_000)
        #expect(file.bytes == (try directory.read(file.name)).count && file.sha256.count == 64)
    }

    @Test("its files can be read by owner and group alone, and are never written over")
    func modes() throws {
        let rig = try RecorderRig(directory)
        rig.finish()
        var status = stat()
        #expect(stat(directory.path + "/journal-1-000001.tdj", &status) == 0)
        #expect(status.st_mode & 0o777 & ~0o640 == 0)
        let before = try directory.read("journal-1-000001.tdj")
        #expect(throws: SystemError.self) { try RecorderRig(directory) }
        #expect(try directory.read("journal-1-000001.tdj") == before)
    }

    @Test("hands a block on when it is full, old, or holds a command, and only when the batch is over")
    func settles() throws {
        let written = Locked(0)
        let operations = RecorderFileOperations(
            write: { file, bytes in
                written.withLockNotifying { $0 += 1 }
                return RecorderFileOperations.system.write(file, bytes)
            }, sync: { fsync($0) })
        let rig = try RecorderRig(directory, operations: operations)
        func wait(for count: Int) {
            #expect(
                written.wait(until: MonotonicClock.now() + 60_000_000_000) { $0 >= count ? true : nil }
                    == true)
        }
        rig.record(try quotes(50))
        rig.record(try quotes(1, from: 51))
        // 51 quotes are 50 ms of events: the second batch handed them on.
        wait(for: 2)
        rig.record([.notice(52)])
        wait(for: 3)
        rig.record(try quotes(49, from: 53))
        rig.finish()
        #expect(written.withLock { $0 } == 4)
        #expect(try rig.journal().count == 101)
    }

    @Test("begins a new file at its size; all of them are one journal, each with the names it needs")
    func rotates() throws {
        let rig = try RecorderRig(directory, segmentBytes: 150_000)
        var events: [MarketEvent] = []
        for part in 0..<10 {
            events += try quotes(1_000, from: UInt64(1 + part * 1_000), symbol: "S\(part % 4)")
        }
        rig.record(events)
        rig.finish()
        #expect(directory.names.count > 3)
        #expect(try rig.journal().map(\.symbol) == events.map(\.symbol))
        for name in directory.names { #expect(try directory.read(name).count <= 150_000) }
        let opened = rig.reports.compactMap { report -> UInt64? in
            if case .opened(_, let first, _) = report { first } else { nil }
        }
        let closed = rig.reports.compactMap { report -> RecordedFile? in
            if case .closed(let file) = report { file } else { nil }
        }
        #expect(opened == closed.dropFirst().map(\.firstSequence))
        #expect(closed.map(\.name) == directory.names)
        #expect(closed.reduce(0) { $0 + $1.events } == 10_000)
    }

    @Test("keeps to the budget by removing the oldest files, never the one it writes nor a stranger's")
    func budget() throws {
        for name in ["journal-x-000001.tdj", "journal-1-1.tdj", "notes.txt"] {
            try directory.write([UInt8](repeating: 1, count: 300_000), to: name)
        }
        let first = try RecorderRig(directory, session: 2, segmentBytes: 100_000)
        first.record(try quotes(3_000))
        first.finish()
        let second = try RecorderRig(directory, session: 10, segmentBytes: 100_000, budgetBytes: 200_000)
        second.record(try quotes(20_000))
        second.finish()
        let journals = directory.names.filter { $0.hasPrefix("journal-10-") }
        #expect(!directory.names.contains { $0.hasPrefix("journal-2-") })
        #expect(!journals.isEmpty)
        #expect(try journals.reduce(0) { $0 + (try directory.read($1)).count } <= 200_000)
        #expect(directory.names.contains("notes.txt") && directory.names.contains("journal-1-1.tdj"))
        #expect(try second.journal(session: 10).last?.sequence == 20_000)
        let removed = second.reports.flatMap { report -> [String] in
            if case .removed(let names) = report { names } else { [] }
        }
        #expect(removed.first == "journal-2-000001.tdj")
    }

    @Test("waits for a slow disk and loses nothing")
    func blocks() throws {
        let progress = Locked(0)
        let operations = RecorderFileOperations(
            write: { file, bytes in
                // The first block waits until nearly all others are under way.
                if bytes.count > 40_000 {
                    _ = progress.wait(until: MonotonicClock.now() + 60_000_000_000) {
                        $0 > 14_000 ? true : nil
                    }
                }
                return RecorderFileOperations.system.write(file, bytes)
            }, sync: { fsync($0) })
        let rig = try RecorderRig(directory, operations: operations)
        for event in try quotes(40_000) {
            rig.recorder.record(event)
            progress.withLockNotifying { $0 += 1 }
        }
        rig.finish()
        #expect(try rig.journal().map(\.sequence) == Array(1...40_000))
    }

    @Test(
        "a failing write stops it: told once, nobody waits, what was written can be read",
        arguments: [ENOSPC, EIO])
    func failing(_ code: Int32) throws {
        let written = Locked(0)
        let operations = RecorderFileOperations(
            write: { file, bytes in
                let isFirst = written.withLock { count in
                    count += 1
                    return count <= 3
                }
                if isFirst { return RecorderFileOperations.system.write(file, bytes) }
                // A short write, then none.
                let half = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
                if bytes.count > 40_000 { return RecorderFileOperations.system.write(file, half) }
                errno = code
                return -1
            }, sync: { fsync($0) })
        let rig = try RecorderRig(directory, operations: operations)
        for part in 0..<100 { rig.record(try quotes(1_000, from: UInt64(1 + part * 1_000))) }
        rig.finish()
        let failures = rig.reports.filter { if case .failed = $0 { true } else { false } }
        #expect(failures.count == 1 && rig.reports.count == 1)
        #expect(rig.writer.failure?.contains(String(cString: strerror(code))) == true)
        let read = try rig.journal()
        #expect(!read.isEmpty && read.map(\.sequence) == Array(1...UInt64(read.count)))
    }

    @Test("a failing sync at the end is told")
    func failingSync() throws {
        let rig = try RecorderRig(
            directory,
            operations: RecorderFileOperations(write: RecorderFileOperations.system.write, sync: { _ in -1 }))
        rig.record(try quotes(10))
        rig.finish()
        guard case .failed? = rig.reports.last else {
            Issue.record("\(rig.reports)")
            return
        }
        #expect(try rig.journal().count == 10)
    }
}
