/// Reads files of the format TZif, versions 2 to 4; of version 1 its 32-bit table.
///
/// - Source: RFC 8536, 3.
enum TZifFile {
    private struct Header {
        let version: UInt8
        /// Counts in the order of the format: UT indicators, standard indicators, leap seconds, times, types, bytes of names.
        let counts: [Int]

        /// Bytes of the block behind it.
        func length(wordSize: Int) -> Int {
            counts[3] * (wordSize + 1) + counts[4] * 6 + counts[5] + counts[2] * (wordSize + 4) + counts[1]
                + counts[0]
        }
    }

    private static let headerLength = 44

    /// The zone in a file's bytes; `nil` for bytes that are none.
    static func read(_ bytes: [UInt8]) -> TimeZoneRules? {
        guard let first = header(bytes, at: 0) else { return nil }
        let firstBlock = headerLength
        guard first.version >= UInt8(ascii: "2") else {
            return table(bytes, first, at: firstBlock, wordSize: 4, rule: nil)
        }
        let second = firstBlock + first.length(wordSize: 4)
        guard let header = header(bytes, at: second) else { return nil }
        let block = second + headerLength
        let end = block + header.length(wordSize: 8)
        guard end < bytes.count, bytes[end] == 0x0A,
            let close = bytes[(end + 1)...].firstIndex(of: 0x0A)
        else { return nil }
        let text = Array(bytes[(end + 1)..<close])
        let rule = text.isEmpty ? nil : TimeZoneRuleText.read(text)
        guard text.isEmpty || rule != nil else { return nil }
        return table(bytes, header, at: block, wordSize: 8, rule: rule)
    }

    private static func header(_ bytes: [UInt8], at start: Int) -> Header? {
        guard start + headerLength <= bytes.count, bytes[start..<(start + 4)] == [0x54, 0x5A, 0x69, 0x66]
        else { return nil }
        var counts: [Int] = []
        for field in 0..<6 {
            guard let count = integer(bytes, at: start + 20 + 4 * field, size: 4), count >= 0,
                count <= Int64(TimeZoneRules.longestFile)
            else { return nil }
            counts.append(Int(count))
        }
        return Header(version: bytes[start + 4], counts: counts)
    }

    private static func table(
        _ bytes: [UInt8], _ header: Header, at start: Int, wordSize: Int, rule: TimeZoneRule?
    ) -> TimeZoneRules? {
        let (times, types) = (header.counts[3], header.counts[4])
        guard types > 0, start + header.length(wordSize: wordSize) <= bytes.count else { return nil }
        let typeStart = start + times * (wordSize + 1)
        var typeOffsets: [Int32] = []
        for type in 0..<types {
            // RFC 8536, 3.2: offsets lie within −25 and 26 hours.
            guard let offset = integer(bytes, at: typeStart + 6 * type, size: 4), abs(offset) < 26 * 3_600
            else { return nil }
            typeOffsets.append(Int32(offset))
        }
        var changes: [Int64] = []
        var offsets: [Int32] = []
        for index in 0..<times {
            let type = Int(bytes[start + times * wordSize + index])
            guard let time = integer(bytes, at: start + index * wordSize, size: wordSize), type < types,
                changes.last.map({ $0 < time }) ?? true
            else { return nil }
            changes.append(time)
            offsets.append(typeOffsets[type])
        }
        return TimeZoneRules(changes: changes, offsets: offsets, firstOffset: typeOffsets[0], rule: rule)
    }

    /// A signed number, most significant byte first.
    private static func integer(_ bytes: [UInt8], at start: Int, size: Int) -> Int64? {
        guard start >= 0, start + size <= bytes.count else { return nil }
        var value: UInt64 = bytes[start] & 0x80 == 0 ? 0 : .max
        for byte in bytes[start..<(start + size)] { value = value << 8 | UInt64(byte) }
        return Int64(bitPattern: value)
    }
}
