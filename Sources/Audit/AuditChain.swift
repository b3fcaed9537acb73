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
    private var adoptsStart: Bool
    private var syntax = ObjectSyntax()

    /// A chain from sequence 1, or one that believes the number and link of its first line.
    init(adoptingStart: Bool = false) { adoptsStart = adoptingStart }

    /// Takes the next line, without its line feed.
    mutating func take(_ line: Span<UInt8>) throws(AuditLineView.Mismatch) -> AuditLineView {
        let view = try AuditLineView(line, syntax: &syntax)
        if adoptsStart {
            adoptsStart = false
            sequence = view.sequence - 1
            head = view.previous
            firstSequence = view.sequence
        }
        guard view.sequence == sequence + 1 else {
            throw AuditLineView.Mismatch(
                expected: "sequence \(sequence + 1)", found: "sequence \(view.sequence)")
        }
        guard view.previous == head else {
            throw AuditLineView.Mismatch(expected: "prev \(head)", found: "prev \(view.previous)")
        }
        steppedBack = timestamp.map { view.timestamp < $0 } ?? false
        firstTimestamp = firstTimestamp ?? view.timestamp
        timestamp = view.timestamp
        sequence = view.sequence
        head = view.hash
        counts[view.typeIndex ?? counts.count - 1] += 1
        return view
    }
}
