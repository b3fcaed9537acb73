import ExactJSON
import TradingModel

/// Exact numbers in the form of Java's `Double.toString`.
enum JavaNumber {
    /// Appends `5800.0`, `0.01`, `5.0E-5` or `1.0E7`.
    static func append(_ value: Price, to bytes: inout [UInt8]) {
        let magnitude = value.rawValue.magnitude
        if magnitude == 0 || (1_000_000..<10_000_000_000_000_000).contains(magnitude) {
            DecimalText.append(value.rawValue, to: &bytes)
            if magnitude % 1_000_000_000 == 0 { bytes.append(contentsOf: ".0".utf8) }
        } else {
            appendScientific(Int128(value.rawValue), scale: 9, to: &bytes)
        }
    }

    /// Appends a sum in the same forms.
    static func append(_ value: Money, to bytes: inout [UInt8]) {
        let magnitude = value.rawValue.magnitude
        let one: UInt128 = 1_000_000_000_000_000_000
        if magnitude == 0 || (one / 1_000..<one * 10_000_000).contains(magnitude) {
            value.append(to: &bytes)
            if magnitude % one == 0 { bytes.append(contentsOf: ".0".utf8) }
        } else {
            appendScientific(value.rawValue, scale: 18, to: &bytes)
        }
    }

    private static func appendScientific(_ value: Int128, scale: Int, to bytes: inout [UInt8]) {
        var digits: [UInt8] = []
        var rest = value.magnitude
        while rest != 0 {
            digits.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        digits.reverse()
        let exponent = digits.count - scale - 1
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes.append(digits[0])
        bytes.append(UInt8(ascii: "."))
        bytes.append(contentsOf: digits.count > 1 ? digits[1...] : [UInt8(ascii: "0")])
        bytes.append(UInt8(ascii: "E"))
        DecimalDigits.append(exponent, to: &bytes)
    }
}
