import Audit
import Benchmarking
import CReference
import Dispatch
import ExactJSON
import Glibc
import Platform
import Synchronization
import TradingModel

/// One way of appending groups of lines, each made safe as a whole.
struct AuditWorkload {
    /// How far a group has come when the next may be asked for.
    let durability: AuditDurability
    /// Lines a commit.
    let group: Int
    /// Commits in a pass.
    let groups: Int
    /// Whether the log keeps its tree and signs checkpoints.
    let isSigned: Bool

    /// Lines in a pass.
    var records: Int { group * groups }
    /// Bytes of room a file takes beforehand, as in a live session; a replay takes none.
    var reserved: Int { durability == .disk ? AuditLimits.segmentBytes : 0 }
    /// Time that counts: the disk is waited for.
    var clock: StopWatch { durability == .disk ? .wall : .threadCPU }
}

/// An audit log with nothing but what a pass writes into it.
final class AuditAppending {
    private static let start: Int64 = 1_767_571_200_000_000_000
    private static let prices = (bid: Price(rawValue: 4_000_000_000_000), tick: Price(rawValue: 10_000_000))

    private let workload: AuditWorkload
    private let log: AuditLog
    private let hasBegun = DispatchSemaphore(value: 0)
    private let isDurable = DispatchSemaphore(value: 0)
    private let syncs = Syncs()
    private var record = 0

    init(_ workload: AuditWorkload, in directory: String, key: AuditSigningKey) throws {
        self.workload = workload
        Scratch.remove(directory)
        let identity = AuditIdentity(
            origin: "bench/dev/00000000-0000-0000-0000-000000000000", build: "bench", configHash: "bench",
            machineID: "bench", bootID: "bench")
        var operations = AuditFileOperations.system
        let (synchronize, hasBegun, isDurable) = (operations.synchronizeData, hasBegun, isDurable)
        operations.synchronizeData = { [syncs] descriptor in
            syncs.count.add(1, ordering: .relaxed)
            hasBegun.signal()
            return synchronize(descriptor)
        }
        log = try AuditLog(
            AuditSettings(
                directory: directory, durability: workload.durability, preallocates: workload.reserved > 0,
                key: workload.isSigned ? key : nil, operations: operations),
            identity: identity, at: Timestamp(nanoseconds: Self.start),
            queue: DispatchQueue(label: "bench.audit"),
            observer: AuditObserver(didBecomeDurable: { _ in isDurable.signal() }))
    }

    /// Stages each group and waits until it is safe.
    func appendWaiting() throws {
        for _ in 0..<workload.groups {
            try stageGroup()
            try log.commit()
        }
    }

    /// Stages the next group while the one before is on its way to the disk, as a live session does; never more than one
    /// is under way, and none is joined to another.
    func appendAhead() throws {
        for group in 0..<workload.groups {
            let entry = try stageGroup()
            if group > 0 { isDurable.wait() }
            log.requestCommit(notifying: UInt64(group), at: entry)
            hasBegun.wait()
        }
        isDurable.wait()
    }

    /// Lines that are safe, without those of the log's own, once each group has had its own sync.
    func finish() throws -> Int {
        let made = syncs.count.load(ordering: .relaxed)
        guard made == (workload.durability == .disk ? workload.groups : 0) else {
            throw BenchmarkFault("\(made) syncs for \(workload.groups) groups")
        }
        guard log.outage == nil else { throw BenchmarkFault("the audit log has failed") }
        try log.close()
        return record
    }

    /// Bytes of an ordinary line.
    func lineBytes() throws -> Int {
        let before = log.segment.bytes
        try stage()
        try log.commit()
        return log.segment.bytes - before
    }

    @discardableResult
    private func stageGroup() throws -> UInt64 {
        for _ in 1..<workload.group { try stage() }
        return try stage()
    }

    @discardableResult
    private func stage() throws -> UInt64 {
        record += 1
        let time = Timestamp(nanoseconds: Self.start + Int64(record) * 1_000)
        return try log.stage(.orderIntent, at: time) { json in
            json.raw { $0.append(contentsOf: Self.records[record % Self.records.count]) }
        }
    }

    /// Records as they come to the log: like C, it has their bytes at hand.
    private static let records = (0..<1_000).map { number in
        var json = JSONWriter(capacity: 1_024)
        write(number, to: &json)
        return json.bytes
    }

    /// Members like those of an order's intent, as long as the lines of an order are on average.
    private static func write(_ record: Int, to json: inout JSONWriter) {
        let number = UInt32(truncatingIfNeeded: record)
        let bid = prices.bid.moved(by: Int64(record % 500) * prices.tick.rawValue)
        let ask = bid.moved(by: prices.tick.rawValue)
        json.beginObject()
        json.key("cid")
        json.orderID(ClientOrderID(session: 1, number: number))
        json.key("symbol")
        json.string("XAUUSD" as StaticString)
        json.key("side")
        json.string("BUY" as StaticString)
        json.key("qty")
        json.quantityText(Quantity(rawValue: 2_000_000_000))
        json.key("limit")
        json.priceText(ask)
        json.key("strategy")
        json.string("micro_price_momentum" as StaticString)
        json.key("signal_seq")
        json.integer(3 * record)
        json.key("bid")
        json.priceText(bid)
        json.key("ask")
        json.priceText(ask)
        writeChecks(ask, to: &json)
        json.endObject()
    }

    private static func writeChecks(_ price: Price, to json: inout JSONWriter) {
        json.key("verdict")
        json.string("accept" as StaticString)
        json.key("checks")
        json.beginArray()
        for reason in RiskReason.allCases {
            json.beginArray()
            json.string(reason.code)
            json.priceText(price)
            json.endArray()
        }
        json.endArray()
    }
}

/// Counts syncs, from the log's queue.
private final class Syncs: Sendable {
    let count = Atomic(0)
}

/// The same as a loop in C.
final class CAppending {
    private let file: Int32
    private let workload: AuditWorkload

    init(_ workload: AuditWorkload, path: String) throws {
        self.workload = workload
        file = reference_append_open(path, workload.reserved)
        guard file >= 0 else { throw SystemError("open", path) }
    }

    deinit { close(file) }

    /// - Parameter isGathered: one `write` a group, else one a line.
    func append(length: Int, isGathered: Bool) throws {
        let code = reference_append(
            file, length, workload.groups, workload.group, isGathered ? 1 : 0,
            workload.durability == .disk ? 1 : 0)
        guard code == 0 else { throw BenchmarkFault("C cannot append") }
    }
}
