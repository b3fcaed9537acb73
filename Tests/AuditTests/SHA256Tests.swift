import CLinux
import Crypto
import Testing

@testable import Audit

@Suite("SHA-256")
struct SHA256Tests {
    /// Bytes without a pattern, the same each time.
    private static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    private static func reference(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: Array(bytes)))
    }

    private static func portable(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        tradingd_sha256_portable(bytes, bytes.count, &digest)
        return digest
    }

    @Test(
        "the examples of the standard",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func examples(text: String, hex: String) {
        #expect(IncrementalSHA256.hash(Array(text.utf8).span).hex == hex)
        #expect(AuditHash(bytes: Self.portable(Array(text.utf8)))?.hex == hex)
    }

    @Test("every length up to three blocks, and long ones, as the cryptography package has it")
    func lengths() {
        for count in Array(0...200) + [1_000, 4_095, 4_096, 100_003] {
            let bytes = Self.bytes(count)
            let expected = Self.reference(bytes)
            #expect(IncrementalSHA256.hash(bytes.span).bytes == expected, "\(count) bytes")
            #expect(Self.portable(bytes) == expected, "\(count) bytes")
        }
    }

    @Test("two hashes at once, begun at different places, in pieces of any size")
    func both() {
        for seed in UInt64(1)...40 {
            let bytes = Self.bytes(3_000, seed: seed)
            let cuts = Self.bytes(60, seed: seed ^ 77).map { Int($0) * (seed.isMultiple(of: 2) ? 1 : 9) }
            let lead = Int(seed) * 5
            var (whole, late) = (IncrementalSHA256(), IncrementalSHA256())
            whole.update(bytes.span.extracting(0..<lead))
            var place = lead
            for cut in cuts where place < bytes.count {
                let end = min(bytes.count, place + cut)
                IncrementalSHA256.update(&whole, &late, bytes.span.extracting(place..<end))
                place = end
            }
            #expect(whole.digest().bytes == Self.reference(bytes[..<place]))
            #expect(late.digest().bytes == Self.reference(bytes[lead..<place]))
            // More may follow what was asked for.
            whole.update(bytes.span.extracting(place..<bytes.count))
            #expect(whole.digest().bytes == Self.reference(bytes))
        }
    }
}
