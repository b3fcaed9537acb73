import Audit
import Dispatch
import ExactJSON
import Glibc
import TestSupport
import TradingModel

extension AuditFileOperations {
    /// The operating system without waiting for the disk.
    static let unsynced = AuditFileOperations(
        write: AuditFileOperations.system.write, synchronize: { _ in 0 }, synchronizeData: { _ in 0 })
}

/// Noon of 2026-01-05 and so many microseconds.
func noon(_ microseconds: Int64 = 0) -> Timestamp {
    Timestamp(nanoseconds: 1_767_614_400_000_000_000 + microseconds * 1_000)
}

let exampleIdentity = AuditIdentity(
    origin: "example/sim/00000000-0000-0000-0000-000000000001", build: "0.1.0", configHash: "c0ffee",
    machineID: "machine", bootID: "boot")

func openLog(
    _ directory: TemporaryDirectory, identity: AuditIdentity = exampleIdentity, at time: Timestamp = noon(),
    durability: AuditDurability = .process, segmentBytes: Int = AuditLimits.segmentBytes,
    stepTolerance: Int64 = 0, operations: AuditFileOperations = .unsynced
) throws(AuditError) -> AuditLog {
    try AuditLog(
        AuditSettings(
            directory: directory.path, durability: durability, segmentBytes: segmentBytes,
            stepTolerance: stepTolerance, operations: operations),
        identity: identity, at: time, queue: DispatchQueue(label: "tradingd.audit"))
}

/// An object with one member.
func note(_ text: String) -> (inout JSONWriter) -> Void {
    { json in
        json.beginObject()
        json.key("note")
        json.string(text)
        json.endObject()
    }
}

/// A log of a few lines of different kinds, closed.
func writeSmallLog(_ directory: TemporaryDirectory, segmentBytes: Int = AuditLimits.segmentBytes) throws {
    let log = try openLog(directory, segmentBytes: segmentBytes)
    try log.append(.orderIntent, at: noon(10), note("XAUUSD"))
    try log.append(.orderDeny, at: noon(20), note("déjà vu \"quoted\" \\ / \n"))
    try log.append(.killSwitchEngage, at: noon(30), note("drill"))
    try log.close()
}

let firstSegment = "audit-000001.jsonl"
