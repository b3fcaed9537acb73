import Audit
import Benchmarking

/// Appending to the audit log in groups, beside C that writes as many bytes and knows neither chain nor record.
enum AuditFigures {
    /// Times of one kind of appending, in nanoseconds a line, pass by pass.
    fileprivate struct Times {
        /// Ours, the next group staged while one is on its way.
        var ahead: [Double] = []
        /// Ours, each group waited for.
        var waiting: [Double] = []
        /// C, one `write` a line.
        var lines: [Double] = []
        /// C, one `write` a group.
        var gathered: [Double] = []
    }

    static func measure(_ bench: Bench) throws -> [Figure] {
        var figures: [Figure] = []
        for durability in [AuditDurability.disk, .process] {
            for isSigned in [true, false] {
                for group in [1, 10, 100, 1_000] {
                    let workload = AuditWorkload(
                        durability: durability, group: group, groups: groups(group, durability, bench.plan),
                        isSigned: isSigned)
                    figures.append(try figure(workload, bench))
                }
            }
        }
        return figures
    }

    /// Commits a pass: the disk decides how long they take.
    private static func groups(_ group: Int, _ durability: AuditDurability, _ plan: Plan) -> Int {
        if plan.isSmoke { return max(2, 200 / group) }
        return durability == .disk ? min(100, 20_000 / group) : 40_000 / group
    }

    private static func figure(_ workload: AuditWorkload, _ bench: Bench) throws -> Figure {
        let length = try lineLength(workload, bench)
        var times = Times()
        // The first pass is not measured.
        for pass in 0...bench.plan.passes {
            var one = Times()
            try measure(workload, length, bench, &one)
            if pass > 0 { times.add(one) }
        }
        let isDisk = workload.durability == .disk
        let waiting = DuelTimes(ours: times.waiting, reference: times.lines)
        let ahead = isDisk ? DuelTimes(ours: times.ahead, reference: times.lines) : waiting
        let name = "audit_\(isDisk ? "disk" : "process")_\(workload.group)"
        var figure = Figure(
            name + (workload.isSigned ? "" : "_unsigned"), .records, ours: 1e9 / ahead.ours,
            reference: 1e9 / ahead.reference, ratio: 1 / ahead.ratio,
            target: isDisk ? Target(.ratio, better: .more, floor: 0.8, aim: 0.95) : nil,
            passes: bench.plan.passes)
        let gathered = DuelTimes(
            ours: isDisk ? times.ahead : times.waiting, reference: times.gathered)
        figure.details = [
            ("c_gathered", 1e9 / gathered.reference), ("ratio_gathered", 1 / gathered.ratio),
            ("line_bytes", Double(length)),
        ]
        if isDisk {
            figure.details += [
                ("waiting", 1e9 / waiting.ours), ("ratio_waiting", 1 / waiting.ratio),
            ]
        }
        return figure
    }

    /// One pass of each, in turn.
    private static func measure(
        _ workload: AuditWorkload, _ length: Int, _ bench: Bench, _ times: inout Times
    ) throws {
        if workload.durability == .disk {
            times.ahead.append(try ours(workload, bench) { try $0.appendAhead() })
        }
        times.lines.append(try reference(workload, length, isGathered: false, bench))
        times.waiting.append(try ours(workload, bench) { try $0.appendWaiting() })
        times.gathered.append(try reference(workload, length, isGathered: true, bench))
    }

    private static func ours(
        _ workload: AuditWorkload, _ bench: Bench, _ append: (AuditAppending) throws -> Void
    ) throws -> Double {
        let log = try AuditAppending(workload, in: bench.scratch.directory("audit"), key: key)
        let start = workload.clock.now()
        try append(log)
        let time = workload.clock.now() - start
        let written = try log.finish()
        guard written == workload.records else {
            throw BenchmarkFault("\(written) lines written, not \(workload.records)")
        }
        return Double(time) / Double(written)
    }

    private static func reference(
        _ workload: AuditWorkload, _ length: Int, isGathered: Bool, _ bench: Bench
    ) throws -> Double {
        // The same directory, as directories differ in where their files go.
        let file = try CAppending(workload, path: bench.scratch.directory("audit") + "/append.log")
        let start = workload.clock.now()
        try file.append(length: length, isGathered: isGathered)
        return Double(workload.clock.now() - start) / Double(workload.records)
    }

    /// Bytes of one line.
    private static func lineLength(_ workload: AuditWorkload, _ bench: Bench) throws -> Int {
        let one = AuditWorkload(durability: .process, group: 1, groups: 1, isSigned: workload.isSigned)
        let log = try AuditAppending(one, in: bench.scratch.directory("audit"), key: key)
        _ = try log.lineBytes()
        let length = try log.lineBytes()
        _ = try log.finish()
        return length
    }

    private static let key = AuditSigningKey.generate()
}

extension AuditFigures.Times {
    fileprivate mutating func add(_ other: Self) {
        ahead += other.ahead
        waiting += other.waiting
        lines += other.lines
        gathered += other.gathered
    }
}
