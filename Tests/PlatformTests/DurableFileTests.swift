import Platform
import TestSupport
import Testing

@Suite("Durable files")
struct DurableFileTests {
    @Test("replaces a file as a whole and leaves no temporary behind")
    func replaces() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/state"
        try DurableFile.replace(path, with: Array("one".utf8))
        try DurableFile.replace(path, with: Array("second".utf8))
        #expect(try directory.read("state") == Array("second".utf8))
        #expect(directory.names == ["state"])
    }

    @Test("a missing file is no error, an unreadable or too large one is")
    func reads() throws {
        let directory = try TemporaryDirectory()
        #expect(try DurableFile.read(directory.path + "/nothing") == nil)
        #expect(throws: SystemError.self) { try DurableFile.read(directory.path) }
        let path = try directory.file("large", [UInt8](repeating: 1, count: 100))
        #expect(throws: SystemError.self) { try DurableFile.read(path, limit: 99) }
        #expect(try DurableFile.read(path, limit: 100)?.count == 100)
    }

    @Test("makes directories with their parents and refuses a file in the way")
    func directories() throws {
        let directory = try TemporaryDirectory()
        try DurableFile.makeDirectories(directory.path + "/a/b/c")
        try DurableFile.makeDirectories(directory.path + "/a/b/c")
        _ = try directory.file("file", "")
        #expect(throws: SystemError.self) { try DurableFile.makeDirectories(directory.path + "/file/x") }
        #expect(throws: SystemError.self) { try DurableFile.makeDirectories(directory.path + "/file") }
    }
}

@Suite("Locked values")
struct LockedTests {
    @Test("a wait ends with the first notification that satisfies it, or at its deadline with nothing")
    func waits() {
        let value = Locked(0)
        #expect(value.wait(until: MonotonicClock.now()) { $0 > 0 ? $0 : nil } == nil)
        value.withLockNotifying { $0 = 7 }
        #expect(value.wait { $0 > 0 ? $0 : nil } == 7)
    }

    @Test("errors pass through the lock and release it")
    func errors() {
        let value = Locked(1)
        #expect(throws: SystemError.self) {
            try value.withLock { _ throws(SystemError) in throw SystemError("test", "nothing", code: 1) }
        }
        #expect(value.withLock { $0 } == 1)
    }
}
