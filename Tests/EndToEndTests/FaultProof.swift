import Audit
import ExactJSON
import Testing

/// What a daemon shows of a fault, in each of the places where it must.
extension RunningDaemon {
    /// How often a fault has come in this session.
    func count(of fault: String) throws -> Int {
        try answer("fault.show")?["counts"]?.arrayValue?.first { $0["fault"]?.stringValue == fault }?[
            "count"]?
            .integerValue ?? 0
    }

    /// What a fault that holds is about, each time it does.
    func held(_ fault: String) throws -> [String] {
        try answer("fault.show")?["faults"]?.arrayValue?.filter { $0["fault"]?.stringValue == fault }
            .compactMap { $0["subject"]?.stringValue } ?? []
    }

    /// Waits for a fault; then it is counted by the metrics and told by the log.
    func meets(_ fault: String, more times: Int = 0) throws {
        try eventually("\(fault) is told") { try count(of: fault) > times }
        let metrics = try answer("metrics")?.arrayValue ?? []
        let metric = metrics.first {
            $0["name"] == "tradingd_faults_total" && $0["labels"]?["fault"]?.stringValue == fault
        }
        #expect(metric?["value"]?.integerValue ?? 0 > times, "\(fault)")
        try eventually("\(fault) is logged") { try process.output.contains("\"fault\":\"\(fault)\"") }
        let shown = try tradectl("faults")
        #expect(shown.exitCode == 0 && shown.output.contains(fault), "\(shown.output)\(shown.errors)")
    }

    /// Waits for the end of a fault.
    func losesFault(_ fault: String) throws {
        try eventually("\(fault) is over") { try held(fault).isEmpty }
    }
}

extension AuditTrail {
    /// Checks that a fault is written down.
    ///
    /// - Parameter isOver: whether its end is, too; `nil` where the end of the session may be it.
    func proves(_ fault: String, isOver: Bool?) {
        func count(of type: AuditLineType) -> Int {
            indices(type).count { lines[$0].data["fault"]?.stringValue == fault }
        }
        #expect(count(of: .faultRaise) > 0, "\(fault) is in the trail")
        guard let isOver else { return }
        #expect(isOver == (count(of: .faultClear) > 0), "whether \(fault) is over")
    }
}
