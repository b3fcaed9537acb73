import Glibc
import Platform

/// Proves that a log is what was written, from its files alone: without the daemon and without a private key.
///
/// Streams: holds one block of lines, whatever the size of the log. What a chain cannot show, namely that
/// someone wrote the whole log anew, the signed checkpoints in it do; that lines were cut off at the end takes
/// a checkpoint kept elsewhere.
public enum AuditVerifier {
    /// Verifies all segments in `directory`, with `audit.vkey` and `latest.note` beside them, and the logs
    /// below `closed/` that it continues.
    ///
    /// - Throws: `SystemError` when a file cannot be read; what the files say is in the result.
    public static func verify(
        directory: String, evidence: AuditEvidence = AuditEvidence()
    ) throws(SystemError) -> AuditVerification {
        var result = try verify(log: directory, evidence, needsGivenKey: true)
        try AuditPredecessors.verify(&result, below: directory, evidence)
        return result
    }

    /// Verifies segment files, given in their order, whatever they are called.
    ///
    /// A log that is not given from its first segment is verified from the start of the first file given;
    /// the result says so in `firstSequence`.
    public static func verify(
        files: [String], evidence: AuditEvidence = AuditEvidence()
    ) throws(SystemError) -> AuditVerification {
        try verify(
            AuditLogFiles(files: files), named: "no file", evidence, keyFile: nil, needsGivenKey: true)
    }

    /// Verifies the one log in `directory`, without those before it.
    ///
    /// - Parameter needsGivenKey: a key given for other logs only is a finding.
    static func verify(
        log directory: String, _ evidence: AuditEvidence, needsGivenKey: Bool
    ) throws(SystemError) -> AuditVerification {
        var evidence = evidence
        // Before the lines: a writer at work makes the note after the lines it attests.
        let notePath = directory + "/latest.note"
        if let note = try DurableFile.read(notePath, limit: 1 << 20) {
            let text = String(decoding: note, as: UTF8.self)
            evidence.anchors.insert(AuditAnchor(source: .latestNote, name: notePath, note: text), at: 0)
        }
        let keyText = try DurableFile.read(directory + "/audit.vkey", limit: 1 << 16)
        return try verify(
            AuditLogFiles(directory: directory), named: directory, evidence,
            keyFile: keyText.map { (directory + "/audit.vkey", $0) }, needsGivenKey: needsGivenKey)
    }

    private static func verify(
        _ files: AuditLogFiles, named place: String, _ evidence: AuditEvidence,
        keyFile: (path: String, content: [UInt8])?, needsGivenKey: Bool
    ) throws(SystemError) -> AuditVerification {
        var result = AuditVerification()
        guard let first = files.segments.first else {
            result.fault = missing("an audit segment", in: place)
            return result
        }
        let opening = try AuditFirstLine(first.path)
        let choice = AuditKeyChoice(
            opening, first.path, given: evidence.keys, file: keyFile, needsGivenKey: needsGivenKey)
        result.key = choice.key
        result.keySource = choice.source
        var pass = AuditPass(startsMidway: opening.type == .segmentOpen, key: choice.key, evidence)
        try pass.read(files, &result)
        pass.finish(files, &result)
        result.record(pass.chain)
        result.record(pass.inspection)
        if let fault = choice.fault, result.fault == nil { result.fault = fault }
        if result.fault != nil {
            result.changedLines = try AuditChangeSearch.range(result, pass.inspection.proof, files)
        }
        return result
    }

    private static func missing(_ expected: String, in place: String) -> AuditFault {
        AuditFault(
            file: place, line: 1, offset: 0, expected: expected, found: "none", lastGoodSequence: 0)
    }
}
