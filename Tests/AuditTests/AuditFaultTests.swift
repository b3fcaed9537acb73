import Audit
import Glibc
import Platform
import TestSupport
import Testing
import TradingModel

/// A disk that fails when it is told to.
private final class FailingDisk: Sendable {
    struct Faults {
        var writeLimit: Int?
        var writeCode: Int32 = 0
        var syncCode: Int32 = 0
        var dataSyncCode: Int32 = 0
        var writes = 0
        var dataSyncs = 0
    }

    let faults = Locked(Faults())

    var operations: AuditFileOperations {
        AuditFileOperations(
            write: { [faults] descriptor, bytes in
                let (limit, code) = faults.withLock { state in
                    state.writes += 1
                    return (state.writeLimit, state.writeCode)
                }
                if code != 0 { return -Int(code) }
                let count = min(limit ?? bytes.count, bytes.count)
                return AuditFileOperations.system.write(descriptor, bytes.extracting(0..<count))
            },
            synchronize: { [faults] _ in faults.withLock { $0.syncCode } },
            synchronizeData: { [faults] _ in
                faults.withLock { state in
                    state.dataSyncs += 1
                    return state.dataSyncCode
                }
            })
    }

    func fail(_ change: (inout Faults) -> Void) { faults.withLock { change(&$0) } }
    var writes: Int { faults.withLock { $0.writes } }
}

@Suite("Audit faults")
struct AuditFaultTests {
    private let directory: TemporaryDirectory
    private let disk = FailingDisk()

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.path + "/" + firstSegment }

    /// The log has failed for good: no write comes through, even when the disk works again.
    private func expectLatched(_ log: AuditLog, _ outage: AuditOutage) throws {
        let writes = disk.writes
        disk.fail { $0 = FailingDisk.Faults(writes: $0.writes) }
        #expect(throws: AuditError.unavailable(outage)) { try log.append(.rpcCall, at: noon(), note("")) }
        #expect(log.outage == outage)
        try log.close()
        #expect(disk.writes == writes)
    }

    @Test("a write error ends the writing", arguments: [EIO, ENOSPC, EDQUOT, EROFS])
    func writeErrors(_ code: Int32) throws {
        let log = try openLog(directory, operations: disk.operations)
        try log.append(.orderIntent, at: noon(), note("good"))
        disk.fail { $0.writeCode = code }
        let outage = AuditOutage.system(SystemError("write", path, code: code))
        #expect(throws: AuditError.unavailable(outage)) { try log.append(.rpcCall, at: noon(), note("")) }
        try expectLatched(log, outage)
        #expect(log.head.sequence == 2)
        #expect(try AuditVerifier.verify(directory: directory.path).lines == 2)
    }

    @Test("a short write ends the writing; the next start sets the torn line aside")
    func shortWrite() throws {
        var log: AuditLog? = try openLog(directory, operations: disk.operations)
        disk.fail { $0.writeLimit = 100 }
        let error = #expect(throws: AuditError.self) {
            try log?.append(.rpcCall, at: noon(), note("cut"))
        }
        guard case .unavailable(.shortWrite(path, 100, let count)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        if let log { try expectLatched(log, .shortWrite(path: path, written: 100, of: count)) }
        log = nil
        let again = try openLog(directory, at: noon(5))
        #expect(again.head.sequence == 2)
        let result = try AuditVerifier.verify(directory: directory.path)
        #expect(result.verdict == .intact && result.counts[.logRecovered] == 1)
    }

    @Test("durability disk waits for the disk, and a failure of that ends the writing")
    func dataSyncError() throws {
        let log = try openLog(directory, durability: .disk, operations: disk.operations)
        try log.append(.orderIntent, at: noon(), note("good"))
        #expect(disk.faults.withLock { $0.dataSyncs } == 1)
        disk.fail { $0.dataSyncCode = EIO }
        let outage = AuditOutage.system(SystemError("fdatasync", path, code: EIO))
        #expect(throws: AuditError.unavailable(outage)) { try log.append(.rpcCall, at: noon(), note("")) }
        try expectLatched(log, outage)
    }

    @Test("durability process does not wait for the disk")
    func noDataSync() throws {
        let log = try openLog(directory, durability: .process, operations: disk.operations)
        try log.append(.orderIntent, at: noon(), note("good"))
        #expect(disk.faults.withLock { $0.dataSyncs } == 0)
    }

    @Test("a failed fsync at rotation ends the writing")
    func syncErrorAtRotation() throws {
        let log = try openLog(directory, segmentBytes: 1_800, operations: disk.operations)
        try log.append(.orderIntent, at: noon(), note("good"))
        disk.fail { $0.syncCode = EIO }
        let outage = AuditOutage.system(SystemError("fsync", path, code: EIO))
        #expect(throws: AuditError.unavailable(outage)) {
            for _ in 0..<10 { try log.append(.rpcCall, at: noon(), note("")) }
        }
        try expectLatched(log, outage)
        #expect(try AuditVerifier.verify(directory: directory.path).verdict == .intact)
    }

    @Test("a file in the way of the next segment ends the writing and is left alone")
    func occupiedSegment() throws {
        let log = try openLog(directory, segmentBytes: 1_800, operations: disk.operations)
        try directory.write([1, 2, 3], to: "audit-000002.jsonl")
        let outage = AuditOutage.system(
            SystemError("open", directory.path + "/audit-000002.jsonl", code: EEXIST))
        #expect(throws: AuditError.unavailable(outage)) {
            for _ in 0..<10 { try log.append(.rpcCall, at: noon(), note("")) }
        }
        try expectLatched(log, outage)
        #expect(try directory.read("audit-000002.jsonl") == [1, 2, 3])
    }

    @Test("an interrupted write is taken up again")
    func interruptedWrite() throws {
        let interruptions = Locked(3)
        var operations = AuditFileOperations.unsynced
        operations.write = { descriptor, bytes in
            let interrupted = interruptions.withLock { left in
                left -= 1
                return left >= 0
            }
            return interrupted ? -Int(EINTR) : AuditFileOperations.system.write(descriptor, bytes)
        }
        let log = try openLog(directory, operations: operations)
        #expect(log.head.sequence == 1)
    }

    @Test("opening fails when the directory cannot be synced")
    func syncErrorAtStart() throws {
        disk.fail { $0.syncCode = EIO }
        let error = AuditError.system(SystemError("fsync", directory.path, code: EIO))
        #expect(throws: error) { try openLog(directory, operations: disk.operations) }
    }
}
