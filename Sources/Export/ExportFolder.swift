import Glibc
import Platform

/// The files of an export.
enum ExportFileName: Int, CaseIterable {
    case deltaBars, footprints, tickBars, tape, signals, orders, ladders
    /// Gets its name last: where it is, the export is whole.
    case summary

    /// The name in the directory.
    var text: String {
        switch self {
        case .deltaBars: "delta_bars.jsonl"
        case .footprints: "footprints.jsonl"
        case .tickBars: "tick_bars.jsonl"
        case .tape: "tape.json"
        case .signals: "signals.jsonl"
        case .orders: "orders.jsonl"
        case .ladders: "dom.jsonl"
        case .summary: "summary.json"
        }
    }
}

/// The directory of an export, held by one process at a time and empty of earlier exports.
struct ExportFolder {
    private let path: String
    private let descriptor: Int32

    /// Makes the directory, takes hold of it and removes the files of an earlier export; other files stay.
    init(_ path: String) throws(ExportError) {
        self.path = path
        do throws(SystemError) {
            try DurableFile.makeDirectories(path, mode: 0o755)
        } catch {
            throw .notCreated(error)
        }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .notCreated(SystemError("open", path)) }
        do throws(ExportError) {
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                if errno == EWOULDBLOCK { throw .inUse(directory: path) }
                throw .notCreated(SystemError("flock", path))
            }
            for name in ExportFileName.allCases {
                try Self.remove("\(path)/\(name.text)")
                try Self.remove("\(path)/\(name.text)\(ExportFile.suffix)")
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func remove(_ path: String) throws(ExportError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .notCreated(SystemError("unlink", path)) }
    }

    /// Begins a file.
    func file(_ name: ExportFileName) throws(ExportError) -> ExportFile {
        try ExportFile("\(path)/\(name.text)")
    }

    /// Lets go of the directory.
    func release() { close(descriptor) }
}
