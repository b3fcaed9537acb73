import Glibc
import Platform
import TestSupport
import Testing

@Suite("Held directory")
struct HeldDirectoryTests {
    let parent: TemporaryDirectory
    let path: String

    init() throws {
        parent = try TemporaryDirectory()
        path = parent.path + "/held"
        try DurableFile.makeDirectories(path)
    }

    @Test("one holder at a time has the lock, until it lets the directory go")
    func lock() throws {
        var first: HeldDirectory? = try HeldDirectory(path)
        let second = try HeldDirectory(path)
        #expect(try first?.lock() == true)
        #expect(try !second.lock())
        first = nil
        #expect(try second.lock())
    }

    @Test("what is done is done in the directory itself, whatever its path names meanwhile")
    func moved() throws {
        let held = try HeldDirectory(path)
        #expect(try held.isStillNamed())
        #expect(rename(path, path + ".away") == 0)
        #expect(try !held.isStillNamed())
        try DurableFile.makeDirectories(path)
        #expect(try !held.isStillNamed())
        close(try held.create("a", mode: 0o600))
        close(try held.create("c", mode: 0o600))
        try held.rename("a", to: "b")
        try held.remove("c")
        try held.remove("c")
        #expect(parent.names(in: "held").isEmpty)
        #expect(parent.names(in: "held.away") == ["b"])
    }

    @Test("an entry is nothing, a directory or something else, and a link is not followed")
    func entries() throws {
        let held = try HeldDirectory(path)
        try DurableFile.makeDirectories(path + "/directory")
        #expect(symlink(path, path + "/link") == 0)
        #expect(try held.entry("absent") == .none)
        #expect(try held.entry("directory") == .directory)
        #expect(try held.entry("link") == .other)
        #expect(throws: SystemError("open", path + "/link", code: EEXIST)) {
            try held.create("link", mode: 0o600)
        }
        #expect(throws: SystemError("unlink", path + "/directory", code: EISDIR)) {
            try held.remove("directory")
        }
    }
}
