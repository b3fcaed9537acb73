extension Span<UInt8> {
    /// Eight bytes from `position` as a little-endian number.
    @inline(__always)
    func word(at position: Int) -> UInt64 {
        UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    /// Reads `digits[.digits]` and moves behind it.
    ///
    /// - Returns: units of 1e-9; `nil` for every other form of number, which is for `DecimalText` to judge.
    @inline(__always)
    func plainDecimal(at position: inout Int) -> Int64? {
        let start = position
        var value: UInt64 = 0
        while true {
            let digit = self[position] &- 0x30
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            position += 1
        }
        let whole = position - start
        // JSON has no leading zeros; more than nine digits could overflow.
        guard whole > 0, whole <= 9, self[start] != 0x30 || whole == 1 else { return nil }
        guard self[position] == UInt8(ascii: ".") else { return Int64(value &* 1_000_000_000) }
        position += 1
        let point = position
        while true {
            let digit = self[position] &- 0x30
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            position += 1
        }
        let decimals = position - point
        guard decimals > 0, decimals <= 9 else { return nil }
        return Int64(value &* Self.scale[9 - decimals])
    }

    /// Reads a whole number of at most 18 digits and moves behind it.
    ///
    /// - Returns: `nil` for every other form of number.
    @inline(__always)
    func plainInteger(at position: inout Int) -> UInt64? {
        let start = position
        var value: UInt64 = 0
        while true {
            let digit = self[position] &- 0x30
            guard digit < 10 else { break }
            value = value &* 10 &+ UInt64(digit)
            position += 1
        }
        let digits = position - start
        guard digits > 0, digits <= 18, self[start] != 0x30 || digits == 1 else { return nil }
        return value
    }

    private static var scale: InlineArray<10, UInt64> {
        @inline(__always) get {
            [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000]
        }
    }
}
