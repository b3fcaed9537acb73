import CZlib
import Glibc
import Platform

/// The content of a segment file, from front to back; a name that ends in `.gz` is decompressed.
struct AuditSegmentSource: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private let compressed: gzFile?
    /// Bytes of the content; `nil` for a compressed file, which does not tell.
    let size: Int?

    /// Opens a regular file.
    ///
    /// - Parameter offset: byte that is read first; of a compressed file always 0.
    init(_ path: String, from offset: Int = 0) throws(SystemError) {
        self.path = path
        // A named pipe in place of a segment must not hold up its reader.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw SystemError("open", path) }
        do throws(SystemError) {
            if offset > 0, lseek(file, off_t(offset), SEEK_SET) < 0 { throw SystemError("lseek", path) }
            (compressed, size) = try Self.prepared(file, path)
        } catch {
            close(file)
            throw error
        }
        descriptor = file
    }

    deinit {
        if let compressed { gzclose(compressed) } else { close(descriptor) }
    }

    /// Where decompression starts, for a compressed file, else how long it is.
    private static func prepared(_ file: Int32, _ path: String) throws(SystemError) -> (gzFile?, Int?) {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw SystemError("fstat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError("open", path, code: EINVAL) }
        guard path.hasSuffix(".gz") else {
            posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL)
            return (nil, Int(status.st_size))
        }
        guard let stream = gzdopen(file, "rb") else { throw SystemError("gzdopen", path, code: ENOMEM) }
        gzbuffer(stream, 256 << 10)
        return (stream, nil)
    }

    /// Reads the next bytes into `target`, which must not be empty.
    ///
    /// - Returns: how many; 0 at the end.
    /// - Throws: `SystemError`; `EBADMSG` for damaged compressed data.
    mutating func read(into target: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        if let compressed { return try inflate(compressed, into: target) }
        while true {
            let count = Glibc.read(descriptor, target.baseAddress, target.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw SystemError("read", path) }
        }
    }

    private func inflate(
        _ stream: gzFile, into target: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Int {
        let count = gzread(stream, target.baseAddress, UInt32(clamping: target.count))
        var code: Int32 = 0
        gzerror(stream, &code)
        // An early end is told with the last bytes; none of them count then.
        guard count >= 0, code == Z_OK || code == Z_STREAM_END else {
            throw SystemError("gzread", path, code: code == Z_ERRNO ? errno : EBADMSG)
        }
        return Int(count)
    }
}
