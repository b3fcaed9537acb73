import Glibc
import Platform
import TradingModel

/// A log, opened for writing.
struct AuditOpened: ~Copyable {
    /// What the next lines will be.
    var composer: AuditComposer
    /// Where they go.
    var files: AuditFiles
    /// Name of the log.
    let origin: String
    /// A torn tail that was set aside.
    var recovery: AuditRecovery?
}

/// Start-up: trust nothing that has not been synced and read, set a torn tail aside, go on with the chain, or begin the log
/// that follows it.
struct AuditOpening {
    private let settings: AuditSettings
    private let identity: AuditIdentity
    private let time: Timestamp

    /// Opens or starts the log.
    static func open(
        _ settings: AuditSettings, _ identity: AuditIdentity, at time: Timestamp
    ) throws(AuditError) -> AuditOpened {
        try AuditOpening(settings: settings, identity: identity, time: time).open()
    }

    /// The origin of the log in `directory`; `nil` when its first line is not there or not good.
    static func origin(in directory: String) throws(SystemError) -> String? {
        let path = AuditSegmentNames.path(1, in: directory)
        guard access(path, F_OK) == 0 else { return nil }
        var scanner = try AuditLineScanner(path)
        guard case .line(let range) = try scanner.next() else { return nil }
        return AuditSegmentReading.origin(ofFirstLine: scanner.bytes.span.extracting(range))
    }

    private func open() throws(AuditError) -> AuditOpened {
        let directory = settings.directory
        let (numbers, succession) = try system { () throws(SystemError) in
            try settings.operations.synchronizeDirectory(directory)
            let succession = try AuditSuccession.read(directory: directory)
            return (try AuditSegmentNames.list(directory), succession)
        }
        guard let last = numbers.last else { return try begin(after: succession) }
        if let succession, try isUnfinished(succession, first: numbers[0]) {
            return try begin(after: succession)
        }
        return try resume(last, try AuditLastSegment(last, settings))
    }

    /// Whether a crash came between the decision for the next log and its first file. After its first line the decision is
    /// carried through.
    private func isUnfinished(_ succession: AuditSuccession, first: Int) throws(AuditError) -> Bool {
        try system { () throws(SystemError) in
            let line = try AuditFirstLine(AuditSegmentNames.path(first, in: settings.directory))
            if line.predecessor == succession.link {
                try AuditSuccession.remove(directory: settings.directory)
                return false
            }
            // A file without a line is the next log's, once files of the old one have been moved.
            return line.type != nil || !hasMovedSegments(succession)
        }
    }

    private func hasMovedSegments(_ succession: AuditSuccession) -> Bool {
        let old = AuditBreak.place(of: succession, in: settings.directory)
        return (try? DirectoryListing.names(old))?.contains { $0.hasPrefix("audit-0") } ?? false
    }

    /// A log that was here and is gone is a break: a new one in its place would be silence about it.
    private func refuseIfLost() throws(AuditError) {
        let names = try system { () throws(SystemError) in try DirectoryListing.names(settings.directory) }
        let trace = names.first { $0 == "latest.note" || $0.hasPrefix("audit-") && $0.hasSuffix(".jsonl.gz") }
        guard let trace else { return }
        let at = AuditFault.Place(settings.directory + "/" + trace, 1, 0, lastGood: 0)
        throw .broken(at.fault(expected: "the log that it belongs to", found: "no line of it"))
    }

    private func resume(_ last: Int, _ segment: consuming AuditLastSegment) throws(AuditError) -> AuditOpened
    {
        if segment.origin == nil && last > 1 { return try resumeUnbegun(last, segment) }
        guard let origin = segment.origin else { return try begin(in: segment) }
        try checkOrigin(origin)
        // Nothing is touched before it is known that the log may be written.
        let change = try keyChange(segment)
        let recovery = try setTornTailAside(segment)
        switch change {
        case .none: return try resume(segment, origin, recovery)
        case .added:
            return try succeed(end(of: segment, origin))
        case .rotated(let old, let new):
            return try rotate(segment, origin, from: old, to: new, recovery)
        }
    }

    private func resume(
        _ segment: AuditLastSegment, _ origin: String, _ recovery: AuditRecovery?
    ) throws(AuditError) -> AuditOpened {
        var composer = composer(segment.place, origin, settings.key)
        if segment.isClosed { composer.beginNextSegment(at: time) }
        let files = try files(continuing: segment.place.segment)
        try system { () throws(SystemError) in try publishKey(origin) }
        return try written(composer, files, origin, recovery)
    }

    /// A crash left the newest file without its first line: the segment before must be whole.
    private func resumeUnbegun(
        _ last: Int, _ segment: AuditLastSegment
    ) throws(AuditError) -> AuditOpened {
        let before = try AuditLastSegment(last - 1, settings)
        guard before.isClosed, before.tornBytes == 0, let origin = before.origin else {
            let at = AuditFault.Place(
                AuditSegmentNames.path(last - 1, in: settings.directory), before.place.lines + 1,
                before.place.bytes, lastGood: before.place.chain.sequence)
            throw .broken(at.fault(expected: "segment.close as last line", found: "end of file"))
        }
        try checkOrigin(origin)
        guard case .none = try keyChange(before) else {
            // The old key would have to sign in a file that has no line yet: without it, the log ends before.
            try system { () throws(SystemError) in
                try removeUnbegun(last)
            }
            return try open()
        }
        let recovery = try setTornTailAside(segment)
        var composer = composer(before.place, origin, settings.key)
        composer.beginNextSegment(at: time)
        return try written(composer, try files(continuing: last), origin, recovery)
    }

    private func removeUnbegun(_ number: Int) throws(SystemError) {
        let path = AuditSegmentNames.path(number, in: settings.directory)
        guard rename(path, path + ".unbegun") == 0 else { throw SystemError("rename", path) }
        try settings.operations.synchronizeDirectory(settings.directory)
    }

    private func setTornTailAside(_ segment: AuditLastSegment) throws(AuditError) -> AuditRecovery? {
        guard segment.tornBytes > 0 else { return nil }
        let path = AuditSegmentNames.path(segment.place.segment, in: settings.directory)
        let stamp = max(time, segment.place.chain.timestamp ?? time)
        return try system { () throws(SystemError) in
            try AuditRecovery(
                settingAside: path, from: segment.place.bytes, at: stamp, operations: settings.operations)
        }
    }

    private func checkOrigin(_ found: String) throws(AuditError) {
        guard found.dropsLastPart == identity.origin.dropsLastPart else {
            throw .foreignLog(expected: identity.origin, found: found)
        }
    }
}

// MARK: Keys and succession

extension AuditOpening {
    private enum KeyChange {
        case none
        case added
        case rotated(AuditSigningKey, AuditSigningKey)
    }

    private func keyChange(_ segment: AuditLastSegment) throws(AuditError) -> KeyChange {
        switch (segment.key, settings.key) {
        case (nil, nil): return .none
        case (nil, .some): return .added
        case (let found?, nil): throw .wrongKey(found: found.keyID, given: nil)
        case (let found?, let key?):
            if key.verificationKey(origin: found.origin) == found { return .none }
            if let old = settings.previousKey, old.verificationKey(origin: found.origin) == found {
                return .rotated(old, key)
            }
            throw .wrongKey(
                found: found.keyID, given: key.verificationKey(origin: found.origin).keyID)
        }
    }

    /// Ends the log by a line signed with its own key that names the next one.
    private func rotate(
        _ segment: AuditLastSegment, _ origin: String, from old: AuditSigningKey, to new: AuditSigningKey,
        _ recovery: AuditRecovery?
    ) throws(AuditError) -> AuditOpened {
        var composer = composer(segment.place, origin, old)
        if segment.isClosed { composer.beginNextSegment(at: time) }
        if let recovery { composer.addRecovered(recovery, at: time) }
        let next = new.verificationKey(origin: identity.origin).text
        composer.addRotation(to: next, at: time)
        let note = composer.newestCheckpoint?.note
        let head = composer.head
        _ = try written(composer, try files(continuing: segment.place.segment), origin, nil)
        if let note {
            try system { () throws(SystemError) in
                try AuditNotes.write(note, to: AuditNotes.path(in: settings.directory))
            }
        }
        return try succeed(
            AuditSuccession(
                link: AuditSuccessionLink(origin: origin, size: head.sequence, head: head.hash), at: time))
    }

    private func end(of segment: AuditLastSegment, _ origin: String) -> AuditSuccession {
        AuditSuccession(
            link: AuditSuccessionLink(
                origin: origin, size: segment.place.chain.sequence, head: segment.place.chain.head),
            at: time)
    }

    private func succeed(_ succession: AuditSuccession) throws(AuditError) -> AuditOpened {
        try system { () throws(SystemError) in try succession.write(directory: settings.directory) }
        return try begin(after: succession)
    }
}

// MARK: Beginning

extension AuditOpening {
    /// Begins a log in an empty directory.
    private func begin(after succession: AuditSuccession?) throws(AuditError) -> AuditOpened {
        if succession == nil { try refuseIfLost() }
        let file = try system { () throws(SystemError) in
            if let succession { _ = try AuditBreak.setAside(succession, in: settings.directory) }
            return try AuditSegmentFile(creating: 1, settings)
        }
        return try begin(in: file, after: succession)
    }

    /// Begins a log in its first file, which a crash left without a line.
    private func begin(in segment: AuditLastSegment) throws(AuditError) -> AuditOpened {
        let pending = try system { () throws(SystemError) in
            try AuditSuccession.read(directory: settings.directory)
        }
        if pending == nil { try refuseIfLost() }
        let recovery = try setTornTailAside(segment)
        let file = try system { () throws(SystemError) in
            try AuditSegmentFile(continuing: 1, settings)
        }
        let succession = try system { () throws(SystemError) in
            try AuditSuccession.read(directory: settings.directory)
        }
        return try begin(in: file, after: succession, recovery)
    }

    private func begin(
        in file: consuming AuditSegmentFile, after succession: AuditSuccession?,
        _ recovery: AuditRecovery? = nil
    ) throws(AuditError) -> AuditOpened {
        let origin = identity.origin
        var composer = composer(AuditPlace(), origin, settings.key)
        composer.begin(identity, predecessor: succession?.link, at: time)
        let opened = try written(composer, try files(file), origin, recovery)
        try system { () throws(SystemError) in
            try publishKey(origin)
            if succession != nil { try AuditSuccession.remove(directory: settings.directory) }
        }
        return opened
    }

    /// Puts the public key beside the log, for readers.
    private func publishKey(_ origin: String) throws(SystemError) {
        guard let key = settings.key?.verificationKey(origin: origin) else { return }
        let path = settings.directory + "/audit.vkey"
        try DurableFile.replace(path, with: Array((key.text + "\n").utf8), mode: 0o640)
        guard chmod(path, 0o640) == 0 else { throw SystemError("chmod", path) }
    }

    private func composer(_ place: AuditPlace, _ origin: String, _ key: AuditSigningKey?) -> AuditComposer {
        AuditComposer(
            place, origin: origin, signer: key.map { AuditSigner($0, origin: origin) }, settings: settings)
    }

    private func files(continuing number: Int) throws(AuditError) -> AuditFiles {
        let file = try system { () throws(SystemError) in
            try AuditSegmentFile(continuing: number, settings)
        }
        return try files(file)
    }

    private func files(_ file: consuming AuditSegmentFile) throws(AuditError) -> AuditFiles {
        do throws(SystemError) {
            return try AuditFiles(file, settings)
        } catch {
            throw .system(error)
        }
    }

    /// Writes what opening has staged, durably.
    private func written(
        _ composer: consuming AuditComposer, _ files: consuming AuditFiles, _ origin: String,
        _ recovery: AuditRecovery?
    ) throws(AuditError) -> AuditOpened {
        if let recovery { composer.addRecovered(recovery, at: time) }
        do throws(AuditOutage) {
            if !composer.pending.isEmpty {
                try files.write(composer.pending)
                try files.synchronize(metadata: true)
                composer.pending.removeAll()
            }
        } catch {
            throw .unavailable(error)
        }
        return AuditOpened(composer: composer, files: files, origin: origin, recovery: recovery)
    }
}

extension String {
    /// Everything before the last slash.
    fileprivate var dropsLastPart: Substring { self[..<(lastIndex(of: "/") ?? startIndex)] }
}
