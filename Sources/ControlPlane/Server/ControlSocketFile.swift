import Glibc
import Platform

/// The listening socket and its file: made so that clients never see it half ready, that two daemons never
/// both own it, and that only its owner removes it.
final class ControlSocketFile {
    /// The listening socket, non-blocking; open until `close`.
    let listener: Int32

    private let path: String
    private let identity: FileIdentity
    private let lock: OwnedDescriptor

    /// Takes the lock, makes the socket beside `path` and renames it there.
    ///
    /// - Parameters:
    ///   - path: at most 107 bytes.
    ///   - group: owning group of the socket; `nil` keeps the process's.
    static func make(path: String, group: gid_t?) throws(ControlServerError) -> ControlSocketFile {
        let nameBytes = path.utf8.count - DurableFile.directoryName(path).utf8.count - 1
        // A name of up to four bytes cannot be shortened to make room for the temporary one.
        let limit = nameBytes > 4 ? UnixSocket.longestPath : UnixSocket.longestPath - 4
        guard path.utf8.count <= limit else { throw .pathTooLong(path, limit: limit) }
        let lock = try takeLock(path)
        try checkReplaceable(path)
        do throws(SystemError) {
            let socket = try UnixSocket.open(flags: SOCK_NONBLOCK)
            let identity = try publish(socket.number, at: path, group: group)
            return ControlSocketFile(socket.release(), path, identity, lock)
        } catch {
            throw .system(error)
        }
    }

    private init(
        _ listener: Int32, _ path: String, _ identity: FileIdentity, _ lock: consuming OwnedDescriptor
    ) {
        self.listener = listener
        self.path = path
        self.identity = identity
        self.lock = lock
    }

    /// Removes the file, if it is still ours, and closes the listener. Once only. The lock is held as long as the
    /// object lives.
    func close() {
        if FileIdentity(of: path) == identity { unlink(path) }
        Glibc.close(listener)
    }

    /// The lock file stays: removing it would let two daemons lock two files of the same name.
    private static func takeLock(_ path: String) throws(ControlServerError) -> OwnedDescriptor {
        let number = Glibc.open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw .system(SystemError("open", path + ".lock")) }
        let lock = OwnedDescriptor(number)
        guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { throw .alreadyServed(path) }
            throw .system(SystemError("flock", path + ".lock"))
        }
        return lock
    }

    /// A daemon that does not know the lock may still be there.
    private static func checkReplaceable(_ path: String) throws(ControlServerError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw .system(SystemError("lstat", path))
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
        let presence: UnixSocket.Presence
        do throws(SystemError) {
            presence = try UnixSocket.presence(at: path)
        } catch {
            throw .system(error)
        }
        if presence == .live { throw .alreadyServed(path) }
    }

    /// The file is private until it has its mode; clients find it when it listens. `fchmod` before `bind` gives
    /// the file its first mode, without touching the umask of the whole process.
    private static func publish(
        _ socket: Int32, at path: String, group: gid_t?
    ) throws(SystemError) -> FileIdentity {
        let temporary = temporaryName(for: path)
        if unlink(temporary) != 0 && errno != ENOENT { throw SystemError("unlink", temporary) }
        guard fchmod(socket, 0o600) == 0 else { throw SystemError("fchmod", temporary) }
        try UnixSocket.bind(socket, to: temporary)
        do throws(SystemError) {
            if let group, chown(temporary, uid_t.max, group) != 0 { throw SystemError("chown", temporary) }
            guard chmod(temporary, 0o660) == 0 else { throw SystemError("chmod", temporary) }
            guard listen(socket, 128) == 0 else { throw SystemError("listen", temporary) }
            guard let identity = FileIdentity(of: temporary) else { throw SystemError("lstat", temporary) }
            guard rename(temporary, path) == 0 else { throw SystemError("rename", path) }
            return identity
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// `PATH.new`; for the four longest lengths of a path its last four bytes give way to `.new`.
    private static func temporaryName(for path: String) -> String {
        let suffix = ".new"
        if path.utf8.count + suffix.utf8.count <= UnixSocket.longestPath { return path + suffix }
        return String(decoding: path.utf8.dropLast(suffix.utf8.count), as: UTF8.self) + suffix
    }
}

/// Which file a path means: device and inode.
struct FileIdentity: Equatable {
    private let device: dev_t
    private let inode: ino_t

    /// `nil` when there is no such file.
    init?(of path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        device = status.st_dev
        inode = status.st_ino
    }
}
