/// Numbers straight from bytes, eight at a time.
///
/// None of these looks further than eight bytes behind the byte that ends a number, and none passes a line feed.
extension Span<UInt8> {
    /// Eight bytes from `position` as a little-endian number.
    @inline(__always)
    func word(at position: Int) -> UInt64 {
        precondition(
            UInt(bitPattern: position) < UInt(bitPattern: count &- 7), "a word lies within the window")
        // Within the span, as checked just before; the library's own check costs twice as much.
        return UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self))
    }

    /// Reads `digits[.digits]` and moves behind it.
    ///
    /// - Returns: units of 1e-9; `nil` for every other form of number, which is for `DecimalText` to judge.
    @inline(__always)
    func plainDecimal(at position: inout Int) -> Int64? {
        let whole = DigitRun(word(at: position))
        // Longer runs do not end within the word.
        guard whole.count < 8 else { return longDecimal(at: &position) }
        // JSON has no leading zeros.
        guard whole.count > 0, !whole.hasLeadingZero else { return nil }
        let units = whole.value &* 1_000_000_000
        position &+= whole.count
        guard whole.follower == UInt8(ascii: ".") else { return Int64(truncatingIfNeeded: units) }
        let decimals = DigitRun(word(at: position &+ 1))
        guard decimals.count < 8 else { return longFraction(of: units, at: &position) }
        guard decimals.count > 0 else { return nil }
        position &+= 1 &+ decimals.count
        return Int64(truncatingIfNeeded: units &+ decimals.fraction &* 10)
    }

    /// Reads a whole number of at most 18 digits and moves behind it.
    ///
    /// - Returns: `nil` for every other form of number.
    @inline(__always)
    func plainInteger(at position: inout Int) -> UInt64? {
        let run = DigitRun(word(at: position))
        guard run.count < 8 else { return longInteger(at: &position) }
        guard run.count > 0, !run.hasLeadingZero else { return nil }
        position &+= run.count
        return run.value
    }

    /// `plainDecimal` for eight whole digits and more.
    @inline(never)
    private func longDecimal(at position: inout Int) -> Int64? {
        let start = position
        let value = digits(at: &position)
        // More than nine digits could overflow.
        guard position - start <= 9, self[start] != 0x30 else { return nil }
        let units = value &* 1_000_000_000
        guard self[position] == UInt8(ascii: ".") else { return Int64(truncatingIfNeeded: units) }
        return longFraction(of: units, at: &position)
    }

    /// The digits behind the point at `position`, with what stands before it.
    @inline(never)
    private func longFraction(of units: UInt64, at position: inout Int) -> Int64? {
        position += 1
        let start = position
        var value = digits(at: &position)
        let decimals = position - start
        guard decimals > 0, decimals <= 9 else { return nil }
        for _ in decimals..<9 { value = value &* 10 }
        return Int64(truncatingIfNeeded: units &+ value)
    }

    @inline(never)
    private func longInteger(at position: inout Int) -> UInt64? {
        let start = position
        let value = digits(at: &position)
        guard position - start <= 18, self[start] != 0x30 else { return nil }
        return value
    }

    /// Passes over digits; their value, wrapped around where it is too large.
    @inline(__always)
    private func digits(at position: inout Int) -> UInt64 {
        var value: UInt64 = 0
        while true {
            let digit = self[position] &- 0x30
            guard digit < 10 else { return value }
            value = value &* 10 &+ UInt64(digit)
            position += 1
        }
    }
}

/// The digits at the beginning of eight bytes.
struct DigitRun {
    /// The bytes as digits, the first one lowest.
    private let digits: UInt64
    private let word: UInt64
    /// How many there are, 0 to 8.
    let count: Int

    /// Counts the digits in `word`.
    @inline(__always)
    init(_ word: UInt64) {
        self.word = word
        digits = word ^ 0x3030_3030_3030_3030
        // A byte of 10 or more gets its top bit; carries touch only bytes behind the first of these.
        let others = ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
        count = others.trailingZeroBitCount &>> 3
    }

    /// Whether the first of two digits or more is 0; without a branch, for nothing tells when sizes are below 1.
    @inline(__always)
    var hasLeadingZero: Bool { (digits & 0xFF) &+ (count == 1 ? 1 : 0) == 0 }

    /// The byte behind the run; `count` must be less than 8.
    @inline(__always)
    var follower: UInt8 { UInt8(truncatingIfNeeded: word &>> UInt64(8 &* count)) }

    /// The number they tell; `count` must not be 0.
    @inline(__always)
    var value: UInt64 { Self.number(digits &<< UInt64(64 &- 8 &* count)) }

    /// The digits as a fraction, in units of 1e-8; `count` must not be 0.
    @inline(__always)
    var fraction: UInt64 { Self.number(digits & (.max &>> UInt64(64 &- 8 &* count))) }

    /// Eight digits, the first one lowest, as a number: pairs, then fours, then all.
    @inline(__always)
    private static func number(_ digits: UInt64) -> UInt64 {
        let pairs = (digits &* 2_561) &>> 8 & 0x00FF_00FF_00FF_00FF
        let fours = (pairs &* 6_553_601) &>> 16 & 0x0000_FFFF_0000_FFFF
        return (fours &* 42_949_672_960_001) &>> 32
    }
}
