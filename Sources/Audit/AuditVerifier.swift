import Platform

/// Proves that a log is what was written, from its files alone: without the daemon and without a key.
///
/// Streams: holds one chunk and one line, whatever the size of the log. What a chain cannot show, namely that
/// someone cut the end off or wrote the whole log anew, takes a checkpoint kept elsewhere.
public enum AuditVerifier {
    /// Verifies all segments in `directory`.
    ///
    /// - Throws: `SystemError` when a file cannot be read; what the files say is in the result.
    public static func verify(directory: String) throws(SystemError) -> AuditVerification {
        let numbers = try AuditSegmentNames.list(directory)
        return try verify(
            numbers.map { (AuditSegmentNames.path($0, in: directory), $0) }, named: directory)
    }

    /// Verifies segment files, given in their order, whatever they are called.
    ///
    /// A log that is not given from its first segment is verified from the start of the first file given;
    /// the result says so in `firstSequence`.
    public static func verify(files: [String]) throws(SystemError) -> AuditVerification {
        try verify(files.map { ($0, nil) }, named: "no file")
    }

    private static func verify(
        _ files: [(path: String, number: Int?)], named place: String
    ) throws(SystemError) -> AuditVerification {
        var result = AuditVerification()
        guard let first = files.first else {
            result.fault = missing("an audit segment", in: place, after: 0)
            return result
        }
        let startsMidway = try startsMidway(first.path)
        var chain = AuditChain(adoptingStart: startsMidway)
        var previous: (number: Int?, contents: AuditHash)?
        for (index, file) in files.enumerated() {
            let number = file.number ?? previous?.number.map { $0 + 1 }
            let reading = try AuditSegmentReading(
                file.path, number: number, previousFile: previous?.contents, chain: &chain)
            result.record(reading, of: file.path)
            if result.fault == nil {
                result.fault = misplaced(
                    reading, file.path, after: previous?.number, isLast: index == files.count - 1, chain)
            }
            if result.fault != nil { break }
            previous = (reading.number, reading.contents.digest())
        }
        result.record(chain)
        return result
    }

    /// Whether the first line of the first file is not the first of the log.
    private static func startsMidway(_ path: String) throws(SystemError) -> Bool {
        var scanner = try AuditLineScanner(path)
        guard case .line(let range) = try scanner.next() else { return false }
        var syntax = ObjectSyntax()
        let view = try? AuditLineView(scanner.bytes.span.extracting(range), syntax: &syntax)
        return view?.type == .segmentOpen
    }

    /// Whether a good segment is one that may stand at its place.
    private static func misplaced(
        _ reading: AuditSegmentReading, _ path: String, after previous: Int?, isLast: Bool,
        _ chain: AuditChain
    ) -> AuditFault? {
        func fault(_ expected: String, _ found: String) -> AuditFault {
            AuditFault(
                file: path, line: reading.lines + 1, offset: reading.bytes, expected: expected, found: found,
                lastGoodSequence: chain.sequence)
        }
        if let previous, let number = reading.number, number != previous + 1 {
            return fault("segment \(previous + 1)", "segment \(number)")
        }
        if !isLast && !reading.isClosed { return fault("segment.close", "end of file") }
        if !isLast && reading.tornBytes > 0 {
            return fault("end of file", "\(reading.tornBytes) bytes without line feed")
        }
        if chain.sequence == 0 { return fault("log.open", "no complete line") }
        return nil
    }

    private static func missing(_ expected: String, in place: String, after sequence: UInt64) -> AuditFault {
        AuditFault(
            file: place, line: 1, offset: 0, expected: expected, found: "none", lastGoodSequence: sequence)
    }
}
