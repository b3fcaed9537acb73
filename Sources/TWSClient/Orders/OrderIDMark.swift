import Glibc
import Platform

/// The file that says which order ids may have been used: a line with the lowest one that has not, and a checksum.
///
/// ```
/// tradingd order ids 1
/// next 12001
/// check 5b9c1f0e8a7d6c34
/// ```
struct OrderIDMark: Sendable {
    private static let title = "tradingd order ids 1\n"

    /// Where it is.
    let path: String

    /// The lowest id that has never been given.
    ///
    /// - Returns: 1 when there is no file: nothing was ever given.
    /// - Throws: what reading met; `EBADMSG` for a file that is not what was written here. Nobody may guess then.
    func read() throws(SystemError) -> Int32 {
        guard let bytes = try DurableFile.read(path, limit: 4_096) else { return 1 }
        guard let next = Self.parse(bytes) else {
            throw SystemError(
                "read the high-water mark of order ids, whose file is damaged", path, code: EBADMSG)
        }
        return next
    }

    /// Puts it on the disk; when this returns it outlives a crash.
    func write(_ next: Int32) throws(SystemError) {
        try DurableFile.replace(path, with: Self.text(next))
    }

    /// The content of the file.
    static func text(_ next: Int32) -> [UInt8] {
        let body = Array("\(title)next \(next)\n".utf8)
        return body + Array("check \(hexadecimal(checksum(body)))\n".utf8)
    }

    /// The id in a file; `nil` for anything that `text` does not write.
    static func parse(_ bytes: [UInt8]) -> Int32? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count == 4 else { return nil }
        let word = Array("next ".utf8)
        guard lines[1].starts(with: word) else { return nil }
        let digits = String(decoding: lines[1].dropFirst(word.count), as: UTF8.self)
        guard let next = Int32(digits), next >= 1 else { return nil }
        return text(next) == bytes ? next : nil
    }

    /// FNV-1a, 64 bits: tells a damaged file, not a forged one.
    private static func checksum(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
