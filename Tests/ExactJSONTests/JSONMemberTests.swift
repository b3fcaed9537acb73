import ExactJSON
import Testing

@Suite("Numbers and members in one piece")
struct JSONMemberTests {
    private func text(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        json.beginObject()
        body(&json)
        json.endObject()
        return json.text
    }

    /// What a plain description says of a count of 1e-9.
    private func plain(_ value: Int64) -> String {
        let digits = String(value.magnitude)
        let padded = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
        let whole = padded.dropLast(9)
        var fraction = padded.suffix(9)
        while fraction.last == "0" { fraction.removeLast() }
        return (value < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : ".") + fraction
    }

    private var values: [Int64] {
        var values: [Int64] = [0, 1, -1, .max, .min, 999_999_999, 1_000_000_000, 4_000_505_000_000]
        var power: Int64 = 1
        for _ in 0..<18 {
            power *= 10
            values += [power - 1, power, power + 1, -power, 7 * (power / 10)]
        }
        var state: UInt64 = 1
        for shift in 0..<2_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            values.append(Int64(bitPattern: state) >> Int64(shift % 64))
        }
        return values
    }

    @Test("whole numbers and counts of 1e-9 read as their plain descriptions")
    func numbers() {
        for value in values {
            #expect(text { $0.member("n", value) } == "{\"n\":\(value)}")
            #expect(
                text { $0.member("n", UInt64(bitPattern: value)) } == "{\"n\":\(UInt64(bitPattern: value))}")
            #expect(text { $0.member("n", text: value) } == "{\"n\":\"\(plain(value))\"}")
            var bytes: [UInt8] = []
            DecimalDigits.append(billionths: value, to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == plain(value))
            var json = JSONWriter()
            json.number(billionths: value)
            #expect(json.text == plain(value))
        }
    }

    @Test("members stand behind one another like keys with their values, and make one whole object")
    func members() {
        var json = JSONWriter()
        json.beginObject()
        json.member("a", "x" as StaticString)
        json.key("b")
        json.integer(2)
        json.member("id", "c", 1, .max)
        json.member("t", hex: 0x0123_4567_89AB_CDEF, 1)
        json.member("e", "" as StaticString)
        json.endObject()
        #expect(json.isOneObject)
        #expect(
            json.text
                == #"{"a":"x","b":2,"id":"c-1-4294967295","t":"0123456789abcdef0000000000000001","e":""}"#)
    }

    @Test("a member outside an object is noticed")
    func outside() {
        var json = JSONWriter()
        json.beginObject()
        json.endObject()
        json.member("a", Int64(1))
        #expect(!json.isOneObject)
    }
}
