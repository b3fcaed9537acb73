import TestSupport
import Testing
import TradingModel

@Suite("Decimal text")
struct DecimalTextTests {
    @Test(
        "reads exact decimals",
        arguments: [
            ("0", 0), ("-0", 0), ("61800.20", 61_800_200_000_000), ("0.000000001", 1),
            ("-1.5", -1_500_000_000),
            ("9223372036.854775807", Int64.max), ("8.722e-05", 87_220), ("1E3", 1_000_000_000_000),
            ("0.0000000010", 1), ("1.00000000000000000000", 1_000_000_000),
            ("000000000000000000001", 1_000_000_000),
            ("11650000", 11_650_000_000_000_000),
        ])
    func reads(_ text: String, _ value: Int64) throws {
        #expect(try DecimalText.parse(text) == value)
    }

    @Test(
        "refuses what is not exact or not a number",
        arguments: [
            ("", DecimalError.malformed), ("-", .malformed), ("1.", .malformed), (".5", .malformed),
            ("1e", .malformed),
            ("1x", .malformed), ("+1", .malformed), ("1.2.3", .malformed), ("0.0000000001", .inexact),
            ("9223372036.854775808", .overflow), ("1e300", .overflow), ("99999999999999999999", .overflow),
            ("nan", .malformed),
            ("1e-12", .inexact),
        ])
    func refuses(_ text: String, _ error: DecimalError) {
        #expect(throws: error) { try DecimalText.parse(text) }
    }

    @Test("prints back what it read, without trailing zeros")
    func prints() throws {
        for (text, printed) in [
            ("61800.20", "61800.2"), ("-0.000000001", "-0.000000001"), ("100", "100"), ("0.0", "0"),
        ] {
            #expect(try Price(text).description == printed)
        }
        let notional = Money(try Price("4000.000000001"), times: try Quantity("0.000000001"))
        #expect(notional.description == "0.000004000000000001")
        #expect(Money(rawValue: 0).description == "0")
        #expect(Money(rawValue: -1_500_000_000_000_000_000).description == "-1.5")
    }

    @Test("prints every magnitude like digits with a point put in, and prices like sums")
    func printsAnything() {
        var random = TestRandom(seed: TestSeed.value("DECIMAL_SEED"))
        for _ in 0..<20_000 {
            let bits = UInt128(random.below(.max)) << 64 | UInt128(random.below(.max))
            var raw = Int128(bitPattern: bits) >> Int128(random.below(127))
            if random.below(3) == 0 { raw = raw / 1_000_000_000 * 1_000_000_000 }
            #expect(Money(rawValue: raw).description == plain(raw, 18))
            #expect(Volume(rawValue: raw).description == plain(raw, 9))
            let narrow = Int64(truncatingIfNeeded: raw)
            #expect(Price(rawValue: narrow).description == plain(Int128(narrow), 9))
        }
        for raw in [Int128.min, .max, Int128(Int64.min), Int128(UInt64.max), Int128(UInt64.max) + 1] {
            #expect(Money(rawValue: raw).description == plain(raw, 18))
        }
        #expect(Price(rawValue: .min).description == plain(Int128(Int64.min), 9))
    }

    /// `raw × 10^-scale` by way of text.
    private func plain(_ raw: Int128, _ scale: Int) -> String {
        let digits = String(raw.magnitude)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        var fraction = padded.suffix(scale)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = padded.dropLast(scale)
        return (raw < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
    }

    @Test("rounds a proportion half to even and clamps what does not fit")
    func scales() {
        #expect(Money(rawValue: 5).scaled(by: 1, over: 2).rawValue == 2)
        #expect(Money(rawValue: 7).scaled(by: 1, over: 2).rawValue == 4)
        #expect(Money(rawValue: -5).scaled(by: 1, over: 2).rawValue == -2)
        #expect(Money(rawValue: .max).scaled(by: 2, over: 1).rawValue == .max)
        #expect(Money(rawValue: .max).scaled(by: 1 << 100, over: 1 << 100).rawValue == .max)
    }
}
