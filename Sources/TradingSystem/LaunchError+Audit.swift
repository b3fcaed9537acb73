import Audit

extension LaunchError {
    /// The audit log's refusal as a refusal to start.
    init(_ error: AuditError) {
        switch error {
        case .locked: self = .temporary("\(error)")
        case .broken, .foreignLog: self = .data("\(error)")
        case .wrongKey: self = .configuration("\(error)")
        default: self = .system("\(error)")
        }
    }
}
