/// The Merkle tree of RFC 6962 over the lines of a log, as it grows.
///
/// Holds one hash for each complete subtree, which is one for each bit set in `size`: at most 64, whatever
/// the length of the log. Appending allocates nothing but what the hasher takes for itself.
public struct MerkleTree: Sendable, Equatable {
    /// Lines in the tree.
    public private(set) var size: UInt64
    /// Roots of the complete subtrees, the largest, which is that of the first lines, first.
    public private(set) var subtrees: [AuditHash]

    /// The tree of no lines.
    public init() {
        size = 0
        subtrees = []
        subtrees.reserveCapacity(64)
    }

    /// Goes on from a stored tree: `nil` unless there is one subtree for each bit set in `size`.
    ///
    /// - Parameter subtrees: the largest first.
    public init?(size: UInt64, subtrees: [AuditHash]) {
        guard subtrees.count == size.nonzeroBitCount else { return nil }
        self.init()
        self.size = size
        self.subtrees.append(contentsOf: subtrees)
    }

    /// Adds a raw line, without its line feed.
    public mutating func append(line: Span<UInt8>) { append(leaf: Self.leaf(line)) }

    /// Adds a line whose leaf is known.
    mutating func append(leaf: AuditHash) {
        var root = leaf
        // Each trailing one bit of the size is a subtree that is now complete with its right half.
        for _ in 0..<(~size).trailingZeroBitCount {
            guard let left = subtrees.popLast() else { break }
            root = Self.node(left, root)
        }
        subtrees.append(root)
        size += 1
    }

    /// The root over all lines; SHA-256 of nothing for the empty tree.
    public var root: AuditHash {
        guard var root = subtrees.last else { return IncrementalSHA256().digest() }
        for left in subtrees.dropLast().reversed() { root = Self.node(left, root) }
        return root
    }

    /// The hash of a leaf: SHA-256 over 0x00 and the line.
    ///
    /// - Source: RFC 6962 §2.1.
    static func leaf(_ line: Span<UInt8>) -> AuditHash {
        let prefix: InlineArray<1, UInt8> = [0]
        var hasher = IncrementalSHA256()
        hasher.update(prefix.span)
        hasher.update(line)
        return hasher.digest()
    }

    /// The hash of an inner node: SHA-256 over 0x01 and its two children.
    ///
    /// - Source: RFC 6962 §2.1.
    static func node(_ left: AuditHash, _ right: AuditHash) -> AuditHash {
        var bytes = InlineArray<65, UInt8>(repeating: 1)
        for index in 0..<32 {
            bytes[1 + index] = left[index]
            bytes[33 + index] = right[index]
        }
        return IncrementalSHA256.hash(bytes.span)
    }
}
