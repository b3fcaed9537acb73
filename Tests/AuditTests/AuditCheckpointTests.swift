import ExactJSON
import Platform
import Testing

@testable import Audit

/// Seed, key and notes of the test vector of the format.
enum VectorKey {
    static let origin = "tradingd.example/paper/8f14e45f-ceea-467f-a0e6-1c2d3e4f5a6b"
    static let seed = IncrementalSHA256.hash(Array("tradingd audit test vector key 1".utf8).span).bytes
    static let text = origin + "+9163be54+ASsbz/E8Ku8tBRVxrpiwUky6f6kWzXYtHNKBif/qT9OG"
    static let latestNote = """
        tradingd.example/paper/8f14e45f-ceea-467f-a0e6-1c2d3e4f5a6b
        5
        AquBUagXIYooGEyekpLvz1LT3rFOv7jVTYvXnTt4nMM=

        — tradingd.example/paper/8f14e45f-ceea-467f-a0e6-1c2d3e4f5a6b \
        kWO+VIewmjSWbpbO5EDwHKfeOM9wMhOgRFNCx7FGm3l9dMciAZEJ3rosY04TM2HtZ6OzXjAYfUhT9PhKI+SH4+ZwjAY=

        """
}

@Suite("Checkpoints and keys")
struct AuditCheckpointTests {
    private let key: AuditSigningKey
    private let publicKey: AuditVerificationKey

    init() throws {
        key = try AuditSigningKey(seed: VectorKey.seed)
        publicKey = try #require(AuditVerificationKey(text: VectorKey.text))
    }

    private static let vectorPath =
        #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        + "/Vectors/audit-000001.jsonl"

    private func vectorLines() throws -> [[UInt8]] {
        try #require(try DurableFile.read(Self.vectorPath)).split(separator: 0x0A).map(Array.init)
    }

    @Test("the public key of the vector follows from its seed")
    func derivesKey() {
        #expect(key.verificationKey(origin: VectorKey.origin) == publicKey)
        #expect(publicKey.text == VectorKey.text)
        #expect(publicKey.keyID == "9163be54" && publicKey.origin == VectorKey.origin)
    }

    @Test("both notes of the vector are written byte for byte from its lines")
    func signsVector() throws {
        let lines = try vectorLines()
        var tree = MerkleTree()
        for line in lines {
            let value = try JSONParser.parse(line)
            if let data = value["data"], let note = data["note"]?.stringValue, data["size"] != nil {
                let checkpoint = AuditCheckpoint(origin: VectorKey.origin, size: tree.size, root: tree.root)
                #expect(checkpoint.signed(by: key) == note)
                #expect(try AuditCheckpoint(note: note, key: publicKey) == checkpoint)
            }
            tree.append(line: line.span)
        }
        #expect(tree.size == 6)
    }

    @Test("latest.note of the vector is the one of the format, byte for byte")
    func latestNote() throws {
        let bytes = Array(VectorKey.latestNote.utf8)
        #expect(
            IncrementalSHA256.hash(bytes.span).hex
                == "75d14408d9050057c5deba5cc4475d933ce3188c4c0dd86a4e8f036307185d05")
        #expect(try AuditCheckpoint(note: VectorKey.latestNote, key: publicKey).size == 5)
    }

    @Test("no changed byte of a note passes")
    func everyByteCounts() {
        let note = Array(VectorKey.latestNote.utf8)
        for position in note.indices {
            for bit in [0x01, 0x20, 0x80] as [UInt8] {
                var changed = note
                changed[position] ^= bit
                let text = String(decoding: changed, as: UTF8.self)
                #expect(throws: AuditNoteError.self) { try AuditCheckpoint(note: text, key: publicKey) }
            }
        }
    }

    @Test("no cut note passes")
    func everyLengthCounts() {
        let note = Array(VectorKey.latestNote.utf8)
        for count in note.indices {
            let text = String(decoding: note[..<count], as: UTF8.self)
            #expect(throws: AuditNoteError.self) { try AuditCheckpoint(note: text, key: publicKey) }
        }
        #expect(throws: AuditNoteError.malformed) {
            try AuditCheckpoint(note: VectorKey.latestNote + "\n", key: publicKey)
        }
    }

    @Test("signatures of witnesses are allowed, before and behind, and do not count")
    func witnesses() throws {
        let checkpoint = AuditCheckpoint(origin: VectorKey.origin, size: 9, root: .zero)
        let note = checkpoint.signed(by: key)
        let parts = try #require(note.range(of: "\n\n"))
        let witness = "— witness.example AAAAAAECAwQ=\n"
        #expect(try AuditCheckpoint(note: note + witness, key: publicKey) == checkpoint)
        let before = note[..<parts.upperBound] + witness + note[parts.upperBound...]
        #expect(try AuditCheckpoint(note: String(before), key: publicKey) == checkpoint)
        let alone = note[..<parts.upperBound] + witness
        #expect(throws: AuditNoteError.notSigned(by: "9163be54")) {
            try AuditCheckpoint(note: String(alone), key: publicKey)
        }
    }

    @Test("another key, another log and extra lines are refused")
    func refusesOthers() throws {
        let other = AuditSigningKey.generate()
        let checkpoint = AuditCheckpoint(origin: VectorKey.origin, size: 9, root: .zero)
        #expect(throws: AuditNoteError.notSigned(by: "9163be54")) {
            try AuditCheckpoint(note: checkpoint.signed(by: other), key: publicKey)
        }
        let elsewhere = AuditCheckpoint(origin: "example/sim/1", size: 9, root: .zero)
        #expect(throws: AuditNoteError.self) {
            try AuditCheckpoint(note: elsewhere.signed(by: key), key: publicKey)
        }
    }

    @Test(
        "texts that are no key are refused",
        arguments: [
            "", "a+b", "a+9163be54+", "+9163be54+ASsbz/E8Ku8tBRVxrpiwUky6f6kWzXYtHNKBif/qT9OG",
            "other+9163be54+ASsbz/E8Ku8tBRVxrpiwUky6f6kWzXYtHNKBif/qT9OG",
            VectorKey.text + "\n", VectorKey.text.replacing("9163be54", with: "9163BE54"),
            VectorKey.text.replacing("OG", with: "OH"), VectorKey.text.replacing("+AS", with: "+AC"),
        ])
    func refusesKeys(_ text: String) { #expect(AuditVerificationKey(text: text) == nil) }

    @Test("a signing key says nothing of its content")
    func printsNothing() throws {
        var dumped = ""
        dump(key, to: &dumped)
        let texts = ["\(key)", String(reflecting: key), dumped, "\([key])", "\(Mirror(reflecting: key))"]
        let seed = Base64.encode(VectorKey.seed)
        for text in texts {
            #expect(!text.contains(seed) && !text.contains(seed.prefix(8)))
            #expect(!text.contains(VectorKey.seed.map(String.init).prefix(4).joined(separator: ", ")))
        }
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? { ranges(of: text).first }
}
