import Glibc

/// Small files that are replaced as a whole and survive a crash at any instant.
public enum DurableFile {
    /// Replaces `path`: writes `path.new`, fsyncs it, renames it over `path`, fsyncs the directory.
    ///
    /// - Throws: `SystemError` of the first call that failed; `path` then holds the old content or the new,
    ///   never a mixture.
    public static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o600) throws(SystemError)
    {
        let temporary = path + ".new"
        try write(bytes, to: temporary, mode)
        guard rename(temporary, path) == 0 else { throw SystemError("rename", path) }
        try syncDirectory(of: path)
    }

    /// Makes `path` where there is nothing of that name; what is there stays as it is.
    ///
    /// - Returns: whether it was made.
    /// - Throws: `SystemError` of the first call that failed; `path` is then whole or not there.
    @discardableResult
    public static func create(
        _ path: String, with bytes: [UInt8], mode: mode_t = 0o600
    ) throws(SystemError) -> Bool {
        // A name of its own: whoever else makes the same file at this moment must not write into ours.
        let temporary = "\(path).new-\(getpid())"
        try write(bytes, to: temporary, mode)
        defer { unlink(temporary) }
        guard link(temporary, path) == 0 else {
            if errno == EEXIST { return false }
            throw SystemError("link", path)
        }
        try syncDirectory(of: path)
        return true
    }

    /// Writes a file anew and waits until it is on the disk.
    private static func write(
        _ bytes: [UInt8], to path: String, _ mode: mode_t
    ) throws(SystemError) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard file >= 0 else { throw SystemError("open", path) }
        defer { close(file) }
        try writeAll(bytes, to: file, named: path)
        guard fsync(file) == 0 else { throw SystemError("fsync", path) }
    }

    /// Writes every byte, through short writes and interruptions.
    public static func writeAll(_ bytes: [UInt8], to file: Int32, named path: String) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                Glibc.write(file, buffer.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if written > 0 {
                done += written
            } else if written < 0 && errno != EINTR {
                throw SystemError("write", path)
            }
        }
    }

    /// The whole file, at most `limit` bytes.
    ///
    /// - Returns: `nil` when there is no such file.
    /// - Throws: `SystemError`; `EFBIG` when the file is larger than `limit`.
    public static func read(_ path: String, limit: Int = 1 << 24) throws(SystemError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0 {
            if errno == ENOENT { return nil }
            throw SystemError("open", path)
        }
        defer { close(file) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("read", path)
            }
            content.append(contentsOf: chunk[..<count])
            if content.count > limit { throw SystemError("read", path, code: EFBIG) }
        }
    }

    /// Makes directory entries durable: fsyncs the directory that holds `path`.
    public static func syncDirectory(of path: String) throws(SystemError) {
        let directory = directoryName(path)
        let handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw SystemError("open", directory) }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw SystemError("fsync", directory) }
    }

    /// Creates `path` and its missing parents.
    public static func makeDirectories(_ path: String, mode: mode_t = 0o700) throws(SystemError) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += prefix.isEmpty || prefix.hasSuffix("/") ? String(part) : "/" + part
            if mkdir(prefix, mode) != 0 && errno != EEXIST { throw SystemError("mkdir", prefix) }
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemError("stat", path) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw SystemError("mkdir", path, code: ENOTDIR) }
    }

    /// The part of `path` before the last slash; `.` without one.
    public static func directoryName(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
