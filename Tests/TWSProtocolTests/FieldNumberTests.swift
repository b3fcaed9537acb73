import TWSProtocol
import TestSupport
import Testing
import TradingModel

/// One field, read in one way.
private func read<Value>(
    _ text: String, _ value: Value, _ body: (inout FieldReader, inout Value) -> Void
) -> Result<Value, FieldFault> {
    var value = value
    let fault = FieldReader.reading(Array((text + "\0").utf8).span, version: .highest) { fields in
        body(&fields, &value)
        return fields.fault
    }
    return fault.map(Result.failure) ?? .success(value)
}

private func price(_ text: String) -> Result<Price, FieldFault> {
    read(text, Price.zero) { $0.price(&$1) }
}

private func quantity(_ text: String) -> Result<Quantity, FieldFault> {
    read(text, Quantity.zero) { $0.quantity(&$1) }
}

@Suite("Numbers in fields")
struct FieldNumberTests {
    @Test(
        "a price has its exact value in every form a Java program prints",
        arguments: [
            ("5800.0", 5_800_000_000_000), ("0.01", 10_000_000), ("0", 0), ("100", 100_000_000_000), ("", 0),
            ("201.94", 201_940_000_000), ("5.0E-5", 50_000), ("1.0E7", 10_000_000_000_000_000),
            ("-1", -1_000_000_000), ("-0.5", -500_000_000), ("1.0E-9", 1), ("1e3", 1_000_000_000_000),
            ("9223372036.854775807", .max), ("4000.123456789", 4_000_123_456_789),
            ("000000000000000000000001.5", 1_500_000_000), ("-0.0", 0), (".5", 500_000_000),
            ("5.", 5_000_000_000),
            ("0.1e+1", 1_000_000_000),
        ] as [(String, Int64)])
    func prices(text: String, billionths: Int64) {
        #expect(price(text) == .success(Price(rawValue: billionths)))
    }

    @Test(
        "digits below 1e-9 of a price are rounded half to even",
        arguments: [
            ("0.30000000000000004", 300_000_000), ("0.0000000006", 1), ("0.0000000015", 2),
            ("0.0000000025", 2),
            ("0.00000000250000000000000000000000000000000001", 3), ("-0.0000000015", -2),
            ("0E400", 0), ("0.000000000000", 0), ("4000.1234567894999999999", 4_000_123_456_789),
            ("9223372036.8547758074", .max),
        ] as [(String, Int64)])
    func rounding(text: String, billionths: Int64) {
        #expect(price(text) == .success(Price(rawValue: billionths)))
    }

    @Test(
        "what is no number, or too large a one, is refused",
        arguments: [
            ("x", .malformed), ("1x", .malformed), ("--1", .malformed), ("1.2.3", .malformed),
            ("-", .malformed),
            (".", .malformed), ("e5", .malformed), ("1e", .malformed), ("1e+", .malformed),
            ("0x10", .malformed),
            (" 1", .malformed), ("+1", .malformed), ("NaN", .malformed), ("1,5", .malformed),
            ("9223372036.854775808", .range), ("1.0E10", .range), ("1.0E-10", .range),
            ("0.0000000005", .range),
            ("1.0E-300", .range), ("1e99999", .malformed), ("1e9999", .range),
            ("99999999999999999999999999999999999999999999", .range), ("1.7976931348623157E308", .range),
        ] as [(String, FieldFault)])
    func refusals(text: String, fault: FieldFault) {
        #expect(price(text) == .failure(fault))
    }

    @Test("a size is exact or refused")
    func sizes() {
        #expect(quantity("0.000000001") == .success(Quantity(rawValue: 1)))
        #expect(quantity("1.500000000000") == .success(Quantity(rawValue: 1_500_000_000)))
        #expect(quantity("0.0000000001") == .failure(.range))
        for unset in ["2147483647", "9223372036854775807", "-9223372036854775808", "1.7976931348623157E308"] {
            #expect(quantity(unset) == .failure(.range))
        }
        #expect(quantity("1.0000000000000000000000000000000000000001") == .failure(.range))
    }

    @Test(
        "every form of an unset number is nothing",
        arguments: [
            "", "2147483647", "9223372036854775807", "-9223372036854775808", "1.7976931348623157E308",
            "1.7976931348623157e+308", "170141183460469231731687303715884105727",
        ])
    func unset(text: String) {
        #expect(read(text, Quantity?.some(.zero)) { $0.quantity(&$1) } == .success(nil))
        if text != "2147483647" {
            #expect(read(text, Price?.some(.zero)) { $0.price(&$1) } == .success(nil))
        }
    }

    @Test("whole numbers fit their type or are refused")
    func wholeNumbers() {
        #expect(read("2147483647", Int32(0)) { $0.integer(&$1) } == .success(.max))
        #expect(read("2147483648", Int32(0)) { $0.integer(&$1) } == .failure(.range))
        #expect(read("-2147483648", Int32(0)) { $0.integer(&$1) } == .success(.min))
        #expect(read("2147483647", Int32?.some(0)) { $0.integer(&$1) } == .success(nil))
        #expect(read("", Int32?.some(0)) { $0.integer(&$1) } == .success(nil))
        #expect(read("", Int32(7)) { $0.integer(&$1) } == .success(0))
        #expect(read("9223372036854775807", Int64(0)) { $0.integer(&$1) } == .success(.max))
        #expect(read("-9223372036854775808", Int64(0)) { $0.integer(&$1) } == .success(.min))
        #expect(read("9223372036854775808", Int64(0)) { $0.integer(&$1) } == .failure(.range))
        #expect(read("0000000000000000000000012", Int64(0)) { $0.integer(&$1) } == .success(12))
        #expect(read("9223372036854775807", Int64?.some(0)) { $0.integer(&$1) } == .success(nil))
        for text in ["1.0", "1 ", "+1", "-", "1e3", "٣"] {
            #expect(read(text, Int32(0)) { $0.integer(&$1) } == .failure(.malformed))
        }
    }

    @Test("random decimals are read as by the exact parser")
    func twins() {
        var random = TestRandom(seed: TestSeed.value("TWS_NUMBER_SEED"))
        for _ in 0..<20_000 {
            let text = Self.decimal(&random)
            let expected = try? DecimalText.parse(text)
            switch quantity(text) {
            case .success(let value): #expect(value.rawValue == expected, "\(text)")
            case .failure: #expect(expected == nil, "\(text)")
            }
        }
    }

    private static func decimal(_ random: inout TestRandom) -> String {
        var text = random.below(4) == 0 ? "-" : ""
        for _ in 0...random.below(12) { text += String(random.below(10)) }
        if random.below(2) == 0 {
            text += "."
            for _ in 0...random.below(11) { text += String(random.below(3) == 0 ? random.below(10) : 0) }
        }
        if random.below(4) == 0 { text += "E" + String(Int(random.below(20)) - 10) }
        return text
    }
}
