import ExactJSON
import Testing

@Suite("Strict JSON")
struct JSONParserTests {
    @Test("keeps numbers as written and members in order")
    func keepsText() throws {
        let value = try JSONParser.parse(
            #" {"b":61800.20,"a":[1,-0.5e3,null,true],"c":"\u00e9\ud83d\ude00\n"} "#)
        #expect(value["b"] == .number("61800.20"))
        #expect(value["a"] == .array([.number("1"), .number("-0.5e3"), .null, .bool(true)]))
        #expect(value["c"] == .string("é😀\n"))
        #expect(value.objectValue?.map(\.key) == ["b", "a", "c"])
    }

    @Test(
        "refuses what is not strict JSON, naming the place",
        arguments: [
            ("", JSONError.Reason.empty, 0), ("{\"a\":1,\"a\":2}", .duplicateKey, 7),
            ("[1,]", .unexpectedByte, 3),
            ("{\"a\":1,}", .unexpectedByte, 7), ("01", .badNumber, 0), ("1.", .badNumber, 0),
            ("[1", .unexpectedEnd, 2),
            ("\"\\ud800\"", .badString, 3), ("\"\\u0000\"", .badString, 3), ("\"a\nb\"", .badString, 2),
            ("1 2", .trailing, 2), ("\u{FEFF}1", .unexpectedByte, 0), ("nul", .unexpectedByte, 0),
            ("-", .unexpectedEnd, 1),
            ("NaN", .unexpectedByte, 0), ("{\"a\":", .unexpectedEnd, 5), ("\"abc", .unexpectedEnd, 4),
        ])
    func refuses(_ text: String, _ reason: JSONError.Reason, _ offset: Int) {
        #expect(throws: JSONError(reason, at: offset)) { try JSONParser.parse(text) }
    }

    @Test("refuses invalid UTF-8 and unbounded nesting without harm")
    func hostile() {
        #expect(throws: JSONError(.badUTF8, at: 0)) { try JSONParser.parse([0x22, 0xC3, 0x28, 0x22]) }
        let brackets = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONError(.tooDeep, at: 32)) { try JSONParser.parse(brackets) }
    }

    @Test("finds a duplicate among few keys and among many")
    func duplicates() {
        for count in [1, 15, 16, 17, 200] {
            let members = (0..<count).map { "\"k\($0)\":0" }
            #expect(throws: Never.self) { try JSONParser.parse("{" + members.joined(separator: ",") + "}") }
            for repeated in [0, count / 2, count - 1] {
                let text = "{" + (members + ["\"k\(repeated)\":1"]).joined(separator: ",") + "}"
                let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
                #expect(error?.reason == .duplicateKey)
            }
        }
    }

    @Test("shows NUL as the replacement character, so that what is written can be read")
    func nul() throws {
        #expect(try JSONParser.parse(JSONValue.string("a\u{0}b").text) == .string("a\u{FFFD}b"))
    }

    @Test("writes what it reads")
    func roundTrip() throws {
        let text = #"{"a":"q\"\\\n\u0001é/","b":[],"c":{},"d":[1,{"x":null}],"e":-12.50}"#
        #expect(try JSONParser.parse(text).text == text)
    }
}

@Suite("JSON writer")
struct JSONWriterTests {
    @Test("writes every text so that it reads back, wherever in it the character stands that needs an escape")
    func escapes() throws {
        for code in 1..<UInt32(0x180) {
            let character = String(try #require(Unicode.Scalar(code)))
            for text in [character, "plain" + character, character + "plain", "a" + character + "b"] {
                var json = JSONWriter()
                json.string(text)
                #expect(try JSONParser.parse(json.bytes).stringValue == text)
                // Nothing below a space and no DEL is written as it is.
                #expect(json.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            }
        }
    }

    @Test("writes whole numbers of every width to the last digit")
    func integers() {
        var json = JSONWriter()
        json.beginArray()
        json.integer(Int8.min)
        json.integer(UInt64.max)
        json.integer(Int64.min)
        json.integer(UInt128.max)
        json.integer(0)
        json.endArray()
        #expect(json.text == "[-128,\(UInt64.max),\(Int64.min),\(UInt128.max),0]")
    }
}
