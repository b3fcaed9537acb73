extension AuditVerification {
    /// The answer to whether the log can be trusted.
    public enum Outcome: String, Sendable {
        /// Every line is what was written, and signatures prove it.
        case proved = "OK"
        /// Nothing is wrong, but something that would prove it is missing: see `gaps`.
        case incomplete = "INCOMPLETE"
        /// Something is wrong: see `fault`.
        case broken = "BROKEN"
    }

    /// The answer.
    public var outcome: Outcome {
        if fault != nil { return .broken }
        return gaps.isEmpty ? .proved : .incomplete
    }

    /// What is missing for a proof, each in one sentence.
    public var gaps: [String] {
        signatureGaps + anchorGaps + predecessorGaps
            + (tornTail.map { ["\($0.bytes) bytes after the last line are no complete line"] } ?? [])
    }

    /// Lines behind the last proof: whoever can write the files could have changed or removed such lines.
    public var unprovedLines: UInt64 { lastSequence - min(max(provenSize, firstSequence - 1), lastSequence) }

    private var predecessorGaps: [String] {
        predecessors.filter { $0.verification == nil }.map {
            "the log before, \($0.link.origin), is not here"
        }
    }

    private var signatureGaps: [String] {
        guard key != nil else {
            return uncheckedCheckpoints > 0
                ? ["no key: \(uncheckedCheckpoints) checkpoints not checked; give the public key"]
                : ["unsigned: without a key the whole log could have been written anew"]
        }
        let trust =
            keySource == .log
            ? ["no key but the log's own: whoever writes it anew brings one; give the public key"] : []
        return trust + startGaps
    }

    private var startGaps: [String] {
        if firstProofSize == nil {
            return checkpoints == 0 && firstSequence == 1
                ? ["no checkpoint: nothing in this log is signed"]
                : ["no checkpoint proves the start at line \(firstSequence)"]
        }
        return []
    }

    private var anchorGaps: [String] {
        guard key != nil else { return [] }
        var gaps: [String] = []
        if !anchors.contains(where: { $0.status == .matches }) {
            gaps.append("no anchor: lines cut off behind a checkpoint would not be missed")
        }
        for anchor in anchors where anchor.status == .notCovered {
            gaps.append("\(anchor.name) attests \(anchor.size) lines, which were not given")
        }
        for anchor in anchors where anchor.status == .otherLog && !isUsed(anchor) {
            gaps.append("\(anchor.name) is of another log: \(anchor.origin)")
        }
        return gaps
    }

    /// Whether an anchor is one of a log before this one.
    private func isUsed(_ anchor: AuditAnchor) -> Bool {
        predecessors.contains { log in
            log.verification?.anchors.contains { $0.name == anchor.name && $0.status == .matches } ?? false
        }
    }
}
