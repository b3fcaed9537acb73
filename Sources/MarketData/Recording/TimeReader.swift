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
        if bytes.word(at: position) != early || bytes.word(at: position &+ 8) != late {
            guard learn(bytes, at: position) else { return nil }
        }
        // `:SS.` or `:SSZ`, then the fraction.
        let seconds = bytes.word(at: position &+ 16)
        let tens = UInt8(truncatingIfNeeded: seconds &>> 8) &- 0x30
        let ones = UInt8(truncatingIfNeeded: seconds &>> 16) &- 0x30
        guard UInt8(truncatingIfNeeded: seconds) == UInt8(ascii: ":"), tens < 6, ones < 10 else { return nil }
        let time = minute &+ Int64(tens &* 10 &+ ones) &* 1_000_000_000
        position &+= 19
        guard UInt8(truncatingIfNeeded: seconds &>> 24) == UInt8(ascii: ".") else {
            guard bytes[position] == UInt8(ascii: "Z") else { return nil }
            position &+= 1
            return time
        }
        guard let fraction = Self.fraction(bytes, at: &position) else { return nil }
        return time &+ fraction
    }

    /// Reads `.` and one to nine digits, and the `Z` behind them.
    @inline(__always)
    private static func fraction(_ bytes: Span<UInt8>, at position: inout Int) -> Int64? {
        let run = DigitRun(bytes.word(at: position &+ 1))
        guard run.count > 0 else { return nil }
        var value = run.fraction &* 10
        position &+= 1 &+ run.count
        if run.count == 8 {
            let ninth = bytes[position] &- 0x30
            if ninth < 10 {
                value &+= UInt64(ninth)
                position &+= 1
            }
        }
        guard bytes[position] == UInt8(ascii: "Z") else { return nil }
        position &+= 1
        return Int64(truncatingIfNeeded: value)
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
        late = bytes.word(at: position &+ 8)
        minute = time.nanoseconds
        return true
    }
}
