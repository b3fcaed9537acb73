import Glibc
import Platform

/// A directory of its own for one test, removed with everything in it.
public final class TemporaryDirectory {
    /// Where it is.
    public let path: String

    /// Makes it.
    public init() throws {
        var template = Array("/tmp/tradingd-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp", "/tmp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.empty(path) }

    /// The content of `name`; empty when there is no such file.
    public func read(_ name: String) throws -> [UInt8] {
        try DurableFile.read(path + "/" + name, limit: 1 << 30) ?? []
    }

    /// Writes `bytes` in place.
    public func write(_ bytes: [UInt8], to name: String) throws {
        let file = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw SystemError("open", name) }
        defer { close(file) }
        try DurableFile.writeAll(bytes, to: file, named: name)
    }

    /// Writes a file and gives its path.
    public func file(_ name: String, _ content: [UInt8]) throws -> String {
        try write(content, to: name)
        return path + "/" + name
    }

    /// Writes a file and gives its path.
    public func file(_ name: String, _ content: String) throws -> String {
        try file(name, Array(content.utf8))
    }

    /// Names in the directory, sorted.
    public var names: [String] { Self.names(at: path).sorted() }

    /// Names in the directory called `name` in it, sorted; none when there is no such directory.
    public func names(in name: String) -> [String] { Self.names(at: path + "/" + name).sorted() }

    /// Names in the directory at `path`, in no order; none where there is no directory.
    public static func names(at path: String) -> [String] {
        guard let handle = opendir(path) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    private static func empty(_ path: String) {
        for name in names(at: path) where unlink(path + "/" + name) != 0 { empty(path + "/" + name) }
        rmdir(path)
    }
}
