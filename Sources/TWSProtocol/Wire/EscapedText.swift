/// Texts as the gateway sends them since messages are 7-bit: what is not ASCII stands as `\uXXXX`, in UTF-16 units.
///
/// A half of a pair without the other, and NUL, become U+FFFD, bytes that are not UTF-8 are Latin-1. A text that says `\u0041` of its
/// own is read as an escape, since a gateway does not tell them apart; we write its backslash as one.
enum EscapedText {
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        var text = ""
        var plain: [UInt8] = []
        var units: [UInt16] = []
        var position = 0
        while position < bytes.count {
            if let unit = unit(bytes, at: position) {
                flush(&plain, into: &text)
                units.append(unit)
                position += 6
            } else {
                flush(&units, into: &text)
                plain.append(bytes[position])
                position += 1
            }
        }
        flush(&plain, into: &text)
        flush(&units, into: &text)
        return text
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

    private static func flush(_ plain: inout [UInt8], into text: inout String) {
        guard !plain.isEmpty else { return }
        if let valid = String(validating: plain, as: UTF8.self) {
            text += valid
        } else {
            for byte in plain { text.unicodeScalars.append(Unicode.Scalar(byte)) }
        }
        plain.removeAll(keepingCapacity: true)
    }

    private static func flush(_ units: inout [UInt16], into text: inout String) {
        guard !units.isEmpty else { return }
        text += String(decoding: units, as: UTF16.self)
        units.removeAll(keepingCapacity: true)
    }
}
