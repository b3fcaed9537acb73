import CLinux
import Glibc
import Platform
import TradingModel

/// The file that facts are appended to, one a line: `checksum {"sequence":1,…}`.
///
/// The checksum is CRC-32C in eight hexadecimal digits over what follows its blank. Lines are numbered without gap.
/// What belongs together carries `continues` on all lines but the last: it counts whole or not at all.
struct BrokerageLog: Sendable {
    /// Name of the file in the state directory.
    static let name = "brokerage.log"
    /// Longest line, with its end.
    static let longestLine = 8_192
    /// Most lines that belong together: a global cancel of that many orders.
    static let longestTurn = 4_000_000

    let path: String
    private let file: LogFile
    private let syncs: Bool
    private let mostBytes: UInt64
    /// Where the next line begins.
    private(set) var length: UInt64
    private(set) var nextSequence: UInt64
    private var encoder = FactEncoder()

    /// Opens the log for appending behind what `reading` found.
    init(
        directory: String, syncs: Bool, mostBytes: UInt64, after reading: BrokerageLogReading
    ) throws(SystemError) {
        path = directory + "/" + Self.name
        self.syncs = syncs
        self.mostBytes = mostBytes
        length = reading.length
        nextSequence = reading.nextSequence
        file = try LogFile(path)
        try file.cut(to: length, path)
        try DurableFile.syncDirectory(of: path)
    }

    /// Adds the facts of one turn; on return they are with the operating system, or on the disk where that is wanted.
    ///
    /// - Throws: when not all could be written; the file ends where it ended before, as far as that can be done.
    mutating func append(_ facts: [BrokerageFact], at time: Timestamp) throws(SystemError) {
        var lines: [UInt8] = []
        for (index, fact) in facts.enumerated() {
            let object = encoder.encode(
                fact, sequence: nextSequence + UInt64(index), at: time, continues: index < facts.count - 1)
            // What could be written but not be read again must not be written.
            guard object.count < Self.longestLine - 10 else {
                throw SystemError("write", path, code: EMSGSIZE)
            }
            lines += Self.checksum(object).utf8
            lines.append(UInt8(ascii: " "))
            lines += object
            lines.append(UInt8(ascii: "\n"))
        }
        guard length + UInt64(lines.count) <= mostBytes else { throw SystemError("write", path, code: EFBIG) }
        do throws(SystemError) {
            try file.write(lines, at: length, path)
            if syncs { try file.sync(path) }
        } catch {
            // What was written of it must not come before what is written next.
            try file.cut(to: length, path)
            throw error
        }
        length += UInt64(lines.count)
        nextSequence += UInt64(facts.count)
    }

    static func checksum(_ bytes: some Collection<UInt8>) -> String {
        let crc = Array(bytes).withUnsafeBytes { buffer in
            buffer.baseAddress.map { tradingd_crc32c(0, $0, buffer.count) } ?? 0
        }
        let digits = String(crc, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

/// The open file, shared by copies of the log.
private final class LogFile: Sendable {
    private let descriptor: OwnedDescriptor

    init(_ path: String) throws(SystemError) {
        let number = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError("open", path) }
        descriptor = OwnedDescriptor(number)
        // Two gateways on one log would each overwrite the other's orders.
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else { throw SystemError("flock", path) }
    }

    func write(_ bytes: [UInt8], at offset: UInt64, _ path: String) throws(SystemError) {
        guard lseek(descriptor.number, off_t(offset), SEEK_SET) >= 0 else { throw SystemError("lseek", path) }
        try DurableFile.writeAll(bytes, to: descriptor.number, named: path)
    }

    func cut(to length: UInt64, _ path: String) throws(SystemError) {
        guard ftruncate(descriptor.number, off_t(length)) == 0 else { throw SystemError("ftruncate", path) }
    }

    func sync(_ path: String) throws(SystemError) {
        guard fdatasync(descriptor.number) == 0 else { throw SystemError("fdatasync", path) }
    }
}
