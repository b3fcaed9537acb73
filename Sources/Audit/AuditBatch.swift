/// Lines on their way to the files: framed and chained, not yet written.
struct AuditBatch {
    /// Lines of one segment, which follow those of the piece before.
    struct Piece {
        /// Number of the segment.
        let segment: Int
        /// Where they end in `bytes`.
        var end: Int
    }

    /// Whole lines, and behind them the one that is being added.
    var bytes: [UInt8] = []
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

    /// What stands behind the lines is one more, for `segment`.
    mutating func take(_ line: AuditReceipt, of segment: Int) {
        last = line
        if pieces.last?.segment == segment {
            pieces[pieces.count - 1].end = bytes.count
        } else {
            pieces.append(Piece(segment: segment, end: bytes.count))
        }
    }

    /// Forgets the lines, keeps the room.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        pieces.removeAll(keepingCapacity: true)
        last = nil
        checkpoint = nil
    }
}
