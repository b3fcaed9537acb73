import CLinux
import Glibc
import Platform

/// The calls that can fail while a log is written, so that a test can make them fail.
public struct AuditFileOperations: Sendable {
    /// `write(2)`: the bytes taken, or the negative errno.
    public var write: @Sendable (_ descriptor: Int32, _ bytes: Span<UInt8>) -> Int
    /// `fsync(2)`: 0 or errno.
    public var synchronize: @Sendable (_ descriptor: Int32) -> Int32
    /// `fdatasync(2)`: 0 or errno.
    public var synchronizeData: @Sendable (_ descriptor: Int32) -> Int32

    /// `fallocate(2)` that keeps the size: 0 or errno.
    public var reserve: @Sendable (_ descriptor: Int32, _ bytes: Int) -> Int32
    /// Bytes that the file system has left for us.
    public var room: @Sendable (_ descriptor: Int32) -> Int

    /// The given calls.
    public init(
        write: @escaping @Sendable (Int32, Span<UInt8>) -> Int,
        synchronize: @escaping @Sendable (Int32) -> Int32,
        synchronizeData: @escaping @Sendable (Int32) -> Int32,
        reserve: @escaping @Sendable (Int32, Int) -> Int32 = { _, _ in EOPNOTSUPP },
        room: @escaping @Sendable (Int32) -> Int = { _ in .max }
    ) {
        self.write = write
        self.synchronize = synchronize
        self.synchronizeData = synchronizeData
        self.reserve = reserve
        self.room = room
    }

    /// The operating system.
    public static let system = AuditFileOperations(
        write: { descriptor, bytes in
            bytes.withUnsafeBufferPointer { buffer in
                let count = Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                return count < 0 ? -Int(errno) : count
            }
        },
        synchronize: { fsync($0) == 0 ? 0 : errno },
        synchronizeData: { fdatasync($0) == 0 ? 0 : errno },
        reserve: { descriptor, bytes in tradingd_reserve(descriptor, off_t(bytes)) },
        room: { descriptor in
            var status = statvfs()
            guard fstatvfs(descriptor, &status) == 0 else { return .max }
            return Int(status.f_bavail) * Int(status.f_frsize)
        })

    /// Makes the entries of a directory durable.
    func synchronizeDirectory(_ path: String) throws(SystemError) {
        let directory = try OwnedDescriptor(opening: path, O_RDONLY | O_DIRECTORY)
        let code = synchronize(directory.number)
        guard code == 0 else { throw SystemError("fsync", path, code: code) }
    }
}

/// A file descriptor that is closed when its owner goes.
struct OwnedDescriptor: ~Copyable {
    /// The descriptor.
    let number: Int32

    /// Opens `path`, close-on-exec.
    init(opening path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemError) {
        number = open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw SystemError("open", path) }
    }

    deinit { close(number) }
}
