import ExactJSON
import TestSupport
import Testing

@testable import Audit

@Suite("Object syntax")
struct ObjectSyntaxTests {
    private func isAccepted(_ text: String) -> Bool { isAccepted(Array(text.utf8)) }

    private func isAccepted(_ bytes: [UInt8]) -> Bool {
        var syntax = ObjectSyntax()
        do throws(ObjectSyntax.Fault) {
            try syntax.check(bytes.span)
            return true
        } catch {
            return false
        }
    }

    @Test("a key twice is found wherever it stands and however long it is")
    func doubledKeys() {
        for length in 0...20 {
            let key = String(repeating: "k", count: length)
            #expect(!isAccepted(#"{"\#(key)":1,"\#(key)":2}"#), "\(length)")
            #expect(!isAccepted(#"{"\#(key)":1,"other":{"\#(key)":3},"\#(key)":"a longer value behind it"}"#))
            #expect(isAccepted(#"{"\#(key)":1,"\#(key)x":2}"#))
            #expect(isAccepted(#"{"\#(key)":{"\#(key)":1},"a\#(key)":[{"\#(key)":1},{"\#(key)":2}]}"#))
        }
    }

    @Test("keys that differ in one byte only are different")
    func similarKeys() {
        #expect(isAccepted(#"{"abcdefgh1":1,"abcdefgh2":2,"abcdefgh":3,"abcdefg":4}"#))
    }

    @Test("a special byte is found at every place of a string")
    func strings() {
        for length in 0...24 {
            for place in 0...length {
                var text = [UInt8](repeating: 0x61, count: length)
                text.insert(0x22, at: place)
                let front = Array(#"{"k":""#.utf8)
                #expect(!isAccepted(front + text + Array(#""}"#.utf8)))
                for byte in [0x00, 0x0A, 0x1F, 0x80, 0xC0, 0xFF] as [UInt8] {
                    text[place] = byte
                    #expect(!isAccepted(front + text + Array(#""}"#.utf8)), "\(byte) at \(place)")
                }
                text.replaceSubrange(place...place, with: Array("\\n é€𝄞\u{7F}".utf8))
                #expect(isAccepted(front + text + Array(#""}"#.utf8)), "\(place) of \(length)")
            }
        }
    }

    @Test("agrees with the parser on objects changed at random")
    func changed() {
        var random = TestRandom(seed: TestSeed.value("OBJECT_SYNTAX_SEED"))
        let whole = Array(#"{"a":[1,-2.5e+3,"x\u00e9",{"b":null}],"c":true,"déjà":"vu","a2":0}"#.utf8)
        #expect(isAccepted(whole))
        for _ in 0..<5_000 {
            var bytes = whole
            let place = Int(random.below(UInt64(bytes.count)))
            let alphabet = Array("\"\\{}[],:0e.+-nt ".utf8)
            switch random.below(3) {
            case 0: bytes[place] = UInt8(random.below(256))
            case 1: bytes.remove(at: place)
            default: bytes.insert(alphabet[Int(random.below(UInt64(alphabet.count)))], at: place)
            }
            // Stricter than the parser: what it refuses, ours refuses.
            if isAccepted(bytes) {
                #expect(throws: Never.self, "\(String(decoding: bytes, as: UTF8.self))") {
                    try JSONParser.parse(bytes)
                }
            }
        }
    }
}
