import ExactJSON
import Platform

/// A proof that one line is in a log: the line, its audit path and the checkpoint it leads to.
///
/// Whoever holds it and the public key needs nothing else of the log.
public struct AuditInclusion: Equatable, Sendable {
    /// The raw line, without its line feed.
    public let line: [UInt8]
    /// The path to the root.
    public let proof: MerkleProof
    /// The signed checkpoint with that root.
    public let note: String

    private static let version = "tradingd.inclusion/1"

    /// Why there is no proof.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// The line is not in the files given, or no checkpoint covers it.
        case notCovered(sequence: UInt64, first: UInt64, signed: UInt64)
        /// The start of the log is not given, and its tree is not known.
        case noTree
        /// The text is no proof.
        case malformed
        /// The checkpoint is not the key's.
        case note(AuditNoteError)
        /// The path does not lead from the line to the root of the checkpoint.
        case otherRoot
        /// A file cannot be read.
        case system(SystemError)

        /// One line for whoever asked.
        public var description: String {
            switch self {
            case .notCovered(let sequence, let first, let signed):
                "line \(sequence) is not among the signed lines \(first)–\(signed)"
            case .noTree: "the start of the log is not here, and its segment does not say the tree before it"
            case .malformed: "not an inclusion proof"
            case .note(let error): "checkpoint: \(error)"
            case .otherRoot: "the line does not belong to the checkpoint"
            case .system(let error): error.description
            }
        }
    }

    /// Makes the proof for line `sequence` of a log that `verification` has found good.
    public init(sequence: UInt64, in verification: AuditVerification) throws(Failure) {
        let signed = verification.lastCheckpoint
        let size = signed?.checkpoint.size ?? 0
        guard let signed, sequence >= verification.firstSequence, sequence <= size else {
            throw .notCovered(sequence: sequence, first: verification.firstSequence, signed: size)
        }
        guard let start = verification.startTree,
            var builder = MerkleProofBuilder(index: sequence - 1, size: size, start: start)
        else { throw .noTree }
        var wanted: [UInt8] = []
        do throws(SystemError) {
            try AuditLines.forEach(in: verification, upTo: size) { line, number in
                builder.append(line: line)
                if number == sequence { wanted = line.withUnsafeBufferPointer { Array($0) } }
            }
        } catch {
            throw .system(error)
        }
        guard let proof = builder.proof, proof.root(line: wanted.span) == signed.checkpoint.root else {
            throw .otherRoot
        }
        (line, self.proof, note) = (wanted, proof, signed.note)
    }

    /// Parses what `json` gives; `check` says whether it holds.
    public init(text: [UInt8]) throws(Failure) {
        guard let value = try? JSONParser.parse(text), value["v"]?.stringValue == Self.version,
            let line = value["line"]?.stringValue, let note = value["checkpoint"]?.stringValue,
            let index = value["leaf_index"]?.integerValue.flatMap(UInt64.init(exactly:)),
            let size = value["tree_size"]?.integerValue.flatMap(UInt64.init(exactly:)),
            let hashes = value["path"]?.arrayValue, hashes.count <= 64,
            value["seq"]?.integerValue.flatMap(UInt64.init(exactly:))
                == index.addingReportingOverflow(1).partialValue
        else { throw .malformed }
        let path = hashes.compactMap { $0.stringValue.flatMap { AuditHash(hex: $0) } }
        guard path.count == hashes.count else { throw .malformed }
        self.line = Array(line.utf8)
        proof = MerkleProof(index: index, size: size, path: path)
        self.note = note
    }

    /// The proof as one JSON object.
    public var json: JSONValue {
        .object([
            .init("v", .string(Self.version)), .init("seq", .count(proof.index + 1)),
            .init("leaf_index", .count(proof.index)), .init("tree_size", .count(proof.size)),
            .init("path", .array(proof.path.map { .string($0.hex) })), .init("checkpoint", .string(note)),
            .init("line", .string(String(decoding: line, as: UTF8.self))),
        ])
    }

    /// Proves that the line is the one with its number in the log of `key`.
    ///
    /// - Returns: the checkpoint it belongs to.
    public func check(key: AuditVerificationKey) throws(Failure) -> AuditCheckpoint {
        let checkpoint: AuditCheckpoint
        do throws(AuditNoteError) {
            checkpoint = try AuditCheckpoint(note: note, key: key)
        } catch {
            throw .note(error)
        }
        var syntax = ObjectSyntax()
        guard let view = try? AuditLineView(line.span, syntax: &syntax), view.sequence == proof.index + 1
        else {
            throw .malformed
        }
        guard checkpoint.size == proof.size, proof.root(line: line.span) == checkpoint.root else {
            throw .otherRoot
        }
        return checkpoint
    }
}

extension AuditLines {
    /// Hands every line up to number `last` to `body`, raw and without its line feed.
    ///
    /// A log that grows meanwhile is read as far as it was verified.
    public static func forEach(
        in verification: AuditVerification, upTo last: UInt64 = .max,
        _ body: (_ line: Span<UInt8>, _ sequence: UInt64) -> Void
    ) throws(SystemError) {
        var sequence = verification.firstSequence
        for segment in verification.segments {
            var scanner = try AuditLineScanner(segment.path)
            for _ in 0..<segment.lines {
                guard sequence <= last, case .line(let place) = try scanner.next() else { return }
                body(scanner.bytes.span.extracting(place), sequence)
                sequence += 1
            }
        }
    }
}
