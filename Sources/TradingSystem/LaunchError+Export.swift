import Export

extension LaunchError {
    /// An export's failure as the end of its replay.
    init(_ error: ExportError) {
        switch error {
        case .notCreated: self = .output("\(error)")
        case .inUse: self = .temporary("\(error)")
        case .notWritten, .moved: self = .system("\(error)")
        case .tooManyLadders: self = .data("\(error)")
        }
    }
}
