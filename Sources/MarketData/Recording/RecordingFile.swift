import Glibc
import Platform

/// The content of a recording, decompressed where it is gzip; read once, from front to back.
final class RecordingFile {
    /// Why the content ends before its time.
    enum Fault: Error {
        case system(SystemError)
        /// A pipe, a socket or a device.
        case notAFile
        /// The compressed stream is damaged at that compressed byte.
        case gzip(offset: Int, reason: String)
    }

    /// What tells one state of a file from another.
    struct Identity: Equatable {
        var device: UInt64
        var number: UInt64
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    /// The file as it was when it was opened.
    let identity: Identity
    private let path: String
    private let descriptor: Int32
    private var inflater: GzipInflater?
    /// Bytes of the file read but not used: the two looked at first, or compressed input.
    private var raw: [UInt8]
    private var rawStart = 0
    private var rawEnd = 0
    private var rawOffset = 0
    private var isInMember = false
    private var fault: Fault?

    /// Opens the file and looks at its first two bytes.
    init(_ path: String, readSize: Int) throws(Fault) {
        self.path = path
        raw = [UInt8](repeating: 0, count: max(readSize, 2))
        // A pipe without a writer would keep the daemon waiting: recordings are files.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system(SystemError("open", path)) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(SystemError("fstat", path)) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw .notAFile }
            throw .system(SystemError("open", path, code: EISDIR))
        }
        identity = Identity(
            device: UInt64(status.st_dev), number: UInt64(status.st_ino), size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        while rawEnd < 2, try fillRaw(atMost: 2 - rawEnd) {}
        guard rawEnd == 2, raw[0] == 0x1F, raw[1] == 0x8B else { return }
        guard let inflater = GzipInflater() else {
            throw .system(SystemError("inflateInit", path, code: ENOMEM))
        }
        self.inflater = inflater
        isInMember = true
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Reads the next bytes of the content, at least one, into `target`, which must not be empty.
    ///
    /// - Returns: how many; 0 at the end.
    func read(into target: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
        if let fault { throw fault }
        if inflater != nil { return try readInflated(into: target) }
        if rawStart < rawEnd {
            target[0] = raw[rawStart]
            rawStart += 1
            return 1
        }
        return try readFile(into: target)
    }

    private func readInflated(into target: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
        while true {
            if rawStart == rawEnd {
                (rawStart, rawEnd) = (0, 0)
                guard try fillRaw(atMost: raw.count) else {
                    guard isInMember else { return 0 }
                    // The inflater may still hold what it had no room for.
                    let made = inflateOnce(into: target)
                    if made > 0 { return made }
                    throw .gzip(offset: rawOffset, reason: "gzip data ends early")
                }
            }
            if !isInMember, try !startsMember() { continue }
            let made = inflateOnce(into: target)
            if made > 0 { return made }
            if let fault { throw fault }
        }
    }

    /// Between members: zero padding is passed over, anything but another member is refused.
    private func startsMember() throws(Fault) -> Bool {
        if raw[rawStart] == 0 {
            rawStart += 1
            rawOffset += 1
            return false
        }
        inflater?.beginMember()
        isInMember = true
        return true
    }

    private func inflateOnce(into target: UnsafeMutableRawBufferPointer) -> Int {
        guard let inflater else { return 0 }
        let input = rawStart..<rawEnd
        let (taken, made, step) = raw.withUnsafeBytes {
            inflater.inflate(UnsafeRawBufferPointer(rebasing: $0[input]), into: target)
        }
        rawStart += taken
        rawOffset += taken
        switch step {
        case .flowing: break
        case .memberEnd: isInMember = false
        // What was decompressed before the damage is still given; the fault follows it.
        case .damaged(let reason):
            fault = .gzip(offset: rawOffset, reason: "gzip data is damaged (\(reason))")
        }
        return made
    }

    /// - Returns: `false` at the end of the file.
    private func fillRaw(atMost limit: Int) throws(Fault) -> Bool {
        let start = rawEnd
        let result: Result<Int, Fault> = raw.withUnsafeMutableBytes { bytes in
            let room = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<min(start + limit, bytes.count)])
            do throws(Fault) { return .success(try readFile(into: room)) } catch { return .failure(error) }
        }
        let count = try result.get()
        rawEnd += count
        return count > 0
    }

    private func readFile(into target: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
        while true {
            let count = Glibc.read(descriptor, target.baseAddress, target.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw .system(SystemError("read", path)) }
        }
    }
}
