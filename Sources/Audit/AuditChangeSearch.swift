import Platform

/// Finds out among which lines a change lies: behind the last proof before the fault, up to the next one.
enum AuditChangeSearch {
    private static let mark = Array(#""type":"log.checkpoint","data":"#.utf8)

    /// The lines among which the change lies.
    static func range(
        _ result: AuditVerification, _ proof: AuditProof, _ files: AuditLogFiles
    ) throws(SystemError) -> ClosedRange<UInt64> {
        let first = max(proof.provenSize + 1, result.firstSequence)
        let anchored = proof.nextAnchorSize(after: proof.provenSize) ?? .max
        guard let key = proof.key, let fault = result.fault else { return first...max(first, anchored) }
        let start = files.segments.firstIndex { $0.path == fault.file } ?? files.segments.endIndex
        for segment in files.segments[start...] {
            guard let signed = try nextCheckpoint(segment.path, after: proof.provenSize, key) else {
                continue
            }
            return first...max(first, min(signed, anchored))
        }
        return first...max(first, anchored)
    }

    /// The size in the first validly signed checkpoint of more than `size` lines; the lines around it need not
    /// be good.
    private static func nextCheckpoint(
        _ path: String, after size: UInt64, _ key: AuditVerificationKey
    ) throws(SystemError) -> UInt64? {
        var scanner = try AuditLineScanner(path)
        while true {
            guard let item = try? scanner.next() else { return nil }
            switch item {
            case .end, .torn: return nil
            case .overlong: continue
            case .line(let place):
                let line = scanner.bytes.span.extracting(place)
                guard let signed = checkpoint(line, key), signed > size else { continue }
                return signed
            }
        }
    }

    private static func checkpoint(_ line: Span<UInt8>, _ key: AuditVerificationKey) -> UInt64? {
        guard let start = start(of: line), line.count - AuditLayout.suffixBytes > start else { return nil }
        let data = line.extracting(start..<line.count - AuditLayout.suffixBytes)
        guard case .success(let checkpoint) = AuditSignedNote(data: data, key: key).checkpoint else {
            return nil
        }
        return checkpoint.size
    }

    /// Where the data of a checkpoint line starts; the mark stands near the front of the line.
    private static func start(of line: Span<UInt8>) -> Int? {
        for start in 0..<max(0, min(line.count - mark.count, 256)) where line[start] == mark[0] {
            var length = 0
            while length < mark.count, line[start + length] == mark[length] { length += 1 }
            if length == mark.count { return start + length }
        }
        return nil
    }
}
