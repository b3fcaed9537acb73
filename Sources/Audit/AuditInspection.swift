/// What goes along with the reading of a log: what signatures prove, and what the lines tell.
struct AuditInspection {
    /// Checkpoints and anchors.
    var proof: AuditProof
    /// Orders and state.
    var tally: AuditTally
    /// Lines that count for the tally; the proof always covers all.
    var range: ClosedRange<UInt64> = 0 ... .max

    /// An inspection that proves the chain alone.
    static let none = AuditInspection(proof: .off, tally: AuditTally())

    mutating func accepted(_ view: AuditLineView, _ line: Span<UInt8>) {
        if range.contains(view.sequence) { tally.take(view, line) }
    }
}
