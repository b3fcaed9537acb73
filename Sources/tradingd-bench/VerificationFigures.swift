import Audit
import Benchmarking
import Dispatch
import ExactJSON
import Glibc
import Platform
import TradingModel

/// Verifying an audit log.
enum VerificationFigures {
    static func measure(_ bench: Bench) throws -> [Figure] {
        [
            try verification("audit_verify", checks: 4, bench),
            try verification("audit_verify_short", checks: 0, bench),
        ]
    }

    /// Lines verified a second, on all processors: a segment in the page cache, three hashes a line.
    private static func verification(_ name: String, checks: Int, _ bench: Bench) throws -> Figure {
        let records = bench.plan.size(200_000, short: 2_000)
        let directory = try bench.scratch.directory("verify")
        let log = try open(directory)
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

    private static func open(_ directory: String) throws -> AuditLog {
        Scratch.remove(directory)
        let identity = AuditIdentity(
            origin: "bench/dev/00000000-0000-0000-0000-000000000000", build: "bench", configHash: "bench",
            machineID: "bench", bootID: "bench")
        return try AuditLog(
            AuditSettings(directory: directory), identity: identity,
            at: Timestamp(nanoseconds: 1_767_571_200_000_000_000), queue: DispatchQueue(label: "bench.audit"))
    }
}
