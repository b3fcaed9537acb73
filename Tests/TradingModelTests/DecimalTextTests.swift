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

    @Test("rounds a proportion half to even and clamps what does not fit")
    func scales() {
        #expect(Money(rawValue: 5).scaled(by: 1, over: 2).rawValue == 2)
        #expect(Money(rawValue: 7).scaled(by: 1, over: 2).rawValue == 4)
        #expect(Money(rawValue: -5).scaled(by: 1, over: 2).rawValue == -2)
        #expect(Money(rawValue: .max).scaled(by: 2, over: 1).rawValue == .max)
        #expect(Money(rawValue: .max).scaled(by: 1 << 100, over: 1 << 100).rawValue == .max)
    }
}
