/// Lines on their way to the files: framed and chained, not yet written.
struct AuditBatch {
    /// Lines of one segment, which follow those of the piece before.
    struct Piece {
        /// Number of the segment.
        let segment: Int
        /// Where they end in `bytes`.
        var end: Int
    }

    /// Whole lines.
    private(set) var bytes: [UInt8] = []
    /// Which of them belongs where.
    private(set) var pieces: [Piece] = []
    /// Number and hash of the last line; `nil` without one.
    private(set) var last: AuditReceipt?
    /// The newest checkpoint among them.
    var checkpoint: AuditSignedCheckpoint?

    /// An empty batch with room for ordinary ones.
    init() {
        bytes.reserveCapacity(65_536)
        pieces.reserveCapacity(4)
    }

    /// Whether there is nothing to write.
    var isEmpty: Bool { pieces.isEmpty }

    /// Has `body` add one line, number `sequence`, for `segment`.
    mutating func add(_ sequence: UInt64, of segment: Int, _ body: (inout [UInt8]) -> AuditHash) -> AuditHash
    {
        let hash = body(&bytes)
        last = AuditReceipt(sequence: sequence, hash: hash)
        if pieces.last?.segment == segment {
            pieces[pieces.count - 1].end = bytes.count
        } else {
            pieces.append(Piece(segment: segment, end: bytes.count))
        }
        return hash
    }

    /// Forgets the lines, keeps the room.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        pieces.removeAll(keepingCapacity: true)
        last = nil
        checkpoint = nil
    }
}
