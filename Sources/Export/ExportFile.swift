import ExactJSON
import Glibc
import Platform

/// A file of JSON lines, called `NAME.partial` until it is whole.
struct ExportFile: Sendable {
    /// What the name ends with while the file is being written.
    static let suffix = ".partial"
    /// Bytes that are collected before they are written.
    private static let chunk = 1 << 16

    private let path: String
    private let descriptor: Int32
    private var isOpen = true
    private var json = JSONWriter(capacity: 2 * ExportFile.chunk)

    /// Makes the file, which must not exist.
    init(_ path: String) throws(ExportError) {
        let partial = path + Self.suffix
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .notCreated(SystemError("open", partial)) }
        self.init(path, descriptor: descriptor)
    }

    /// A file that is open already; `path` is its name when it is whole.
    init(_ path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Writes one line; `body` writes its value.
    mutating func line(_ body: (inout JSONWriter) -> Void) throws(ExportError) {
        try part { json in
            body(&json)
            json.newline()
        }
    }

    /// Writes a part of a line.
    mutating func part(_ body: (inout JSONWriter) -> Void) throws(ExportError) {
        body(&json)
        if json.bytes.count >= Self.chunk { try flush() }
    }

    private mutating func flush() throws(ExportError) {
        do throws(SystemError) {
            try DurableFile.writeAll(json.bytes, to: descriptor, named: path + Self.suffix)
        } catch {
            throw .notWritten(error)
        }
        json.removeBytes()
    }

    /// Writes what is left and closes the file, which keeps its partial name.
    mutating func finish() throws(ExportError) {
        try flush()
        isOpen = false
        // Some file systems tell only here that there was no room.
        guard close(descriptor) == 0 else { throw .notWritten(SystemError("close", path + Self.suffix)) }
    }

    /// Closes it as it is, if it is open: what is left is lost.
    mutating func abandon() {
        if isOpen { close(descriptor) }
        isOpen = false
    }

    /// Gives the whole file its name.
    func publish() throws(ExportError) {
        guard rename(path + Self.suffix, path) == 0 else { throw .notWritten(SystemError("rename", path)) }
    }
}
