import ExactJSON
import Platform
import Testing
import TradingModel

@testable import Audit

/// The published test vector of `tradingd.audit/1`.
@Suite("Audit test vector")
struct AuditVectorTests {
    static let origin = "tradingd.example/paper/8f14e45f-ceea-467f-a0e6-1c2d3e4f5a6b"
    static let path = DurableFile.directoryName(#filePath) + "/Vectors/audit-000001.jsonl"

    private func object(_ members: [(StaticString, JSONValue)]) -> (inout JSONWriter) -> Void {
        { json in
            json.beginObject()
            for (key, value) in members {
                json.key(key)
                json.value(value)
            }
            json.endObject()
        }
    }

    private func checkpoint(_ size: Int, root: String, signature: String) -> (inout JSONWriter) -> Void {
        let note = "\(Self.origin)\n\(size)\n\(root)\n\n— \(Self.origin) \(signature)\n"
        return object([("size", .number(String(size))), ("note", .string(note))])
    }

    private var lines: [(AuditLineType, String, (inout JSONWriter) -> Void)] {
        let key = Self.origin + "+9163be54+ASsbz/E8Ku8tBRVxrpiwUky6f6kWzXYtHNKBif/qT9OG"
        let zeros = String(repeating: "0", count: 31)
        return [
            (
                .logOpen, "14:30:00.000000",
                object([
                    ("origin", .string(Self.origin)), ("segment", 1), ("vkey", .string(key)),
                    ("build", "0.1.0"), ("boot", .string(zeros + "1")),
                ])
            ),
            (
                .orderIntent, "14:30:00.000125",
                object([
                    ("cid", "c-1"), ("symbol", "XAUUSD"), ("side", "BUY"), ("qty", "1"),
                    ("limit", "2400.50"), ("verdict", "accept"),
                ])
            ),
            (
                .orderDeny, "14:30:01.000250",
                object([
                    ("cid", "c-2"), ("symbol", "XAUUSD"), ("code", "RISK_THROTTLE_SYMBOL"),
                    ("limit", "60s"), ("actual", "0.875s"), ("note", "déjà vu"),
                ])
            ),
            (
                .logCheckpoint, "14:30:05.000000",
                checkpoint(
                    3, root: "iK/0ltfdaFy24hd8MpqdsUoe776ShZJNaRN7maRVMyY=",
                    signature: "kWO+VCyonH0cwUDDPBmisRuey6RR7t1w7zbmh8DTAp015C2QNEc89lQ0xOBb12uYEoBvzOsdo"
                        + "BHMMlEtTHxkgwJbMwQ=")
            ),
            (
                .killSwitchEngage, "14:31:00.000000",
                object([("by", "uid:1000"), ("reason", "drill"), ("scope", "all")])
            ),
            (
                .logCheckpoint, "14:31:00.000500",
                checkpoint(
                    5, root: "AquBUagXIYooGEyekpLvz1LT3rFOv7jVTYvXnTt4nMM=",
                    signature: "kWO+VIewmjSWbpbO5EDwHKfeOM9wMhOgRFNCx7FGm3l9dMciAZEJ3rosY04TM2HtZ6OzXjAYf"
                        + "UhT9PhKI+SH4+ZwjAY=")
            ),
        ]
    }

    @Test("the encoder writes the vector byte for byte")
    func encodes() throws {
        var words = AuditWords()
        var file: [UInt8] = []
        var head = AuditHash.zero
        var contents = IncrementalSHA256()
        for (index, (type, time, data)) in lines.enumerated() {
            let moment = try #require(Timestamp(rfc3339: "2026-01-05T\(time)Z"))
            var stamp: [UInt8] = []
            moment.append(fractionDigits: 6, to: &stamp)
            try words.say(type, data)
            head = AuditLineEncoder.frame(
                words.bytes.span, type, sequence: UInt64(index + 1), stamp: stamp, previous: head,
                contents: &contents,
                into: &file)
        }
        #expect(contents.digest() == IncrementalSHA256.hash(file.span))
        #expect(try DurableFile.read(Self.path) == file)
        #expect(head.hex == "abb3c0a1265b0fe34d5de2bc7d9a74bd969825fd576db6fecd0aa610bebb3e00")
        #expect(
            IncrementalSHA256.hash(file.span).hex
                == "4f930e70670a0ca5c4dee49df17f573a6023e8b011f06a876dcacfda838e5bc5")
    }

    @Test("the verifier accepts the vector")
    func verifies() throws {
        let result = try AuditVerifier.verify(files: [Self.path])
        #expect(result.verdict == .intact)
        #expect(result.lines == 6 && result.firstSequence == 1 && result.lastSequence == 6)
        #expect(result.head.hex == "abb3c0a1265b0fe34d5de2bc7d9a74bd969825fd576db6fecd0aa610bebb3e00")
        #expect(result.origin == Self.origin)
        #expect(
            result.segments.map(\.contentHash.hex)
                == ["4f930e70670a0ca5c4dee49df17f573a6023e8b011f06a876dcacfda838e5bc5"])
        #expect(
            result.counts == [
                .logOpen: 1, .orderIntent: 1, .orderDeny: 1, .logCheckpoint: 2, .killSwitchEngage: 1,
            ])
        #expect(result.unknownTypes == 0 && result.stepsBack == 0)
    }
}
