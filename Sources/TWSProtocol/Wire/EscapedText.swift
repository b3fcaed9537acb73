/// Texts as the gateway sends them since messages are 7-bit: what is not ASCII stands as `\uXXXX`, in UTF-16
/// units.
///
/// A half of a pair without the other, and NUL, become U+FFFD; bytes that are not UTF-8 are Latin-1. A text that
/// says `\u0041` of its own is read as an escape, since a gateway does not tell them apart; we write its backslash
/// as one.
enum EscapedText {
    /// The text that bytes are, escapes undone.
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        if let text = String(validating: unescaped(bytes, isLatin: false), as: UTF8.self) { return text }
        return String(decoding: unescaped(bytes, isLatin: true), as: UTF8.self)
    }

    /// UTF-8 where the plain bytes are, or are taken as Latin-1.
    private static func unescaped(_ bytes: UnsafeBufferPointer<UInt8>, isLatin: Bool) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(isLatin ? 2 * bytes.count : bytes.count)
        var position = 0
        while position < bytes.count {
            if let scalar = scalar(bytes, at: &position) {
                for byte in String(scalar).utf8 { text.append(byte) }
            } else if isLatin {
                append(latin: bytes[position], to: &text)
                position += 1
            } else {
                text.append(bytes[position])
                position += 1
            }
        }
        return text
    }

    /// Appends a byte of Latin-1 as UTF-8.
    static func append(latin byte: UInt8, to text: inout [UInt8]) {
        guard byte >= 0x80 else { return text.append(byte) }
        text.append(0xC0 | byte >> 6)
        text.append(0x80 | byte & 0x3F)
    }

    /// The scalar of the escape, or the two, at `position`, which moves behind; `nil` where there is none.
    private static func scalar(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: inout Int
    ) -> Unicode.Scalar? {
        guard let unit = unit(bytes, at: position) else { return nil }
        position += 6
        guard unit & 0xF800 == 0xD800 else { return Unicode.Scalar(unit) }
        guard unit < 0xDC00, let low = self.unit(bytes, at: position), low & 0xFC00 == 0xDC00 else {
            return "\u{FFFD}"
        }
        position += 6
        return Unicode.Scalar(0x1_0000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF)))
    }

    static func append(_ text: String, to bytes: inout [UInt8]) {
        var units = text.utf16.makeIterator()
        var next = units.next()
        while let unit = next {
            next = units.next()
            let looksLikeEscape = unit == 0x5C && next == 0x75
            if unit < 0x80 && !looksLikeEscape {
                bytes.append(UInt8(unit))
            } else {
                appendEscape(unit, to: &bytes)
            }
        }
    }

    private static func appendEscape(_ unit: UInt16, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
        for shift in [12, 8, 4, 0] { bytes.append(hexadecimal[Int(unit >> UInt16(shift) & 0xF)]) }
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)

    /// The unit that `\uXXXX` at `position` stands for.
    private static func unit(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> UInt16? {
        guard position + 6 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt16 = 0
        for byte in bytes[(position + 2)..<(position + 6)] {
            switch byte {
            case 0x30...0x39: unit = unit << 4 | UInt16(byte - 0x30)
            case 0x41...0x46: unit = unit << 4 | UInt16(byte - 0x41 + 10)
            case 0x61...0x66: unit = unit << 4 | UInt16(byte - 0x61 + 10)
            default: return nil
            }
        }
        // No text here has a NUL: it could not be passed on.
        return unit == 0 ? 0xFFFD : unit
    }
}
