/// The audit path of one leaf: the hashes beside the way from it to the root.
///
/// - Source: RFC 6962 §2.1.1, RFC 9162 §2.1.3.
public struct MerkleProof: Equatable, Sendable {
    /// Position of the leaf, from 0.
    public let index: UInt64
    /// Leaves of the tree.
    public let size: UInt64
    /// The hashes, the one beside the leaf first.
    public let path: [AuditHash]

    /// A path as it was stored; `root` says what it proves.
    public init(index: UInt64, size: UInt64, path: [AuditHash]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// The root that the path leads to from a raw line; `nil` when no tree of that size has such a path.
    ///
    /// - Source: RFC 9162 §2.1.3.2.
    public func root(line: Span<UInt8>) -> AuditHash? {
        guard index < size else { return nil }
        var (node, last) = (index, size - 1)
        var root = MerkleTree.leaf(line)
        for sibling in path {
            guard last > 0 else { return nil }
            if node & 1 == 1 || node == last {
                root = MerkleTree.node(sibling, root)
                while node & 1 == 0 && node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                root = MerkleTree.node(root, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 ? root : nil
    }
}

/// Collects the audit path of one leaf while the lines of a log pass by, in O(log n) memory.
struct MerkleProofBuilder {
    /// Position of the leaf, from 0.
    let index: UInt64
    /// Leaves of the tree.
    let size: UInt64
    /// Subtrees beside the path in the order of their leaves, with the place of each in the path.
    private var parts: [(range: Range<UInt64>, place: Int, tree: MerkleTree)] = []
    private var current = 0
    private var next: UInt64

    /// For leaf `index` of a tree of `size` leaves; `start` is the tree of the leaves that will not pass by.
    ///
    /// - Returns: `nil` unless the leaf is in the tree and passes by.
    init?(index: UInt64, size: UInt64, start: MerkleTree) {
        guard index < size, index >= start.size else { return nil }
        self.index = index
        self.size = size
        next = start.size
        let ranges = Self.ranges(index, size)
        for (place, range) in ranges.enumerated() {
            guard let tree = Self.known(range, start) else { return nil }
            parts.append((range, place, tree))
        }
        parts.sort { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// The leaves of each subtree beside the path, nearest to the leaf first.
    private static func ranges(_ index: UInt64, _ size: UInt64) -> [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        var whole = 0..<size
        while whole.upperBound - whole.lowerBound > 1 {
            let count = whole.upperBound - whole.lowerBound
            let half = UInt64(1) << UInt64(63 - (count - 1).leadingZeroBitCount)
            let middle = whole.lowerBound + half
            if index < middle {
                ranges.append(middle..<whole.upperBound)
                whole = whole.lowerBound..<middle
            } else {
                ranges.append(whole.lowerBound..<middle)
                whole = middle..<whole.upperBound
            }
        }
        return ranges.reversed()
    }

    /// What the tree at the start already knows of the leaves in `range`.
    ///
    /// Subtrees beside the path either contain whole subtrees of the start or none of its leaves, because all
    /// of them are aligned and the leaf lies behind the start.
    private static func known(_ range: Range<UInt64>, _ start: MerkleTree) -> MerkleTree? {
        var known: [AuditHash] = []
        var offset: UInt64 = 0
        var size: UInt64 = 0
        var rest = start.size
        for subtree in start.subtrees {
            let count = UInt64(1) << UInt64(63 - rest.leadingZeroBitCount)
            if range.contains(offset) {
                known.append(subtree)
                size += count
            }
            offset += count
            rest -= count
        }
        return MerkleTree(size: size, subtrees: known)
    }

    /// Takes the next line, without its line feed; lines behind the tree are passed over.
    mutating func append(line: Span<UInt8>) {
        defer { next += 1 }
        while current < parts.count, next >= parts[current].range.upperBound { current += 1 }
        guard current < parts.count, parts[current].range.contains(next) else { return }
        parts[current].tree.append(line: line)
    }

    /// The path, once all leaves have passed by; `nil` before.
    var proof: MerkleProof? {
        guard next >= size else { return nil }
        var path = [AuditHash](repeating: .zero, count: parts.count)
        for part in parts { path[part.place] = part.tree.root }
        return MerkleProof(index: index, size: size, path: path)
    }
}
