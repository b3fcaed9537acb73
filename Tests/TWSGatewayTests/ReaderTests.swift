import TWSProtocol
import TestSupport
import Testing
import TradingModel

@testable import TWSGateway

@Suite("Reader")
struct ReaderTests {
    private static func frame(_ body: String) -> [UInt8] {
        [0, 0, UInt8(body.utf8.count >> 8), UInt8(body.utf8.count & 255)] + Array(body.utf8)
    }

    /// Feeds bytes in portions and agrees to 200 when versions are offered.
    private static func inputs(_ bytes: [UInt8], portion: Int) -> [SessionInput] {
        var reader = SessionReader()
        var inputs: [SessionInput] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let next = rest.prefix(portion)
            rest = rest.dropFirst(portion)
            var taken = 0
            while taken < next.count {
                taken += reader.fill { room in
                    let count = min(room.count, next.count - taken)
                    room.copyBytes(from: next.dropFirst(taken).prefix(count))
                    return count
                }
            }
            while let input = reader.next() {
                inputs.append(input)
                if case .offer = input { reader.agree(.highest) }
            }
        }
        return inputs
    }

    private static let greeting = Array("API\0".utf8) + frame("v178..200")
    private static let askTime = frame("49\0" + "1\0")

    @Test("one stream in pieces of any size is the same requests", arguments: [1, 2, 3, 7, 4_096])
    func pieces(portion: Int) {
        let bytes = Self.greeting + Self.askTime + Self.frame("82\0") + Self.askTime
        #expect(
            Self.inputs(bytes, portion: portion) == [
                .offer(ClientGreeting()), .request(.requestCurrentTime(RequestCurrentTime())),
                .request(.requestDepthExchanges(RequestDepthExchanges())),
                .request(.requestCurrentTime(RequestCurrentTime())),
            ])
    }

    @Test(
        "what is no greeting breaks the stream at once",
        arguments: ["GET / HTTP/1.1\r\n", "API1", "\0\0\0\0"])
    func noGreeting(text: String) {
        let inputs = Self.inputs(Array(text.utf8), portion: 1)
        guard case .broken? = inputs.first, inputs.count == 1 else {
            Issue.record("\(inputs)")
            return
        }
    }

    @Test("a length above the limit, a missing NUL and a number that is none break the stream")
    func broken() {
        for bytes in [[1, 0, 0, 0, 0x34], Self.frame("49\0" + "1"), Self.frame("x\0")] as [[UInt8]] {
            let inputs = Self.inputs(Self.greeting + bytes + Self.askTime, portion: 64)
            guard inputs.count == 2, case .broken = inputs[1] else {
                Issue.record("\(inputs)")
                continue
            }
        }
    }

    @Test("a request that is cut short names its number where that can be read")
    func discarded() {
        func request(_ body: String) -> Int32? {
            let inputs = Self.inputs(Self.greeting + Self.frame(body), portion: 64)
            guard inputs.count == 2, case .discarded(_, let request) = inputs[1] else {
                Issue.record("\(inputs)")
                return nil
            }
            return request
        }
        #expect(request("1\0" + "11\0" + "77\0" + "x\0") == 77)
        #expect(request("97\0" + "78\0") == 78)
        #expect(request("3\0" + "79\0") == 79)
        #expect(request("59\0" + "1\0") == nil)
    }

    @Test("random bytes neither crash nor stall the reader")
    func random() {
        var random = TestRandom(seed: TestSeed.value("GATEWAY_READER_SEED"))
        for _ in 0..<200 {
            var bytes = Self.greeting + Self.askTime
            for _ in 0..<40 { bytes.append(UInt8(random.below(256))) }
            if random.below(2) == 0 { bytes[Int(random.below(UInt64(bytes.count)))] ^= 0x55 }
            let inputs = Self.inputs(bytes, portion: 1 + Int(random.below(64)))
            #expect(inputs.count < 64)
        }
    }

    @Test("a request of more than 1 MiB breaks the stream before it has come")
    func longRequest() {
        let inputs = Self.inputs(Self.greeting + [0, 0x10, 0, 1], portion: 7)
        guard case .broken? = inputs.last, inputs.count == 2 else {
            Issue.record("\(inputs)")
            return
        }
        #expect(Self.inputs(Self.greeting + [0, 0x10, 0, 0], portion: 7).count == 1)
    }
}
