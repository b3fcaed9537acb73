import Glibc
import MarketData
import Platform

/// The journals in one directory: their names, and how much room they take.
struct JournalDirectory: Sendable {
    /// One journal file.
    struct Entry: Sendable, Equatable {
        let session: UInt32
        let file: UInt32
        let bytes: Int

        var name: String { JournalDirectory.name(session: session, file: file) }
    }

    let path: String

    /// `journal-SESSION-FILE.tdj`, the file with six digits at least.
    static func name(session: UInt32, file: UInt32) -> String {
        let number = String(file)
        let padding = String(repeating: "0", count: max(0, 6 - number.count))
        return "journal-\(session)-\(padding)\(number)\(JournalFormat.suffix)"
    }

    /// Makes the directory when it is missing.
    func make() throws(SystemError) { try DurableFile.makeDirectories(path, mode: 0o750) }

    /// Makes a file that must not exist, for writing.
    func create(_ name: String) throws(SystemError) -> Int32 {
        let full = "\(path)/\(name)"
        let file = open(full, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw SystemError("open", full) }
        return file
    }

    /// Every journal, the oldest first. Other files are nobody's business.
    func entries() throws(SystemError) -> [Entry] {
        guard let handle = opendir(path) else { throw SystemError("opendir", path) }
        defer { closedir(handle) }
        var entries: [Entry] = []
        while let next = readdir(handle) {
            let name = withUnsafeBytes(of: next.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let entry = entry(name) { entries.append(entry) }
        }
        return entries.sorted { ($0.session, $0.file) < ($1.session, $1.file) }
    }

    private func entry(_ name: String) -> Entry? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "journal", name.hasSuffix(JournalFormat.suffix),
            let session = UInt32(parts[1]), let file = UInt32(parts[2].dropLast(JournalFormat.suffix.count)),
            Self.name(session: session, file: file) == name
        else { return nil }
        var status = stat()
        guard lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Entry(session: session, file: file, bytes: Int(status.st_size))
    }

    /// Removes the oldest files until `room` bytes more keep to `budget`; to be called while none is written.
    ///
    /// - Returns: the names that went.
    func clear(_ room: Int, of budget: Int) throws(SystemError) -> [String] {
        let entries = try entries()
        var total = entries.reduce(0) { $0 + $1.bytes }
        var removed: [String] = []
        for entry in entries {
            guard total + room > budget else { break }
            guard unlink("\(path)/\(entry.name)") == 0 || errno == ENOENT else {
                throw SystemError("unlink", "\(path)/\(entry.name)")
            }
            total -= entry.bytes
            removed.append(entry.name)
        }
        return removed
    }
}
