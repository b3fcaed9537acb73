import Testing

@testable import Audit

/// Leaves and roots of the reference implementation of RFC 6962 (certificate-transparency, `merkle_tree_test`).
enum ReferenceTree {
    static let leaves: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
        [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        [
            0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f,
        ],
    ]
    /// Of the first 0, 1, … 8 leaves.
    static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
}

@Suite("The Merkle tree")
struct MerkleTreeTests {
    @Test("has the roots of the reference implementation at every size")
    func referenceRoots() {
        var tree = MerkleTree()
        #expect(tree.root.hex == ReferenceTree.roots[0])
        for (index, leaf) in ReferenceTree.leaves.enumerated() {
            tree.append(line: leaf.span)
            #expect(tree.size == UInt64(index + 1))
            #expect(tree.root.hex == ReferenceTree.roots[index + 1])
        }
    }

    @Test("goes on from its stored subtrees as if it had never stopped")
    func goesOn() throws {
        var whole = MerkleTree()
        for count in 0..<70 {
            var continued = try #require(MerkleTree(size: whole.size, subtrees: whole.subtrees))
            #expect(continued == whole && continued.root == whole.root)
            let line: [UInt8] = [UInt8(count), 0xFF]
            whole.append(line: line.span)
            continued.append(line: line.span)
            #expect(continued == whole)
        }
    }

    @Test("refuses stored subtrees that do not fit the size")
    func refusesWrongCount() {
        #expect(MerkleTree(size: 3, subtrees: [.zero]) == nil)
        #expect(MerkleTree(size: 0, subtrees: [.zero]) == nil)
        #expect(MerkleTree(size: .max, subtrees: []) == nil)
        #expect(MerkleTree(size: 0, subtrees: []) != nil)
    }

    @Test("tells a leaf from a node with the same bytes")
    func separatesDomains() {
        let left = MerkleTree.leaf([1].span)
        let right = MerkleTree.leaf([2].span)
        let joined = left.bytes + right.bytes
        #expect(MerkleTree.leaf(joined.span) != MerkleTree.node(left, right))
    }
}
