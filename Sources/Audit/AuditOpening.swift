import Glibc
import Platform
import TradingModel

/// Start-up: trust nothing that has not been synced and read, set a torn tail aside, go on with the chain.
enum AuditOpening {
    /// Opens or starts the log.
    static func open(
        _ settings: AuditSettings, _ identity: AuditIdentity, at time: Timestamp
    ) throws(AuditError) -> AuditWriter {
        let numbers = try opening { () throws(SystemError) in
            try settings.operations.synchronizeDirectory(settings.directory)
            return try AuditSegmentNames.list(settings.directory)
        }
        guard let last = numbers.last else {
            return try begin(settings, identity, in: try newSegment(1, settings), at: time)
        }
        try checkOrigin(settings.directory, is: identity.origin)
        return try resume(settings, identity, last: last, at: time)
    }

    /// The origin of the log in `directory`; `nil` when its first line is not there or not good.
    static func origin(in directory: String) throws(SystemError) -> String? {
        let path = AuditSegmentNames.path(1, in: directory)
        guard access(path, F_OK) == 0 else { return nil }
        var scanner = try AuditLineScanner(path)
        guard case .line(let range) = try scanner.next() else { return nil }
        return AuditSegmentReading.origin(ofFirstLine: scanner.bytes.span.extracting(range))
    }

    private static func checkOrigin(_ directory: String, is expected: String) throws(AuditError) {
        let found = try opening { () throws(SystemError) in try origin(in: directory) }
        if let found, found != expected { throw .foreignLog(expected: expected, found: found) }
    }

    private static func resume(
        _ settings: AuditSettings, _ identity: AuditIdentity, last: Int, at time: Timestamp
    ) throws(AuditError) -> AuditWriter {
        let path = AuditSegmentNames.path(last, in: settings.directory)
        var chain = AuditChain(adoptingStart: last > 1)
        let reading = try read(path, last, settings, &chain)
        var tail: AuditTornTail?
        if reading.tornBytes > 0 {
            tail = try opening { [latest = chain.timestamp] () throws(SystemError) in
                try AuditTornTail(
                    settingAside: path, from: reading.bytes, at: max(time, latest ?? time),
                    operations: settings.operations)
            }
        }
        var writer = try writer(settings, identity, last, path, reading, chain, at: time)
        if let tail {
            try writer.appendOwn(.logRecovered, at: time) { AuditOwnLines.logRecovered(tail, to: &$0) }
        }
        return writer
    }

    /// A writer behind the last good line, with a segment or the log begun where that is due.
    private static func writer(
        _ settings: AuditSettings, _ identity: AuditIdentity, _ last: Int, _ path: String,
        _ reading: AuditSegmentReading, _ chain: AuditChain, at time: Timestamp
    ) throws(AuditError) -> AuditWriter {
        if reading.isClosed {
            let next = try newSegment(last + 1, settings)
            return try beginSegment(settings, next, after: reading, chain, at: time)
        }
        let segment = try opening { () throws(SystemError) in
            try AuditSegmentFile(
                continuing: last, at: path, after: reading, operations: settings.operations)
        }
        if reading.lines > 0 { return behind(chain, settings, segment) }
        if last == 1 { return try begin(settings, identity, in: segment, at: time) }
        return try beginSegment(settings, segment, at: time)
    }

    private static func behind(
        _ chain: AuditChain, _ settings: AuditSettings, _ segment: consuming AuditSegmentFile
    ) -> AuditWriter {
        let head = AuditReceipt(sequence: chain.sequence, hash: chain.head)
        return AuditWriter(
            settings: settings, segment: segment, head: head, last: chain.timestamp ?? .zero)
    }
}

extension AuditOpening {
    /// Writes the first line of a log.
    private static func begin(
        _ settings: AuditSettings, _ identity: AuditIdentity, in segment: consuming AuditSegmentFile,
        at time: Timestamp
    ) throws(AuditError) -> AuditWriter {
        var writer = behind(AuditChain(), settings, segment)
        try writer.appendOwn(.logOpen, at: time) { AuditOwnLines.logOpen(identity, to: &$0) }
        return writer
    }

    /// Writes the first line of a segment whose file a crash left without one.
    private static func beginSegment(
        _ settings: AuditSettings, _ segment: consuming AuditSegmentFile, at time: Timestamp
    ) throws(AuditError) -> AuditWriter {
        let before = segment.number - 1
        let path = AuditSegmentNames.path(before, in: settings.directory)
        var chain = AuditChain(adoptingStart: before > 1)
        let previous = try read(path, before, settings, &chain)
        guard previous.isClosed && previous.tornBytes == 0 else {
            throw .broken(
                AuditFault(
                    file: path, line: previous.lines + 1, offset: previous.bytes,
                    expected: "segment.close as last line", found: "end of file",
                    lastGoodSequence: chain.sequence))
        }
        return try beginSegment(settings, segment, after: previous, chain, at: time)
    }

    /// Writes the first line of a further segment.
    private static func beginSegment(
        _ settings: AuditSettings, _ segment: consuming AuditSegmentFile,
        after previous: AuditSegmentReading, _ chain: AuditChain, at time: Timestamp
    ) throws(AuditError) -> AuditWriter {
        let number = segment.number
        var writer = behind(chain, settings, segment)
        try writer.appendOwn(.segmentOpen, at: time) { json in
            AuditOwnLines.segmentOpen(
                number, previousFile: previous.contents.digest(), linesBefore: chain.sequence, to: &json)
        }
        return writer
    }

    private static func newSegment(
        _ number: Int, _ settings: AuditSettings
    ) throws(AuditError) -> AuditSegmentFile {
        try opening { () throws(SystemError) in
            try AuditSegmentFile(
                creating: number, in: settings.directory, operations: settings.operations)
        }
    }

    /// Syncs a segment, then reads it to its end; a fault in it ends the opening.
    private static func read(
        _ path: String, _ number: Int, _ settings: AuditSettings, _ chain: inout AuditChain
    ) throws(AuditError) -> AuditSegmentReading {
        var proved = chain
        let reading = try opening { () throws(SystemError) in
            let file = try OwnedDescriptor(opening: path, O_RDWR)
            let code = settings.operations.synchronize(file.number)
            guard code == 0 else { throw SystemError("fsync", path, code: code) }
            return try AuditSegmentReading(path, number: number, previousFile: nil, chain: &proved)
        }
        if let fault = reading.fault { throw .broken(fault) }
        chain = proved
        return reading
    }

    private static func opening<Result: ~Copyable>(
        _ body: () throws(SystemError) -> Result
    ) throws(AuditError) -> Result {
        do throws(SystemError) {
            return try body()
        } catch {
            throw .system(error)
        }
    }
}
