import Platform
import TradingModel

/// Why an export is not complete.
public enum ExportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The directory or a file in it cannot be made, or an earlier export not be removed.
    case notCreated(SystemError)
    /// Another process is exporting into the directory.
    case inUse(directory: String)
    /// The directory has been moved or removed meanwhile, so that its path does not lead to the files.
    case moved(directory: String)
    /// A file cannot be written to its end.
    case notWritten(SystemError)
    /// The recording leaves out so much time that the ladders asked for would fill any disk.
    case tooManyLadders(between: Timestamp, and: Timestamp)

    /// One line that names the place.
    public var description: String {
        switch self {
        case .notCreated(let error), .notWritten(let error): "export: \(error)"
        case .inUse(let directory): "export: \(directory): another process is exporting into it"
        case .moved(let directory):
            "export: \(directory): has been moved, removed or replaced meanwhile; the export is not complete"
        case .tooManyLadders(let first, let second):
            "export: more than \(ExportStage.ladderLimit) ladders between two events, \(first) and \(second): "
                + "the interval is too short for this recording"
        }
    }
}
