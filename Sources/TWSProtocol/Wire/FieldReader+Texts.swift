extension FieldReader {
    /// Reads up to 15 bytes; the rest of a longer text is passed over.
    @inlinable
    @inline(__always)
    public mutating func text(_ value: inout ShortText) {
        guard begin() else { return }
        let start = cursor
        var (low, high): (UInt64, UInt64) = (0, 0)
        var shift: UInt64 = 0
        while cursor.pointee != 0, shift < 64 {
            low |= UInt64(cursor.pointee) &<< shift
            shift &+= 8
            cursor += 1
        }
        shift = 0
        while cursor.pointee != 0, shift < 56 {
            high |= UInt64(cursor.pointee) &<< shift
            shift &+= 8
            cursor += 1
        }
        value = ShortText(low: low, high: high, count: cursor - start)
        while cursor.pointee != 0 { cursor += 1 }
        cursor += 1
    }

    /// Reads a text: UTF-8, else Latin-1.
    public mutating func text(_ value: inout String) {
        guard begin() else { return }
        value = Self.string(fieldBytes())
    }

    /// Reads a text with `\uXXXX` for UTF-16 units.
    public mutating func escapedText(_ value: inout String) {
        guard begin() else { return }
        let bytes = fieldBytes()
        value = bytes.contains(UInt8(ascii: "\\")) ? EscapedText.decode(bytes) : Self.string(bytes)
    }

    /// The text that bytes are: UTF-8, else Latin-1.
    static func string(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for byte in bytes { EscapedText.append(latin: byte, to: &text) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads a count, then as many groups.
    public mutating func list<Group: FieldGroup>(_ groups: inout [Group]) {
        var count: Int32 = 0
        integer(&count)
        self.groups(&groups, count: count)
    }

    /// Reads `count` groups; a gateway's negative count is none.
    public mutating func groups<Group: FieldGroup>(_ groups: inout [Group], count: Int32) {
        // Every group has a field, and every field a NUL.
        let count = isStrict ? count : max(0, count)
        guard count >= 0, count <= Self.longestList, Int(count) <= end - cursor else {
            return refuse(.count)
        }
        groups.removeAll(keepingCapacity: true)
        groups.reserveCapacity(Int(count))
        for _ in 0..<count {
            var group = Group()
            group.describe(&self)
            guard fault == nil else { return }
            groups.append(group)
        }
    }
}
