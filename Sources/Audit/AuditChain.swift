import TradingModel

/// The chain as far as it has been proved: numbers without gap, each line naming the hash of the one before.
struct AuditChain {
    /// Number of the last good line; 0 before the first.
    private(set) var sequence: UInt64 = 0
    /// Hash of the last good line.
    private(set) var head = AuditHash.zero
    /// Time of the last good line.
    private(set) var timestamp: Timestamp?
    /// Time of the first line.
    private(set) var firstTimestamp: Timestamp?
    /// Number of the first line; 1 unless the start of the log was not given.
    private(set) var firstSequence: UInt64 = 1
    /// Lines by position of their type in `AuditLineType.allCases`; the last counts unknown types.
    private(set) var counts = [Int](repeating: 0, count: AuditLineType.allCases.count + 1)
    /// Whether the line taken last is earlier than the one before.
    private(set) var steppedBack = false
    /// The tree over the lines up to the last good one; `nil` when the start of the log was not given and
    /// its tree is not known.
    private(set) var tree: MerkleTree? = MerkleTree()
    /// The tree over the lines before the first one; `nil` when it is not known.
    private(set) var startTree: MerkleTree? = MerkleTree()
    private var adoptsStart: Bool
    private var syntax = ObjectSyntax()

    /// A chain from sequence 1, or one that believes the number and link of its first line.
    init(adoptingStart: Bool = false) { adoptsStart = adoptingStart }

    /// Takes the next line, without its line feed.
    mutating func take(_ line: Span<UInt8>) throws(AuditLineView.Mismatch) -> AuditLineView {
        let view = try AuditLineView(line, syntax: &syntax)
        try check(view)
        accept(view, leaf: MerkleTree.leaf(line))
        return view
    }

    /// Whether a line is the next one; a chain that believes its start begins with it.
    mutating func check(_ view: AuditLineView) throws(AuditLineView.Mismatch) {
        if adoptsStart {
            adoptsStart = false
            sequence = view.sequence - 1
            head = view.previous
            firstSequence = view.sequence
            (tree, startTree) = (nil, nil)
        }
        guard view.sequence == sequence + 1 else {
            throw AuditLineView.Mismatch(
                expected: "sequence \(sequence + 1)", found: "sequence \(view.sequence)")
        }
        guard view.previous == head else {
            throw AuditLineView.Mismatch(expected: "prev \(head)", found: "prev \(view.previous)")
        }
    }

    /// Believes a stored tree over the lines before the first one given.
    mutating func adopt(_ stored: MerkleTree) {
        guard tree == nil, startTree == nil else { return }
        (tree, startTree) = (stored, stored)
    }

    /// Adds a line that `check` has let pass.
    mutating func accept(_ view: AuditLineView, leaf: AuditHash) {
        steppedBack = timestamp.map { view.timestamp < $0 } ?? false
        firstTimestamp = firstTimestamp ?? view.timestamp
        timestamp = view.timestamp
        sequence = view.sequence
        head = view.hash
        tree?.append(leaf: leaf)
        counts[view.typeIndex ?? counts.count - 1] += 1
    }
}
