import Glibc
import Platform

/// A directory of one run, removed with everything in it.
public final class Scratch {
    /// Where it is.
    public let path: String

    /// Makes one under `TMPDIR`, or `/tmp`.
    ///
    /// - Throws: `SystemError`.
    public init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((parent + "/tradingd-bench-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp", parent) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    /// Path of `name` here.
    public func file(_ name: String) -> String { path + "/" + name }

    /// A directory called `name` here, made if it is missing.
    public func directory(_ name: String) throws -> String {
        try DurableFile.makeDirectories(file(name))
        return file(name)
    }

    /// Removes what is at `path`, a file or a directory with everything in it.
    public static func remove(_ path: String) {
        guard let handle = opendir(path) else {
            unlink(path)
            return
        }
        var names: [String] = []
        while let entry = readdir(handle) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        closedir(handle)
        for name in names where name != "." && name != ".." { unlinkOrEmpty(path + "/" + name) }
        rmdir(path)
    }

    private static func unlinkOrEmpty(_ path: String) {
        if unlink(path) != 0 { remove(path) }
    }
}

/// A file that is written in pieces; nothing is synced.
public struct PlainFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// Creates or empties `path`.
    public init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("open", path) }
    }

    deinit { close(descriptor) }

    /// Appends.
    public func write(_ bytes: [UInt8]) throws(SystemError) {
        try DurableFile.writeAll(bytes, to: descriptor, named: path)
    }
}
