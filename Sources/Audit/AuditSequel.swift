import Glibc
import Platform

/// Why what follows a line cannot be read.
public enum AuditSequelFault: Error, Equatable, CustomStringConvertible {
    /// A file cannot be read.
    case unreadable(SystemError)
    /// A line is not what was written: where.
    case damaged(String)
    /// The log does not go on from the line that is known: why.
    case diverged(String)

    /// The fault for people.
    public var description: String {
        switch self {
        case .unreadable(let error): error.description
        case .damaged(let place): "\(place): not as it was written"
        case .diverged(let reason): reason
        }
    }
}

/// Every line of a log behind one that is known, as they are written: across segments, compressed or not, each proved and
/// linked to the one before.
public struct AuditSequel: Sendable {
    /// Number of the line read last.
    public private(set) var sequence: UInt64
    /// Its hash.
    public private(set) var hash: AuditHash
    private let directory: String
    /// Segment and byte that are read next; `nil` until they are looked for.
    private var place: (segment: Int, offset: Int)?
    /// Whether the line that is known has been seen, or one that names it.
    private var isLinked: Bool

    /// Behind line `sequence`, whose hash is known; behind nothing with 0, from the first line that is kept.
    public init(directory: String, after sequence: UInt64 = 0, hash: AuditHash = .zero) {
        self.directory = directory
        self.sequence = sequence
        self.hash = hash
        isLinked = sequence == 0
    }

    /// Hands on at most `limit` complete lines.
    ///
    /// - Returns: how many there were; fewer than `limit` when there are no more now.
    public mutating func read(
        atMost limit: Int, _ body: (AuditLine, AuditHash) -> Void
    ) throws(AuditSequelFault) -> Int {
        do throws(SystemError) {
            return try read(limit, AuditLogFiles(directory: directory).segments, body)
        } catch {
            guard error.code == EILSEQ else { throw .unreadable(error) }
            if error.call == Self.divergence { throw .diverged(error.subject) }
            throw .damaged(error.subject)
        }
    }

    private static let divergence = "diverged"

    private static func diverged(_ reason: String) -> SystemError {
        SystemError(divergence, reason, code: EILSEQ)
    }

    private mutating func read(
        _ limit: Int, _ segments: [AuditLogFiles.Segment], _ body: (AuditLine, AuditHash) -> Void
    ) throws(SystemError) -> Int {
        if place == nil { place = try locate(segments) }
        guard let start = place else { return 0 }
        var read = 0
        for segment in segments {
            guard let number = segment.number, number >= start.segment else { continue }
            if place?.segment != number { place = (number, 0) }
            read += try drain(segment.path, number, limit - read, body)
            guard read < limit else { return read }
        }
        guard isLinked else {
            throw Self.diverged("line \(sequence), which is known, is not in the log as it was")
        }
        return read
    }

    private mutating func drain(
        _ path: String, _ number: Int, _ limit: Int, _ body: (AuditLine, AuditHash) -> Void
    ) throws(SystemError) -> Int {
        // A compressed file is read from its beginning; what is known of it is passed over.
        let offset = path.hasSuffix(".gz") ? 0 : place?.offset ?? 0
        var scanner = try AuditLineScanner(path, from: offset, chunk: 64 << 10)
        var syntax = ObjectSyntax()
        var count = 0, line = 0
        while count < limit {
            switch try scanner.next() {
            case .line(let range):
                line += 1
                let span = scanner.bytes.span.extracting(range)
                guard let view = try? AuditLineView(span, syntax: &syntax) else {
                    throw SystemError("read", "\(path) (byte \(scanner.offset))", code: EILSEQ)
                }
                if try follows(view, path) {
                    body(
                        AuditLine(
                            file: path, number: line, sequence: view.sequence, timestamp: view.timestamp,
                            type: view.type,
                            data: span.extracting(view.data).withUnsafeBufferPointer { Array($0) }),
                        view.hash)
                    count += 1
                }
            case .overlong: throw SystemError("read", "\(path) (byte \(scanner.offset))", code: EILSEQ)
            // An incomplete line is one that is being written.
            case .torn, .end:
                place = (number, scanner.offset)
                return count
            }
        }
        place = (number, scanner.nextOffset)
        return count
    }

    /// Whether a line is the next one; those before are passed over.
    private mutating func follows(_ view: AuditLineView, _ path: String) throws(SystemError) -> Bool {
        guard view.sequence > sequence else {
            if view.sequence == sequence {
                guard view.hash == hash else {
                    throw Self.diverged("line \(sequence) is another one than is known")
                }
                isLinked = true
            }
            return false
        }
        if sequence > 0 {
            guard view.sequence == sequence + 1, view.previous == hash else {
                throw Self.diverged("line \(view.sequence) does not follow line \(sequence), which is known")
            }
        }
        (sequence, hash, isLinked) = (view.sequence, view.hash, true)
        return true
    }

    /// The newest segment that begins no later than with the next line.
    private func locate(
        _ segments: [AuditLogFiles.Segment]
    ) throws(SystemError) -> (segment: Int, offset: Int)? {
        guard sequence > 0 else { return segments.first?.number.map { ($0, 0) } }
        for segment in segments.reversed() {
            var scanner = try AuditLineScanner(segment.path, chunk: 4 << 10)
            var syntax = ObjectSyntax()
            guard case .line(let range) = try scanner.next() else { continue }
            guard let view = try? AuditLineView(scanner.bytes.span.extracting(range), syntax: &syntax) else {
                throw SystemError("read", "\(segment.path) (byte 0)", code: EILSEQ)
            }
            if view.sequence <= sequence + 1, let number = segment.number { return (number, 0) }
        }
        throw Self.diverged("the log that is kept begins behind line \(sequence), which is known")
    }
}
