import ExactJSON
import TestSupport
import Testing

@testable import Audit

@Suite("Inclusion proofs")
struct MerkleProofTests {
    private func proof(_ index: UInt64, _ size: UInt64, from start: UInt64 = 0) throws -> MerkleProof {
        var tree = MerkleTree()
        for leaf in 0..<start { tree.append(line: Self.leaf(leaf).span) }
        var builder = try #require(MerkleProofBuilder(index: index, size: size, start: tree))
        for leaf in start..<size { builder.append(line: Self.leaf(leaf).span) }
        return try #require(builder.proof)
    }

    private static func leaf(_ number: UInt64) -> [UInt8] {
        number < 8 ? ReferenceTree.leaves[Int(number)] : Array("leaf \(number)".utf8)
    }

    @Test("has the paths of the reference implementation")
    func referencePaths() throws {
        // certificate-transparency, merkle_tree_test: leaf (from 1), size, path.
        let paths: [(UInt64, UInt64, [String])] = [
            (1, 1, []),
            (
                1, 8,
                [
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ]
            ),
            (
                6, 8,
                [
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ]
            ),
            (3, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
            (
                2, 5,
                [
                    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ]
            ),
        ]
        for (leaf, size, path) in paths {
            let proof = try proof(leaf - 1, size)
            #expect(proof.path.map(\.hex) == path, "leaf \(leaf) of \(size)")
            #expect(proof.root(line: Self.leaf(leaf - 1).span)?.hex == ReferenceTree.roots[Int(size)])
        }
    }

    @Test("every leaf of every tree is proved from every start before it, and no other line is")
    func everyLeaf() throws {
        var tree = MerkleTree()
        for size in UInt64(1)...33 {
            tree.append(line: Self.leaf(size - 1).span)
            for index in 0..<size {
                let whole = try proof(index, size)
                #expect(whole.root(line: Self.leaf(index).span) == tree.root)
                #expect(whole.root(line: Self.leaf(index + 1).span) != tree.root)
                for start in 0...index { #expect(try proof(index, size, from: start) == whole) }
            }
        }
    }

    @Test("a path of the wrong length, index or size leads nowhere")
    func refusesShapes() throws {
        let good = try proof(5, 11)
        let line = Self.leaf(5)
        let root = good.root(line: line.span)
        for path in [good.path.dropLast(), good.path + [.zero], []] {
            #expect(MerkleProof(index: 5, size: 11, path: Array(path)).root(line: line.span) != root)
        }
        #expect(MerkleProof(index: 4, size: 11, path: good.path).root(line: line.span) != root)
        #expect(MerkleProof(index: 11, size: 11, path: good.path).root(line: line.span) == nil)
        #expect(MerkleProof(index: 0, size: 0, path: []).root(line: line.span) == nil)
        #expect(MerkleProofBuilder(index: 3, size: 3, start: MerkleTree()) == nil)
    }

    @Test("a line of a log is proved to whoever has the public key, and survives being written down")
    func ofALog() throws {
        let directory = try TemporaryDirectory()
        var log = try HandmadeLog()
        log.trade(12)
        try log.write(to: directory)
        let key = try #require(log.publicKey)
        let result = try AuditVerifier.verify(directory: directory.path)
        let lines = log.segments.flatMap(\.self)
        let signed = try #require(result.lastCheckpoint).checkpoint
        for sequence in 1...signed.size {
            let inclusion = try AuditInclusion(sequence: sequence, in: result)
            let copy = try AuditInclusion(text: Array(inclusion.json.text.utf8))
            #expect(
                copy == inclusion && String(decoding: copy.line, as: UTF8.self) == lines[Int(sequence) - 1])
            #expect(try copy.check(key: key) == signed)
        }
        #expect(throws: AuditInclusion.Failure.self) {
            try AuditInclusion(sequence: signed.size + 1, in: result)
        }
        let other = AuditSigningKey.generate().verificationKey(origin: log.origin)
        let one = try AuditInclusion(sequence: 3, in: result)
        #expect(throws: AuditInclusion.Failure.note(.notSigned(by: other.keyID))) {
            try one.check(key: other)
        }
        let text = one.json.text
        for (from, to) in [
            ("c-1", "c-2"), ("\"seq\":3", "\"seq\":4"), ("\"leaf_index\":2", "\"leaf_index\":1"),
        ] {
            #expect(throws: AuditInclusion.Failure.self) {
                try AuditInclusion(text: Array(text.replacing(from, with: to).utf8)).check(key: key)
            }
        }
    }
}
