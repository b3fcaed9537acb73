import Crypto
import Glibc
import MarketData
import Platform
import TradingModel

/// The file of a journal that is being written, and those before it. Touched on the recorder's queue alone.
struct JournalOutput {
    private let directory: JournalDirectory
    private let settings: RecorderSettings
    private var header: JournalHeader
    private var symbols: [String] = []
    private var descriptor: Int32 = -1
    private var bytes = 0
    private var events: UInt64 = 0
    private var firstSequence: UInt64 = 0
    private var lastSequence: UInt64 = 0
    private(set) var lastTime = Timestamp.zero
    private var hash = SHA256()

    /// Makes the directory and the first file.
    ///
    /// - Returns: names of files that were removed for it, in `removed`.
    init(_ settings: RecorderSettings, _ header: JournalHeader, removed: inout [String]) throws(SystemError) {
        directory = JournalDirectory(path: settings.directory)
        self.settings = settings
        self.header = header
        try directory.make()
        removed = try begin()
    }

    /// Name of the file.
    var name: String { JournalDirectory.name(session: header.session, file: header.file) }

    /// Whether the file would grow beyond its size by `block`.
    func isFull(for block: JournalBlock) -> Bool { events > 0 && bytes + block.count > settings.segmentBytes }

    /// Writes a block.
    mutating func write(_ block: JournalBlock) throws(SystemError) {
        let result: Result<Void, SystemError> = block.withSealedBytes { sealed in
            Result { () throws(SystemError) in try write(sealed) }
        }
        try result.get()
        if events == 0 { firstSequence = block.firstSequence }
        events += UInt64(block.events)
        lastSequence = block.lastSequence
        lastTime = Timestamp(nanoseconds: block.lastTime)
        symbols += block.names
    }

    private mutating func write(_ sealed: UnsafeRawBufferPointer) throws(SystemError) {
        var rest = sealed
        while !rest.isEmpty {
            let count = settings.operations.write(descriptor, rest)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if count == 0 || errno != EINTR {
                throw SystemError("write", "\(directory.path)/\(name)", code: count == 0 ? EIO : errno)
            }
        }
        bytes += sealed.count
        hash.update(bufferPointer: sealed)
    }

    /// Puts the file on the disk and closes it.
    mutating func close() throws(SystemError) -> RecordedFile {
        defer { release() }
        guard settings.operations.sync(descriptor) == 0 else {
            throw SystemError("fsync", "\(directory.path)/\(name)")
        }
        return RecordedFile(
            name: name, firstSequence: firstSequence, lastSequence: lastSequence, events: events,
            bytes: bytes, sha256: Self.hex(hash.finalize()), lastTime: lastTime)
    }

    /// Closes the file as it is.
    mutating func release() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Begins the next file; the one before must be closed.
    ///
    /// - Returns: names of files that were removed for it.
    mutating func next() throws(SystemError) -> [String] {
        header.file += 1
        header.symbols = symbols
        return try begin()
    }

    private mutating func begin() throws(SystemError) -> [String] {
        let removed = try directory.clear(settings.segmentBytes, of: settings.budgetBytes)
        descriptor = try directory.create(name)
        (bytes, events, firstSequence, lastSequence, hash) = (0, 0, 0, 0, SHA256())
        let head = header.bytes
        let result: Result<Void, SystemError> = head.withUnsafeBytes { head in
            Result { () throws(SystemError) in try write(head) }
        }
        try result.get()
        try DurableFile.syncDirectory(of: "\(directory.path)/\(name)")
        return removed
    }

    private static func hex(_ digest: SHA256Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
