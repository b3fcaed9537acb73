import CLinux

/// CRC-32C, the checksum of headers and blocks.
enum JournalChecksum {
    /// The checksum of bytes that follow those with the checksum `crc`.
    static func of(_ bytes: UnsafeRawBufferPointer, after crc: UInt32 = 0) -> UInt32 {
        guard let base = bytes.baseAddress else { return crc }
        return tradingd_crc32c(crc, base, bytes.count)
    }

    /// The checksum of a file's header or of a block: of everything but its own place, which counts as zero.
    static func of(_ bytes: UnsafeRawBufferPointer, leavingOut place: Int) -> UInt32 {
        let zero: [UInt8] = [0, 0, 0, 0]
        var crc = of(UnsafeRawBufferPointer(rebasing: bytes[..<place]))
        crc = zero.withUnsafeBytes { of($0, after: crc) }
        return of(UnsafeRawBufferPointer(rebasing: bytes[(place + 4)...]), after: crc)
    }
}
