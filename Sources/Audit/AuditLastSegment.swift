import ExactJSON
import Glibc
import Platform
import TradingModel

/// The segment a log ends with, read and proved: where its writer goes on.
struct AuditLastSegment {
    /// Where the log stands.
    private(set) var place: AuditPlace
    /// Its origin; `nil` when the segment holds no complete line.
    private(set) var origin: String?
    /// What verifies its checkpoints; `nil` without a key.
    private(set) var key: AuditVerificationKey?
    /// Whether the segment is closed.
    let isClosed: Bool
    /// Bytes after the last line feed.
    let tornBytes: Int

    /// Reads segment `number`, after syncing it: nothing is believed that could still be lost.
    ///
    /// - Throws: `broken` with the first fault; `system`.
    init(_ number: Int, _ settings: AuditSettings) throws(AuditError) {
        let path = AuditSegmentNames.path(number, in: settings.directory)
        var chain = AuditChain(adoptingStart: number > 1)
        let reading = try Self.read(path, number, settings, &chain)
        place = AuditPlace()
        (place.chain, place.segment, place.lines, place.bytes, place.contents) = (
            chain, number, reading.lines, reading.bytes, reading.contents
        )
        (isClosed, tornBytes) = (reading.isClosed, reading.tornBytes)
        guard reading.lines > 0 else { return }
        try proveCheckpoints(path, settings)
    }

    private static func read(
        _ path: String, _ number: Int, _ settings: AuditSettings, _ chain: inout AuditChain
    ) throws(AuditError) -> AuditSegmentReading {
        let reading = try system { () throws(SystemError) in
            let file = try OwnedDescriptor(opening: path, O_RDWR)
            let code = settings.operations.synchronize(file.number)
            guard code == 0 else { throw SystemError("fsync", path, code: code) }
            return try AuditSegmentReading(path, number: number, previousFile: nil, chain: &chain)
        }
        if let fault = reading.fault { throw .broken(fault) }
        return reading
    }

    /// Goes through the lines once more: builds the tree, and proves every checkpoint and the newest note by it.
    private mutating func proveCheckpoints(_ path: String, _ settings: AuditSettings) throws(AuditError) {
        var scanner = try system { () throws(SystemError) in try AuditLineScanner(path) }
        var syntax = ObjectSyntax()
        var number = 0
        var attested: AuditCheckpoint?
        while number < place.lines,
            case .line(let range) = try system({ () throws(SystemError) in try scanner.next() })
        {
            number += 1
            let line = scanner.bytes.span.extracting(range)
            let at = AuditFault.Place(path, number, scanner.offset, lastGood: place.tree.size)
            if number == 1 {
                try begin(line, at)
                attested = try key.flatMap { key throws(AuditError) in
                    try Self.newestNote(settings.directory, key, lines: place.chain.sequence)
                }
            }
            guard let key else { return }
            guard let view = try? AuditLineView(line, syntax: &syntax) else { break }
            if view.type == .logCheckpoint {
                try Self.prove(line.extracting(view.data), by: key, place.tree, at)
                place.signedSize = view.sequence
            }
            place.tree.append(line: line)
            if let attested, attested.size == place.tree.size, attested.root != place.tree.root {
                throw .broken(at.fault(expected: "the lines attested by latest.note", found: "others"))
            }
        }
    }

    /// Takes origin, key and tree from the first line.
    private mutating func begin(_ line: Span<UInt8>, _ at: AuditFault.Place) throws(AuditError) {
        var syntax = ObjectSyntax()
        guard let view = try? AuditLineView(line, syntax: &syntax) else { return }
        let data = Self.parsed(line.extracting(view.data))
        origin = data?["origin"]?.stringValue
        guard let text = data?["vkey"]?.stringValue else { return }
        guard let key = AuditVerificationKey(text: text) else {
            throw .broken(at.fault(expected: "a verification key", found: text))
        }
        self.key = key
        guard view.sequence > 1 else { return }
        let subtrees = data?["tree"]?.arrayValue?.compactMap { $0.stringValue.flatMap { AuditHash(hex: $0) } }
        guard let subtrees, let tree = MerkleTree(size: view.sequence - 1, subtrees: subtrees) else {
            throw .broken(at.fault(expected: "the tree over \(view.sequence - 1) lines", found: "another"))
        }
        place.tree = tree
    }

    private static func prove(
        _ data: Span<UInt8>, by key: AuditVerificationKey, _ tree: MerkleTree, _ at: AuditFault.Place
    ) throws(AuditError) {
        let checkpoint = try opened(parsed(data)?["note"]?.stringValue ?? "", by: key, at)
        guard checkpoint.size == tree.size, checkpoint.root == tree.root else {
            throw .broken(at.fault(expected: "a checkpoint of the lines before", found: "another"))
        }
    }

    private static func opened(
        _ note: String, by key: AuditVerificationKey, _ at: AuditFault.Place
    ) throws(AuditError) -> AuditCheckpoint {
        do throws(AuditNoteError) {
            return try AuditCheckpoint(note: note, key: key)
        } catch {
            throw .broken(at.fault(expected: "a signed checkpoint", found: "\(error)"))
        }
    }

    /// What `latest.note` attests; `nil` without the file.
    private static func newestNote(
        _ directory: String, _ key: AuditVerificationKey, lines: UInt64
    ) throws(AuditError) -> AuditCheckpoint? {
        let path = AuditNotes.path(in: directory)
        let bytes = try system { () throws(SystemError) in try DurableFile.read(path, limit: 65_536) }
        guard let bytes else { return nil }
        let at = AuditFault.Place(path, 1, 0, lastGood: lines)
        let checkpoint = try opened(String(decoding: bytes, as: UTF8.self), by: key, at)
        guard checkpoint.size <= lines else {
            throw .broken(
                at.fault(expected: "\(checkpoint.size) lines or more, as attested here", found: "\(lines)"))
        }
        return checkpoint
    }

    private static func parsed(_ data: Span<UInt8>) -> JSONValue? {
        try? JSONParser.parse(data.withUnsafeBufferPointer { Array($0) })
    }
}

extension AuditFault {
    /// A place in a log, before it is known what is wrong there.
    struct Place {
        private let file: String
        private let line: Int
        private let offset: Int
        private let lastGood: UInt64

        init(_ file: String, _ line: Int, _ offset: Int, lastGood: UInt64) {
            self.file = file
            self.line = line
            self.offset = offset
            self.lastGood = lastGood
        }

        func fault(expected: String, found: String) -> AuditFault {
            AuditFault(
                file: file, line: line, offset: offset, expected: expected, found: found,
                lastGoodSequence: lastGood)
        }
    }
}

/// Runs `body`; a failed system call is the reason why a log cannot be opened.
func system<Result: ~Copyable>(_ body: () throws(SystemError) -> Result) throws(AuditError) -> Result {
    do throws(SystemError) {
        return try body()
    } catch {
        throw .system(error)
    }
}
