import ExactJSON
import Glibc
import Platform

/// A file of JSON lines, called `NAME.partial` until it is whole.
struct ExportFile: Sendable {
    /// What the name ends with while the file is being written.
    static let suffix = ".partial"
    /// Bytes that are collected before they are written.
    private static let chunk = 1 << 16

    private let directory: HeldDirectory
    private let name: String
    private let descriptor: Int32
    private var isOpen = true
    private var hasFailed = false
    private var json = JSONWriter(capacity: 2 * ExportFile.chunk)

    /// Makes the file, which must not exist; `name` is its own when it is whole.
    init(_ name: String, in directory: HeldDirectory) throws(ExportError) {
        do throws(SystemError) {
            let descriptor = try directory.create(name + Self.suffix, mode: 0o644)
            self.init(name, in: directory, descriptor: descriptor)
        } catch {
            throw .notCreated(error)
        }
    }

    /// A file that is open already.
    init(_ name: String, in directory: HeldDirectory, descriptor: Int32) {
        self.directory = directory
        self.name = name
        self.descriptor = descriptor
    }

    private var partialPath: String { directory.full(name + Self.suffix) }

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
            try DurableFile.writeAll(json.bytes, to: descriptor, named: partialPath)
        } catch {
            hasFailed = true
            throw .notWritten(error)
        }
        json.removeBytes()
    }

    /// Writes what is left and closes the file, which keeps its partial name.
    mutating func finish() throws(ExportError) {
        try flush()
        isOpen = false
        // Some file systems tell only here that there was no room.
        guard close(descriptor) == 0 else { throw .notWritten(SystemError("close", partialPath)) }
    }

    /// Closes it with the lines there are, if it is open; not what is left after a failure.
    ///
    /// - Throws: `ExportError` where the lines cannot be written; the file is closed then, too.
    mutating func abandon() throws(ExportError) {
        guard isOpen else { return }
        defer {
            isOpen = false
            close(descriptor)
        }
        if !hasFailed { try flush() }
    }

    /// Gives the whole file its name.
    func publish() throws(ExportError) {
        do throws(SystemError) {
            try directory.rename(name + Self.suffix, to: name)
        } catch {
            throw .notWritten(error)
        }
    }
}
