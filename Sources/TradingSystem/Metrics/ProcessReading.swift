import Glibc
import Platform

/// What the kernel says of this process.
struct ProcessReading: Sendable {
    /// Time on a processor, user and system, ns.
    let cpuNanoseconds: UInt64
    /// Memory that is not swapped out, bytes; `nil` where `/proc` does not say.
    let residentBytes: Int?
    /// Open descriptors; `nil` where `/proc` does not say.
    let openDescriptors: Int?

    /// Asks the kernel.
    init() {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        cpuNanoseconds = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        residentBytes = Self.resident()
        openDescriptors = Self.descriptors()
    }

    /// Source: `proc(5)`: the second number of `statm` is in pages.
    private static func resident() -> Int? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let fields = buffer.prefix(count).split(separator: 0x20)
        guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else {
            return nil
        }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func descriptors() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Not itself, `.` and `..`.
        return max(0, count - 3)
    }
}
