import Dispatch

/// A line after every check that needs nothing but the line itself.
struct CheckedLine {
    /// What it says; `nil` when it is not as a line should be.
    var view: AuditLineView?
    /// Its leaf in the tree.
    var leaf = AuditHash.zero
}

/// Checks the lines of a block on all processors.
///
/// Hash and form of a line and the signature in it can be proved for each line alone; what binds lines
/// together, the links and the tree, is left to one thread behind this, so that the outcome does not depend
/// on how the work was shared.
struct AuditBlockCheck {
    /// The lines of the block last checked, in order.
    private(set) var lines: [CheckedLine] = []
    /// The checkpoints among them, at the same places.
    private(set) var notes: [AuditSignedNote?] = []
    private let key: AuditVerificationKey?
    private static let linesAtOnce = 96

    /// Checks signatures too where there is a key.
    init(key: AuditVerificationKey?) { self.key = key }

    /// Checks all lines, and feeds the whole block to `contents`.
    mutating func check(_ block: Span<UInt8>, lines places: [Range<Int>], contents: inout IncrementalSHA256) {
        while lines.count < places.count {
            lines.append(CheckedLine())
            notes.append(nil)
        }
        let pieces = (places.count + Self.linesAtOnce - 1) / Self.linesAtOnce
        block.withUnsafeBufferPointer { bytes in
            places.withUnsafeBufferPointer { places in
                lines.withUnsafeMutableBufferPointer { lines in
                    notes.withUnsafeMutableBufferPointer { notes in
                        let work = Work(
                            bytes: bytes, places: places, lines: lines, notes: notes, key: key)
                        Self.run(work, pieces: pieces, contents: &contents)
                    }
                }
            }
        }
    }

    private static func run(_ work: Work, pieces: Int, contents: inout IncrementalSHA256) {
        guard pieces > 1 else {
            for piece in 0..<pieces { work.check(piece: piece) }
            return work.feed(&contents)
        }
        let shared = SharedContents(contents)
        DispatchQueue.concurrentPerform(iterations: pieces + 1) { index in
            if index == 0 { work.feed(&shared.value) } else { work.check(piece: index - 1) }
        }
        contents = shared.value
    }

    /// `@unchecked Sendable` holds because one iteration alone touches the value.
    private final class SharedContents: @unchecked Sendable {
        var value: IncrementalSHA256
        init(_ value: IncrementalSHA256) { self.value = value }
    }

    /// `@unchecked Sendable` holds because the pieces are disjoint: each line is written by one iteration, the
    /// bytes are only read, and nobody uses the buffers before all iterations are over.
    private struct Work: @unchecked Sendable {
        let bytes: UnsafeBufferPointer<UInt8>
        let places: UnsafeBufferPointer<Range<Int>>
        let lines: UnsafeMutableBufferPointer<CheckedLine>
        let notes: UnsafeMutableBufferPointer<AuditSignedNote?>
        let key: AuditVerificationKey?

        func feed(_ contents: inout IncrementalSHA256) {
            guard let first = places.first, let last = places.last else { return }
            contents.update(bytes.span.extracting(first.lowerBound..<last.upperBound + 1))
        }

        func check(piece: Int) {
            var syntax = ObjectSyntax()
            let start = piece * AuditBlockCheck.linesAtOnce
            for index in start..<min(start + AuditBlockCheck.linesAtOnce, places.count) {
                let line = bytes.span.extracting(places[index])
                lines[index].view = try? AuditLineView(line, syntax: &syntax)
                lines[index].leaf = MerkleTree.leaf(line)
                guard let view = lines[index].view, view.type == .logCheckpoint else { continue }
                notes[index] = AuditSignedNote(data: line.extracting(view.data), key: key)
            }
        }
    }
}
