import Glibc
import Platform

/// A file system in memory, of a size of its own, mounted for one test.
final class SmallDisk {
    /// Where it is mounted.
    let path: String
    private var fillers = 0

    /// Whether this process may mount at all.
    static let isPossible: Bool = {
        var template = Array("/tmp/tradingd-mount-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return false }
        defer { rmdir(template) }
        guard mount("tmpfs", template, "tmpfs", 0, "size=64k") == 0 else { return false }
        return umount2(template, Int32(MNT_DETACH)) == 0
    }()

    /// Mounts `size` (as `24m`) at `path`, which is made.
    init(_ path: String, size: String) throws {
        self.path = path
        try DurableFile.makeDirectories(path)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(size),mode=0700") == 0 else {
            throw SystemError("mount", path)
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Takes all the room there is at this moment.
    func fill() throws {
        fillers += 1
        let file = open(filler(fillers), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        // Down to the last page.
        for size in [1 << 20, 4_096, 1] {
            let bytes = [UInt8](repeating: 0, count: size)
            while write(file, bytes, size) > 0 {}
        }
    }

    /// Gives all of it back.
    func clear() {
        while fillers > 0 {
            unlink(filler(fillers))
            fillers -= 1
        }
    }

    private func filler(_ number: Int) -> String { "\(path)/filler-\(number)" }
}
