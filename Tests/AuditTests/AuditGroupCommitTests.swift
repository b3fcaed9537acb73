import Audit
import Dispatch
import Glibc
import Platform
import TestSupport
import Testing
import TradingModel

/// Counts calls, and plays a disk that is full until something is deleted.
private final class CountingDisk: Sendable {
    struct State {
        var writes = 0
        var dataSyncs = 0
        /// A write fails with `ENOSPC` while this file is there.
        var fullWhile: String?
        /// Bytes that the full disk still takes of a write.
        var takes = 0
    }

    let state = Locked(State())

    var operations: AuditFileOperations {
        AuditFileOperations(
            write: { [state] descriptor, bytes in
                let (isFull, takes) = state.withLock { state in
                    state.writes += 1
                    return (state.fullWhile.map { access($0, F_OK) == 0 } ?? false, state.takes)
                }
                guard isFull else { return AuditFileOperations.system.write(descriptor, bytes) }
                if takes == 0 { return -Int(ENOSPC) }
                return AuditFileOperations.system.write(descriptor, bytes.extracting(0..<takes))
            },
            synchronize: { _ in 0 },
            synchronizeData: { [state] _ in
                state.withLock { $0.dataSyncs += 1 }
                return 0
            },
            room: { [state] _ in
                state.withLock { $0.fullWhile.map { access($0, F_OK) == 0 } ?? false } ? 0 : .max
            })
    }
}

@Suite("Audit group commit")
struct AuditGroupCommitTests {
    private let directory: TemporaryDirectory
    private let disk = CountingDisk()

    init() throws { directory = try TemporaryDirectory() }

    private func open(
        _ durability: AuditDurability, reserve: Int = 0, observer: AuditObserver = AuditObserver()
    ) throws -> AuditLog {
        try AuditLog(
            AuditSettings(
                directory: directory.path, durability: durability, reserveBytes: reserve,
                operations: disk.operations),
            identity: exampleIdentity, at: noon(), queue: DispatchQueue(label: "tradingd.audit"),
            observer: observer)
    }

    private var counts: (writes: Int, syncs: Int) { disk.state.withLock { ($0.writes, $0.dataSyncs) } }
    private var fileLines: Int {
        get throws { try directory.read(firstSegment).count { $0 == 0x0A } }
    }

    @Test(
        "staged lines reach the file with one write, and the disk with one sync",
        arguments: [1, 10, 100, 1_000])
    func groups(_ lines: Int) throws {
        let log = try open(.disk)
        let before = counts
        for index in 0..<lines { try log.stage(.orderAck, at: noon(Int64(index)), note("\(index)")) }
        #expect(try fileLines == 1 && log.head.sequence == 1)
        try log.commit()
        #expect(counts.writes == before.writes + 1 && counts.syncs == before.syncs + 1)
        #expect(try fileLines == lines + 1 && log.head.sequence == UInt64(lines + 1))
        try log.commit()
        #expect(counts.syncs == before.syncs + 1)
        #expect(try AuditVerifier.verify(directory: directory.path).verdict == .intact)
    }

    @Test("who waits without waiting is told once the line is safe, even where it is safe already")
    func notifies() throws {
        let told = Locked<[UInt64]>([])
        let log = try open(
            .disk,
            observer: AuditObserver(didBecomeDurable: { line in told.withLockNotifying { $0.append(line) } }))
        let first = try log.stage(.orderIntent, at: noon(), note(""))
        log.requestCommit(notifying: 71, at: first)
        #expect(told.wait { $0.first } == 71)
        let second = try log.stage(.orderIntent, at: noon(), note(""))
        try log.commit()
        log.requestCommit(notifying: 72, at: second)
        #expect(told.wait { $0.count > 1 ? $0[1] : nil } == 72)
        try log.append(.orderAck, at: noon(), note(""))
        log.requestCommit()
        try log.close()
        #expect(told.withLock { $0.count } == 2)
    }

    @Test("lines of many threads are one chain, and each is in the file when its append returns")
    func concurrency() throws {
        let log = try open(.process)
        let lost = Locked(0)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for index in 0..<200 {
                guard let receipt = try? log.append(.rpcCall, at: noon(), note("\(thread)-\(index)")),
                    log.head.sequence >= receipt.sequence
                else {
                    lost.withLock { $0 += 1 }
                    continue
                }
            }
        }
        #expect(lost.withLock { $0 } == 0)
        let result = try AuditVerifier.verify(directory: directory.path)
        #expect(result.verdict == .intact && result.lines == 1_601)
    }

    @Test(
        "a full disk takes the reserve: what stops trading is written, orders are refused",
        arguments: [0, 57])
    func fullDisk(_ taken: Int) throws {
        let told = Locked(0)
        let reserve = directory.path + "/reserve"
        let log = try open(
            .process, reserve: 65_536, observer: AuditObserver(isShortOfRoom: { told.withLock { $0 += 1 } }))
        var status = stat()
        #expect(stat(reserve, &status) == 0 && status.st_blocks * 512 >= 65_536)
        try log.append(.orderIntent, at: noon(), note("before"))
        disk.state.withLock { ($0.fullWhile, $0.takes) = (reserve, taken) }
        let writer = AuditRecordWriter { _, _, _, json in note("")(&json) }
        // The line that meets the full disk is still kept whole.
        try log.append(.orderFill, at: noon(), note("met it"))
        #expect(told.withLock { $0 } == 1 && log.isShortOfRoom && access(reserve, F_OK) != 0)
        for type in [AuditLineType.orderIntent, .orderDeny, .orderReplace] {
            #expect(throws: AuditError.unavailable(.noRoom)) { try log.append(type, at: noon(), note("")) }
            let record = AuditRecord(.timer(TimerFired(id: 1, dueAt: .zero)), sequence: 1, in: writer)
            #expect(throws: AuditError.unavailable(.noRoom)) { try log.stage(type, at: noon(), record) }
        }
        try log.append(.killSwitchEngage, at: noon(), note("trip"))
        try log.append(.orderCancel, at: noon(), note(""))
        #expect(log.outage == nil)
        try log.close()
        let result = try AuditVerifier.verify(directory: directory.path)
        #expect(result.verdict == .intact && result.lines == 5)
    }

    @Test("a disk that stays full ends the writing")
    func fullForEver() throws {
        let log = try open(.process, reserve: 4_096)
        disk.state.withLock { $0.fullWhile = directory.path }
        #expect(throws: AuditError.self) { try log.append(.orderFill, at: noon(), note("")) }
        #expect(log.outage != nil)
    }

    @Test("a log without room for its reserve does not begin")
    func noReserve() throws {
        #expect(throws: AuditError.self) {
            try AuditLog(
                AuditSettings(directory: directory.path, reserveBytes: 1 << 50), identity: exampleIdentity,
                at: noon(), queue: DispatchQueue(label: "tradingd.audit"))
        }
        #expect(access(directory.path + "/reserve", F_OK) != 0)
    }

    @Test("a segment takes its room when it begins and gives back what it did not need")
    func preallocates() throws {
        let log = try AuditLog(
            AuditSettings(directory: directory.path, segmentBytes: 1 << 20, preallocates: true),
            identity: exampleIdentity, at: noon(), queue: DispatchQueue(label: "tradingd.audit"))
        var status = stat()
        #expect(stat(directory.path + "/" + firstSegment, &status) == 0)
        #expect(status.st_size < 4_096 && status.st_blocks * 512 >= 1 << 20)
        try log.close()
        #expect(stat(directory.path + "/" + firstSegment, &status) == 0)
        #expect(status.st_blocks * 512 <= 8_192)
    }

    @Test("a closed segment that is not what the next one says of it is evidence and stays as it is")
    func damagedSegment() throws {
        let log = try openLog(directory, segmentBytes: 8_192)
        for index in 0..<60 { try log.append(.orderAck, at: noon(Int64(index)), note("fill \(index)")) }
        var bytes = try directory.read("audit-000002.jsonl")
        bytes[700] ^= 1
        try directory.write(bytes, to: "audit-000002.jsonl")
        let retention = AuditRetention(directory: directory.path, compresses: true, days: 0)
        #expect(throws: SystemError.self) { try retention.run(current: log.segment.number, now: noon()) }
        #expect(try directory.read("audit-000002.jsonl") == bytes)
        #expect(!directory.names.contains { $0.hasPrefix("audit-000002.jsonl.gz") })
        try log.close()
    }

    @Test("closed segments are compressed, read back, and deleted when their time is over")
    func retention() throws {
        let log = try openLog(directory, segmentBytes: 8_192)
        for index in 0..<100 { try log.append(.orderAck, at: noon(Int64(index)), note("fill \(index)")) }
        let current = log.segment.number
        #expect(current > 4)
        let plain = try directory.read("audit-000002.jsonl")
        let now = Timestamp(nanoseconds: Int64(time(nil)) * 1_000_000_000)
        let keeping = AuditRetention(directory: directory.path, compresses: true, days: 1)
        let report = try keeping.run(current: current, now: now)
        #expect(report.compressed.count == current - 1 && report.deleted.isEmpty)
        #expect(access(directory.path + "/audit-000002.jsonl", F_OK) != 0)
        #expect(gunzip(directory.path + "/audit-000002.jsonl.gz") == plain)
        #expect(try keeping.run(current: current, now: now).compressed.isEmpty)
        try log.append(.orderAck, at: noon(200), note("still writing"))
        let later = now.advanced(by: 2 * 86_400_000_000_000)
        let second = try keeping.run(current: current, now: later)
        #expect(second.deleted.count == current - 1 && second.compressed.isEmpty)
        try log.close()
        // What is left goes on.
        try openLog(directory, at: noon(300)).close()
    }
}
