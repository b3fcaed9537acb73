import Glibc

/// A directory that is held open: what is done in it is done in this very directory, whatever its path names meanwhile.
///
/// Names are those of entries, without slashes. Errors name the path the directory had when it was opened.
public final class HeldDirectory: Sendable {
    /// What an entry is, as far as it matters to who wants its name.
    public enum Entry: Sendable, Equatable {
        /// Nothing has that name.
        case none
        /// A directory.
        case directory
        /// Anything else, a symbolic link too.
        case other
    }

    /// Where it was opened.
    public let path: String
    private let descriptor: Int32

    /// Opens a directory that exists.
    public init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", path) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Keeps other processes that ask for it from getting this lock, until the directory is let go.
    ///
    /// - Returns: whether nobody else has it.
    public func lock() throws(SystemError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        if errno == EWOULDBLOCK { return false }
        throw SystemError("flock", path)
    }

    /// Fails where this process may not make and remove entries.
    public func checkWritable() throws(SystemError) {
        guard faccessat(descriptor, ".", W_OK | X_OK, AT_EACCESS) == 0 else {
            throw SystemError("access", path)
        }
    }

    /// What is called `name`.
    public func entry(_ name: String) throws(SystemError) -> Entry {
        var status = stat()
        if fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) != 0 {
            if errno == ENOENT { return .none }
            throw SystemError("stat", full(name))
        }
        return status.st_mode & S_IFMT == S_IFDIR ? .directory : .other
    }

    /// Makes a file that must not exist, for writing.
    ///
    /// - Returns: its descriptor, which the caller closes.
    public func create(_ name: String, mode: mode_t) throws(SystemError) -> Int32 {
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard file >= 0 else { throw SystemError("open", full(name)) }
        return file
    }

    /// Gives an entry another name, over a file that may have it.
    public func rename(_ name: String, to newName: String) throws(SystemError) {
        guard renameat(descriptor, name, descriptor, newName) == 0 else {
            throw SystemError("rename", full(newName))
        }
    }

    /// Removes a file; that there is none is no error.
    public func remove(_ name: String) throws(SystemError) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
            throw SystemError("unlink", full(name))
        }
    }

    /// Whether the path still names this directory.
    public func isStillNamed() throws(SystemError) -> Bool {
        var held = stat()
        guard fstat(descriptor, &held) == 0 else { throw SystemError("fstat", path) }
        var named = stat()
        if stat(path, &named) != 0 {
            if errno == ENOENT || errno == ENOTDIR { return false }
            throw SystemError("stat", path)
        }
        return held.st_dev == named.st_dev && held.st_ino == named.st_ino
    }

    /// The path of an entry, for messages.
    public func full(_ name: String) -> String { "\(path)/\(name)" }
}
