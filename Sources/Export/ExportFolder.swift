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

/// The directory of an export, held by one process at a time.
struct ExportFolder: Sendable {
    /// `nil` once it is let go.
    private var directory: HeldDirectory?
    private let path: String

    /// Makes the directory and takes hold of it; what is in it stays as it is.
    ///
    /// - Throws: `ExportError`, also when `clear` would have to refuse.
    init(_ path: String) throws(ExportError) {
        self.path = path
        let directory: HeldDirectory
        let isOurs: Bool
        do throws(SystemError) {
            try DurableFile.makeDirectories(path, mode: 0o755)
            directory = try HeldDirectory(path)
            isOurs = try directory.lock()
        } catch {
            throw .notCreated(error)
        }
        guard isOurs else { throw .inUse(directory: path) }
        self.directory = directory
        try checkNames()
    }

    /// Removes the files of an earlier export, if all of them can be; other files stay.
    ///
    /// The summary goes first, so that it is never there without the files it stands for.
    func clear() throws(ExportError) {
        try checkNames()
        try inDirectory { directory throws(SystemError) in
            for name in ExportFileName.allCases.reversed() { try directory.remove(name.text) }
            for name in ExportFileName.allCases { try directory.remove(name.text + ExportFile.suffix) }
        }
    }

    private func checkNames() throws(ExportError) {
        try inDirectory { directory throws(SystemError) in
            try directory.checkWritable()
            for name in ExportFileName.allCases.flatMap({ [$0.text, $0.text + ExportFile.suffix] })
            where try directory.entry(name) == .directory {
                throw SystemError("unlink", directory.full(name), code: EISDIR)
            }
        }
    }

    private func inDirectory(
        _ body: (HeldDirectory) throws(SystemError) -> Void
    ) throws(ExportError) {
        guard let directory else { return }
        do throws(SystemError) { try body(directory) } catch { throw .notCreated(error) }
    }

    /// Begins a file.
    func file(_ name: ExportFileName) throws(ExportError) -> ExportFile? {
        guard let directory else { return nil }
        return try ExportFile(name.text, in: directory)
    }

    /// Fails where others find another directory, or none, under the path: they would not see the files.
    func checkPlace() throws(ExportError) {
        guard let directory else { return }
        let isThere: Bool
        do throws(SystemError) { isThere = try directory.isStillNamed() } catch { throw .notWritten(error) }
        guard isThere else { throw .moved(directory: path) }
    }

    /// Lets go of the directory.
    mutating func release() { directory = nil }
}
