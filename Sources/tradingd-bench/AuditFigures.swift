import Audit
import Benchmarking
import CReference
import Dispatch
import ExactJSON
import Glibc
import Platform
import TradingModel

/// Appending records to the audit log, one at a time, and verifying a log.
enum AuditFigures {
    /// About what an order's intent says: makes lines of about 450 bytes with the frame and the hash.
    private static let data: StaticString =
        "XAUUSD buy 1 limit 4000.01 gtc micro_price_momentum: kill_switch ok, size 1 of 10, exposure 4000.01 of 50000"

    static func measure(_ bench: Bench) throws -> [Figure] {
        let written = try figure(
            "audit_append", .process, records: bench.plan.size(100_000, short: 2_000), target: nil, bench)
        let durable = try figure(
            "audit_append_disk", .disk, records: bench.plan.size(500, short: 50),
            target: Target(.ratio, better: .more, floor: 0.8, aim: 0.95), bench)
        let long = try verification("audit_verify", checks: 4, bench)
        let short = try verification("audit_verify_short", checks: 0, bench)
        return [written, durable, long, short]
    }

    private static func figure(
        _ name: String, _ durability: AuditDurability, records: Int, target: Target?, _ bench: Bench
    ) throws -> Figure {
        let length = try lineLength(bench)
        let times = try Duel.run(
            name, passes: bench.plan.isSmoke ? 1 : 3, operations: records, clock: .wall,
            ours: { try append(records, durability, bench) },
            reference: {
                let path = bench.scratch.file("append.log")
                guard reference_append(path, length, records, durability == .disk ? 1 : 0) == 0 else {
                    throw BenchmarkFault("\(path): C cannot append")
                }
                return records
            })
        var figure = Figure(
            name, .records, ours: 1e9 / times.ours, reference: 1e9 / times.reference, ratio: 1 / times.ratio,
            publishedReference: durability == .disk ? 12_000 : nil, target: target,
            passes: bench.plan.isSmoke ? 1 : 3)
        figure.details = [("line_bytes", Double(length))]
        figure.notes = ["C: one write a line\(durability == .disk ? " and fdatasync" : ""), no hash chain"]
        return figure
    }

    /// Lines verified a second, on all processors: a segment in the page cache, three hashes a line.
    private static func verification(_ name: String, checks: Int, _ bench: Bench) throws -> Figure {
        let records = bench.plan.size(200_000, short: 2_000)
        let directory = try bench.scratch.directory("verify")
        let log = try open(.process, directory)
        for record in 0..<records { try append(record, checks: checks, to: log) }
        try log.close()
        var rates: [Double] = []
        var processor: [Double] = []
        var bytes = 0
        for pass in 0...bench.plan.passes {
            let start = MonotonicClock.now()
            let processorStart = processorNanoseconds()
            let result = try AuditVerifier.verify(directory: directory)
            let seconds = Double(MonotonicClock.now() - start) / 1e9
            guard result.fault == nil, result.tally.orders.sent == records / 4 else {
                throw BenchmarkFault("\(directory): the log just written does not verify")
            }
            bytes = result.segments.reduce(0) { $0 + $1.bytes } / result.lines
            // The first pass warms the cache.
            guard pass > 0 else { continue }
            rates.append(Double(result.lines) / seconds)
            processor.append((processorNanoseconds() - processorStart) / Double(result.lines))
        }
        var figure = Figure(
            name, .records, ours: rates.sorted()[rates.count / 2],
            target: Target(.value, better: .more, floor: 300_000, aim: 1_000_000),
            passes: bench.plan.passes)
        figure.details = [
            ("line_bytes", Double(bytes)), ("cpu_ns_per_line", processor.sorted()[processor.count / 2]),
        ]
        figure.notes = ["all processors; unsigned log"]
        return figure
    }

    /// Time on all processors: what a busy machine changes least.
    private static func processorNanoseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    /// A line in the life of an order, with so many checks in its record.
    private static func append(_ record: Int, checks: Int, to log: AuditLog) throws {
        let types: [AuditLineType] = [.orderIntent, .orderSend, .orderAck, .orderFill]
        let time = Timestamp(nanoseconds: 1_767_571_200_000_000_000 + Int64(record) * 1_000)
        try log.append(types[record % 4], at: time) { json in
            json.beginObject()
            json.key("cid")
            json.string("c-\(record / 4)")
            json.key("symbol")
            json.string("XAUUSD")
            json.key("leaves")
            json.string("0")
            json.key("checks")
            json.beginArray()
            for check in 0..<checks { writeCheck(check + 1, to: &json) }
            json.endArray()
            json.endObject()
        }
    }

    private static func writeCheck(_ number: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.key("n")
        json.integer(number)
        json.key("code")
        json.string("RISK_MAX_SIZE")
        json.key("limit")
        json.string("10")
        json.key("actual")
        json.string("1")
        json.key("result")
        json.string("pass")
        json.endObject()
    }

    private static func open(_ durability: AuditDurability, _ directory: String) throws -> AuditLog {
        Scratch.remove(directory)
        let identity = AuditIdentity(
            origin: "bench/dev/00000000-0000-0000-0000-000000000000", build: "bench", configHash: "bench",
            machineID: "bench", bootID: "bench")
        return try AuditLog(
            AuditSettings(directory: directory, durability: durability), identity: identity,
            at: Timestamp(nanoseconds: 1_767_571_200_000_000_000), queue: DispatchQueue(label: "bench.audit"))
    }

    private static func append(_ records: Int, _ durability: AuditDurability, _ bench: Bench) throws -> Int {
        let log = try open(durability, bench.scratch.directory("audit"))
        let first = log.head.sequence
        for record in 0..<records { try append(record, to: log) }
        let written = Int(log.head.sequence - first)
        try log.close()
        return written
    }

    private static func append(_ record: Int, to log: AuditLog) throws {
        let time = Timestamp(nanoseconds: 1_767_571_200_000_000_000 + Int64(record) * 1_000)
        try log.append(.orderIntent, at: time) { json in
            json.beginObject()
            json.key("client_order_id")
            json.integer(record)
            json.key("order")
            json.string(data)
            json.endObject()
        }
    }

    /// Bytes of one line.
    private static func lineLength(_ bench: Bench) throws -> Int {
        let log = try open(.process, bench.scratch.directory("audit"))
        try append(1_000, to: log)
        let before = log.segment.bytes
        try append(1_001, to: log)
        let length = log.segment.bytes - before
        try log.close()
        return length
    }
}
