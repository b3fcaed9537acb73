import Glibc

/// What the file system says about a file.
enum FileStatus {
    /// Its size; `nil` when there is none.
    static func bytes(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }
}
