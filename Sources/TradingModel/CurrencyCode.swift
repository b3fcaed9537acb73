/// A currency by its code, ISO 4217 or a coin such as `USDT`: up to eight letters and digits, without a string.
public struct CurrencyCode: Hashable, Sendable, BitwiseCopyable {
    /// The letters, the first in the highest byte; 0 for none.
    public let rawValue: UInt64

    /// No currency: where no amount is told.
    public static let none = CurrencyCode(rawValue: 0)

    private init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The currency of that code; `nil` unless it has one to eight ASCII letters and digits.
    public init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= 8 else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                value = value << 8 | UInt64(byte)
            default: return nil
            }
        }
        rawValue = value << (8 * UInt64(8 - bytes.count))
    }

    /// Its code; empty for none.
    public var name: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends its code.
    public func append(to bytes: inout [UInt8]) {
        for place in 0..<8 {
            let byte = UInt8(truncatingIfNeeded: rawValue >> (56 - 8 * UInt64(place)))
            guard byte != 0 else { return }
            bytes.append(byte)
        }
    }
}
