import TWSProtocol
import Testing

@Suite("Texts in fields")
struct FieldTextTests {
    private func text(_ bytes: [UInt8], escaped: Bool = false) -> String {
        FieldReader.reading((bytes + [0]).span, version: .highest) { fields in
            var text = ""
            if escaped { fields.escapedText(&text) } else { fields.text(&text) }
            return text
        }
    }

    private func written(_ text: String, escaped: Bool = false, _ side: WireSide = .gateway) -> [UInt8]? {
        var writer = FieldWriter(side, version: .highest)
        var text = text
        if escaped { writer.escapedText(&text) } else { writer.text(&text) }
        return writer.fault == nil ? writer.bytes.dropLast() : nil
    }

    @Test("bytes are UTF-8, else Latin-1")
    func encodings() {
        #expect(text(Array("Grüße".utf8)) == "Grüße")
        #expect(text([0x47, 0x72, 0xFC, 0xDF, 0x65]) == "Grüße")
        #expect(text([]) == "")
    }

    @Test("escapes are UTF-16 units; what is none of them stays as it is")
    func escapes() {
        #expect(text(Array(#"Order \u88ab\u62d2"#.utf8), escaped: true) == "Order 被拒")
        #expect(text(Array(#"\ud83d\uDE00!"#.utf8), escaped: true) == "😀!")
        #expect(text(Array(#"\ud83d!"#.utf8), escaped: true) == "\u{FFFD}!")
        #expect(text(Array(#"a\u0000b"#.utf8), escaped: true) == "a\u{FFFD}b")
        #expect(text(Array(#"C:\users \u12 \u12g4 \"#.utf8), escaped: true) == #"C:\users \u12 \u12g4 \"#)
        #expect(text(Array(#"a\u0041"#.utf8)) == #"a\u0041"#)
    }

    @Test("what is escaped reads as it was", arguments: ["plain", "被拒 😀", #"\u0041 \\u \"#, "tab\tü", ""])
    func roundTrip(original: String) throws {
        let bytes = try #require(written(original, escaped: true))
        #expect(bytes.allSatisfy { $0 < 0x80 })
        #expect(text(bytes, escaped: true) == original)
    }

    @Test("a client sends printable ASCII only, nobody sends a NUL")
    func refusals() {
        for bad in ["ü", "\u{7F}", "\u{1}", "a\0b"] { #expect(written(bad, .client) == nil) }
        #expect(written("tab\tline\r\n ~", .client) != nil)
        #expect(written("a\0b") == nil)
        #expect(written("a\0b", escaped: true) == nil)
    }

    @Test("a short text keeps 15 bytes")
    func shortTexts() {
        for length in 0...40 {
            let bytes = (0..<length).map { UInt8(65 + $0 % 26) }
            let read = FieldReader.reading((bytes + [0, 0x37, 0]).span, version: .highest) { fields in
                var short = ShortText()
                fields.text(&short)
                var next: Int32 = 0
                fields.integer(&next)
                return next == 7 ? short : nil
            }
            #expect(read?.description == String(decoding: bytes.prefix(15), as: UTF8.self))
            #expect(read == ShortText(String(decoding: bytes, as: UTF8.self)))
            #expect(read?.count == min(length, 15))
        }
    }
}
