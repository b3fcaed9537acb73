import Platform

/// Follows a log back to the logs that it continues, as far as they are kept below `closed/`.
enum AuditPredecessors {
    /// Logs that are followed at most.
    private static let limit = 1_000

    /// Verifies them, and that the links fit; a link that does not fit is a fault of `result`.
    static func verify(
        _ result: inout AuditVerification, below directory: String, _ evidence: AuditEvidence
    ) throws(SystemError) {
        guard var path = result.segments.first?.path else { return }
        let closed = try closedLogs(directory)
        var successor = result
        var seen: Set<String> = []
        while let link = try AuditFirstLine(path).predecessor, seen.insert(link.origin).inserted,
            seen.count <= limit
        {
            guard let found = closed.first(where: { $0.origin == link.origin }) else {
                result.predecessors.append(.init(link: link, directory: nil, verification: nil))
                return
            }
            var old = try AuditVerifier.verify(log: found.directory, evidence, needsGivenKey: false)
            if old.fault == nil || link.reason == nil, let fault = misfit(link, old, before: successor, path)
            {
                result.fault = result.fault ?? old.fault ?? fault
            }
            old.predecessors = []
            result.predecessors.append(
                .init(link: link, directory: found.directory, verification: old))
            successor = old
            guard let next = old.segments.first?.path else { return }
            path = next
        }
    }

    private static func closedLogs(_ directory: String) throws(SystemError) -> [(
        origin: String, directory: String
    )] {
        let parent = directory + "/closed"
        let names: [String]
        do throws(SystemError) {
            names = try DirectoryListing.names(parent)
        } catch {
            if error.isMissing { return [] }
            throw error
        }
        var logs: [(origin: String, directory: String)] = []
        for name in names {
            let place = parent + "/" + name
            guard let first = try? AuditLogFiles(directory: place).segments.first else { continue }
            let named = try AuditFirstLine(first.path).origin
            let known = if let named { named } else { try keyOrigin(place) }
            if let known { logs.append((known, place)) }
        }
        return logs
    }

    /// The log that the key file names, where retention has taken the first segment.
    private static func keyOrigin(_ directory: String) throws(SystemError) -> String? {
        try DurableFile.read(directory + "/audit.vkey", limit: 1 << 16)
            .flatMap { AuditVerificationKey(fileContent: $0)?.origin }
    }

    /// What does not fit between a log and what its successor says of it.
    private static func misfit(
        _ link: AuditSuccessionLink, _ old: AuditVerification, before successor: AuditVerification,
        _ path: String
    ) -> AuditFault? {
        func fault(_ expected: String, _ found: String) -> AuditFault {
            AuditFault(
                file: path, line: 1, offset: 0, expected: expected, found: found,
                lastGoodSequence: successor.lastSequence)
        }
        if let own = old.fault { return own }
        guard old.lastSequence == link.size, old.head == link.head else {
            return fault(
                "predecessor with \(old.lastSequence) lines, head \(old.head)",
                "\(link.size) lines, head \(link.head)")
        }
        if let next = old.tally.nextKey, next != successor.key?.text {
            return fault(
                "the key that the predecessor names: \(next)", "key \(successor.key?.text ?? "none")")
        }
        return nil
    }
}
