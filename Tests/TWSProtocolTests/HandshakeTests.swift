import TestSupport
import Testing

@testable import TWSProtocol

@Suite("The handshake")
struct HandshakeTests {
    @Test("a client says its versions behind API and NUL, without a NUL at the end")
    func greeting() {
        let both: [UInt8] =
            Array("API\0".utf8)  // before the first frame
            + [0, 0, 0, 9]  // length of the body
            + Array("v178..200".utf8)
        #expect(ClientGreeting().bytes == both)
        let one: [UInt8] = Array("API\0".utf8) + [0, 0, 0, 4] + Array("v187".utf8)
        #expect(ClientGreeting(lowest: ServerVersion(187), highest: ServerVersion(187)).bytes == one)
        let options = ClientGreeting(options: "+PACEAPI").bytes
        #expect(options == Array("API\0".utf8) + [0, 0, 0, 18] + Array("v178..200 +PACEAPI".utf8))
    }

    @Test("a gateway reads what clients say")
    func reading() throws {
        let bodies: [(String, Int32, Int32, String)] = [
            ("v178..200", 178, 200, ""), ("v178", 178, 178, ""), ("v100..226", 100, 226, ""),
            ("v100..176 +PACEAPI", 100, 176, "+PACEAPI"), ("v178..200 ", 178, 200, ""),
        ]
        for (text, lowest, highest, options) in bodies {
            let expected = ClientGreeting(
                lowest: ServerVersion(lowest), highest: ServerVersion(highest), options: options)
            #expect(try ClientGreeting(body: Array(text.utf8).span) == expected)
        }
    }

    @Test("a gateway refuses anything else")
    func refusing() {
        let bodies = [
            "", "v", "178", "v178.200", "v178..", "v..200", "v178...200", "v200..178", "v178..200\0", "V178",
            "v-1",
            "v1234567890", "v178..99999999999999999999999", "v178..200x", "v178..200 \u{e9}",
            "v178..200 " + String(repeating: "x", count: 300),
        ]
        for text in bodies {
            #expect(throws: HandshakeFault.greeting, "\(text)") {
                try ClientGreeting(body: Array(text.utf8).span)
            }
        }
    }

    @Test("random greetings never do harm, and what is read is written again as it was")
    func fuzz() {
        var random = TestRandom(seed: RoundTripTests.seed)
        let alphabet = Array("v.. 0123456789+\0\u{ff}".utf8)
        for _ in 0..<20_000 {
            let body = (0..<random.below(14)).map { _ in alphabet[Int(random.below(UInt64(alphabet.count)))] }
            _ = try? GatewayGreeting(body: body.span)
            guard let greeting = try? ClientGreeting(body: body.span) else { continue }
            let again = Array(greeting.bytes.dropFirst(8))
            #expect((try? ClientGreeting(body: again.span)) == greeting)
        }
    }

    @Test("the prefix is known from as many bytes as have come")
    func prefix() {
        #expect(ClientGreeting.hasPrefix([UInt8]().span) == nil)
        #expect(ClientGreeting.hasPrefix(Array("API".utf8).span) == nil)
        #expect(ClientGreeting.hasPrefix(Array("API\0more".utf8).span) == true)
        #expect(ClientGreeting.hasPrefix(Array("GET ".utf8).span) == false)
        #expect(ClientGreeting.hasPrefix(Array("AX".utf8).span) == false)
    }

    @Test("the version is the highest that both speak, or none")
    func agreeing() {
        func agreed(_ lowest: Int32, _ highest: Int32, _ own: Int32, _ ownHighest: Int32) -> Int32? {
            ClientGreeting(lowest: ServerVersion(lowest), highest: ServerVersion(highest))
                .agreed(lowest: ServerVersion(own), highest: ServerVersion(ownHighest))?.rawValue
        }
        #expect(agreed(178, 200, 178, 200) == 200)
        #expect(agreed(100, 226, 178, 200) == 200)
        #expect(agreed(157, 178, 178, 200) == 178)
        #expect(agreed(100, 190, 178, 187) == 187)
        #expect(agreed(100, 177, 178, 200) == nil)
        #expect(agreed(201, 226, 178, 200) == nil)
    }

    @Test("the answer is a version and a time, whatever the time's bytes are")
    func answering() throws {
        let greeting = GatewayGreeting(version: .highest, connectionTime: "20261122 14:30:00 EST")
        let frame: [UInt8] =
            [0, 0, 0, 26]  // length of the body
            + Array("200\0".utf8)  // version
            + Array("20261122 14:30:00 EST\0".utf8)  // time
        #expect(greeting.bytes == frame)
        #expect(try GatewayGreeting(body: Array(frame.dropFirst(4)).span) == greeting)
        let latin = Array("187\0".utf8) + Array("20261122 14:30:00 Heure d".utf8) + [0xB4, 0xE9, 0]
        #expect(try GatewayGreeting(body: latin.span).connectionTime == "20261122 14:30:00 Heure d´é")
        #expect(try GatewayGreeting(body: latin.span).version == ServerVersion(187))
        #expect(try GatewayGreeting(body: Array("187\0".utf8).span).connectionTime == "")
        #expect(try GatewayGreeting(body: Array("187\0no end".utf8).span).connectionTime == "no end")
        for text in ["", "\0", "187", "x\0", "-1\0t\0", "187x\0t\0", "12345678901\0t\0"] {
            #expect(throws: HandshakeFault.answer) { try GatewayGreeting(body: Array(text.utf8).span) }
        }
    }
}
