import TradingModel

/// Reads RFC 3339 times and remembers the last minute, which most rows share with the row before.
struct TimeReader {
    /// `YYYY-MM-DDThh:mm` of the remembered minute, as two words.
    private var early: UInt64
    private var late: UInt64
    /// The remembered minute, nanoseconds since 1970.
    private var minute: Int64 = 0

    /// Remembers the first minute of 1970.
    init() {
        let text: InlineArray<16, UInt8> = [
            0x31, 0x39, 0x37, 0x30, 0x2D, 0x30, 0x31, 0x2D, 0x30, 0x31, 0x54, 0x30, 0x30, 0x3A, 0x30, 0x30,
        ]
        early = text.span.word(at: 0)
        late = text.span.word(at: 8)
    }

    /// Reads the time at `position` and moves behind its `Z`.
    ///
    /// - Returns: nanoseconds since 1970 UTC; `nil` for what `Timestamp(rfc3339:)` refuses.
    @inline(__always)
    mutating func read(_ bytes: Span<UInt8>, at position: inout Int) -> Int64? {
        if bytes.word(at: position) != early || bytes.word(at: position + 8) != late {
            guard learn(bytes, at: position) else { return nil }
        }
        let tens = bytes[position + 17] &- 0x30
        let ones = bytes[position + 18] &- 0x30
        guard bytes[position + 16] == UInt8(ascii: ":"), tens < 6, ones < 10 else { return nil }
        let second = Int64(tens &* 10 &+ ones)
        position += 19
        guard let fraction = Self.fraction(bytes, at: &position), bytes[position] == UInt8(ascii: "Z")
        else { return nil }
        position += 1
        return minute &+ second &* 1_000_000_000 &+ fraction
    }

    @inline(__always)
    private static func fraction(_ bytes: Span<UInt8>, at position: inout Int) -> Int64? {
        guard bytes[position] == UInt8(ascii: ".") else { return 0 }
        position += 1
        var value: Int64 = 0
        var unit: Int64 = 1_000_000_000
        while true {
            let digit = bytes[position] &- 0x30
            guard digit < 10 else { break }
            guard unit > 1 else { return nil }
            value = value &* 10 &+ Int64(digit)
            unit /= 10
            position += 1
        }
        guard unit < 1_000_000_000 else { return nil }
        return value &* unit
    }

    /// Remembers the minute of the text at `position`.
    private mutating func learn(_ bytes: Span<UInt8>, at position: Int) -> Bool {
        // The sixteen bytes of the minute, then `:00Z`.
        var text = InlineArray<20, UInt8>(repeating: 0x30)
        for index in 0..<16 { text[index] = bytes[position + index] }
        text[16] = UInt8(ascii: ":")
        text[19] = UInt8(ascii: "Z")
        guard let time = Timestamp(rfc3339: text.span) else { return false }
        early = bytes.word(at: position)
        late = bytes.word(at: position + 8)
        minute = time.nanoseconds
        return true
    }
}
