import Platform

/// One reading of all segments of a log, in order.
struct AuditPass {
    /// The chain as far as it holds.
    private(set) var chain: AuditChain
    /// Checkpoints, anchors, orders, state.
    private(set) var inspection: AuditInspection

    /// A reading with `key`, comparing with the anchors in `evidence`.
    init(startsMidway: Bool, key: AuditVerificationKey?, _ evidence: AuditEvidence) {
        chain = AuditChain(adoptingStart: startsMidway)
        var proof = AuditProof(key: key)
        proof.prepare(evidence.anchors)
        inspection = AuditInspection(proof: proof, tally: AuditTally(), range: evidence.countedLines)
    }

    /// Reads the files up to the first fault.
    mutating func read(_ files: AuditLogFiles, _ result: inout AuditVerification) throws(SystemError) {
        var previous: (number: Int?, contents: AuditHash)?
        for (index, file) in files.segments.enumerated() {
            let number = file.number ?? previous?.number.map { $0 + 1 }
            let reading = try AuditSegmentReading(
                file.path, number: number, previousFile: previous?.contents, chain: &chain,
                inspection: &inspection)
            result.record(reading, of: file.path)
            if result.fault == nil {
                let isLast = index == files.segments.count - 1
                result.fault = misplaced(reading, file.path, after: previous?.number, isLast: isLast)
            }
            let contents = reading.contents.digest()
            if result.fault == nil { result.fault = try differing(file, reading, contents) }
            if result.fault != nil { return }
            previous = (reading.number, contents)
        }
    }

    /// Whether a good segment is one that may stand at its place.
    private func misplaced(
        _ reading: AuditSegmentReading, _ path: String, after previous: Int?, isLast: Bool
    ) -> AuditFault? {
        if let previous, let number = reading.number, number != previous + 1 {
            return fault(path, reading, "segment \(previous + 1)", "segment \(number)")
        }
        if !isLast && !reading.isClosed { return fault(path, reading, "segment.close", "end of file") }
        if !isLast && reading.tornBytes > 0 {
            return fault(path, reading, "end of file", "\(reading.tornBytes) bytes without line feed")
        }
        if chain.sequence == 0 { return fault(path, reading, "log.open", "no complete line") }
        return nil
    }

    /// Whether the compressed form beside a plain segment is another one.
    private func differing(
        _ file: AuditLogFiles.Segment, _ reading: AuditSegmentReading, _ contents: AuditHash
    ) throws(SystemError) -> AuditFault? {
        guard let twin = file.twin else { return nil }
        let other: String
        do throws(SystemError) {
            let hash = try Self.contentHash(twin)
            if hash == contents { return nil }
            other = "\(hash)"
        } catch {
            other = error.description
        }
        return AuditFault(
            file: twin, line: 1, offset: 0, expected: "the content of \(file.path), SHA-256 \(contents)",
            found: other, lastGoodSequence: chain.sequence)
    }

    private static func contentHash(_ path: String) throws(SystemError) -> AuditHash {
        var source = try AuditSegmentSource(path)
        var contents = IncrementalSHA256()
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let result: Result<Int, SystemError> = chunk.withUnsafeMutableBytes { bytes in
                do throws(SystemError) { return .success(try source.read(into: bytes)) } catch {
                    return .failure(error)
                }
            }
            let count = try result.get()
            if count == 0 { return contents.digest() }
            contents.update(chunk.span.extracting(0..<count))
        }
    }

    /// What only the end shows: anchors that reach further, anchors that are none.
    mutating func finish(_ files: AuditLogFiles, _ result: inout AuditVerification) {
        guard result.fault == nil, let last = result.segments.last else { return }
        if let anchor = inspection.proof.anchorBeyondEnd() {
            let missing = anchor.size - chain.sequence
            result.fault = AuditFault(
                file: last.path, line: last.lines + 1, offset: last.bytes,
                expected: "\(anchor.size) lines as \(anchor.name) attests",
                found: "\(chain.sequence): \(missing) cut off at the end", lastGoodSequence: chain.sequence)
        } else if let refused = inspection.proof.refused {
            result.fault = AuditFault(
                file: refused.name, line: 1, offset: 0,
                expected: "a checkpoint of key \(inspection.proof.key?.keyID ?? "none")",
                found: refused.reason, lastGoodSequence: chain.sequence)
        }
    }

    private func fault(
        _ path: String, _ reading: AuditSegmentReading, _ expected: String, _ found: String
    ) -> AuditFault {
        AuditFault(
            file: path, line: reading.lines + 1, offset: reading.bytes, expected: expected, found: found,
            lastGoodSequence: chain.sequence)
    }
}
