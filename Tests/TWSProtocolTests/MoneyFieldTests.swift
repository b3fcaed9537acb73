import Testing
import TradingModel

@testable import TWSProtocol

@Suite("Sums of money on the wire")
struct MoneyFieldTests {
    private func read(_ text: String) -> (money: Money?, fault: FieldFault?) {
        let body = Array("0\0".utf8) + Array(text.utf8) + [0]
        return FieldReader.reading(body.span, version: .highest) { fields in
            _ = fields.messageID()
            var money: Money? = Money(rawValue: 77)
            fields.money(&money)
            return (money, fields.fault)
        }
    }

    private func write(_ money: Money, _ side: WireSide) throws -> String {
        var report = ProfitAndLoss()
        report.daily = money
        let bytes = try MessageKind.body(report, version: .highest, side: side)
        return String(decoding: bytes.split(separator: 0)[2], as: UTF8.self)
    }

    private let one: Int128 = 1_000_000_000_000_000_000

    @Test("are read in every form, exactly up to 18 decimals, then half to even")
    func reading() {
        let forms: [(String, Int128)] = [
            ("0", 0), ("0.0", 0), ("-0.0", 0), ("1", one),
            ("-12345678901.25", -12_345_678_901 * one - one / 4),
            ("1.2345678901E10", 12_345_678_901 * one), ("1E+10", 10_000_000_000 * one),
            ("5.0E-5", one / 20_000),
            ("0.000000000000000001", 1), ("0.0000000000000000005", 0), ("0.0000000000000000015", 2),
            ("0.00000000000000000050000000000000000000000000000000001", 1), ("1E-19", 0), ("1e-400", 0),
            ("99999999999999999999.999999999999999999", 100_000_000_000_000_000_000 * one - 1),
            ("-99999999999999999999", -99_999_999_999_999_999_999 * one),
        ]
        for (text, attos) in forms {
            #expect(read(text).money == Money(rawValue: attos), "\(text)")
            #expect(read(text).fault == nil)
        }
    }

    @Test("may be unset")
    func unset() {
        for text in ["", "1.7976931348623157E308", "1.7976931348623157e+308", "9223372036854775807"] {
            #expect(read(text).money == nil, "\(text)")
            #expect(read(text).fault == nil)
        }
    }

    @Test("are refused when they are no number or too large")
    func refused() {
        for text in ["x", "NaN", "1,5", "-", ".", "1E", " 1", "0x1", "Infinity"] {
            #expect(read(text).fault == .malformed, "\(text)")
        }
        for text in ["100000000000000000000", "1E20", "-1E30", "1E299"] {
            #expect(read(text).fault == .range, "\(text)")
        }
    }

    @Test("are written plainly by clients, and by gateways as Java does")
    func writing() throws {
        let forms: [(Int128, String, String)] = [
            (0, "0", "0.0"), (one, "1", "1.0"), (-one / 4, "-0.25", "-0.25"), (one / 1_000, "0.001", "0.001"),
            (one / 20_000, "0.00005", "5.0E-5"), (9_999_999 * one, "9999999", "9999999.0"),
            (10_000_000 * one, "10000000", "1.0E7"),
            (-12_345_678_901 * one, "-12345678901", "-1.2345678901E10"),
            (1, "0.000000000000000001", "1.0E-18"),
        ]
        for (attos, client, gateway) in forms {
            #expect(try write(Money(rawValue: attos), .client) == client)
            #expect(try write(Money(rawValue: attos), .gateway) == gateway)
        }
        #expect(throws: MessageFault(message: 94, field: 2, fault: .range)) {
            try write(Money(rawValue: 100_000_000_000_000_000_000 * one), .client)
        }
    }
}
