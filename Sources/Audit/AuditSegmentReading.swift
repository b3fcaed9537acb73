import ExactJSON
import Glibc
import Platform

/// One segment file, read to its end or to its first fault.
struct AuditSegmentReading {
    /// Its number: the one expected, or else the one its first line gives.
    private(set) var number: Int?
    /// Complete lines that verify.
    private(set) var lines = 0
    /// Bytes of these lines.
    private(set) var bytes = 0
    /// Bytes after the last line feed.
    private(set) var tornBytes = 0
    /// What is wrong, if anything is.
    private(set) var fault: AuditFault?
    /// Whether the last line is `segment.close`.
    private(set) var isClosed = false
    /// Lines whose time is before that of the line before.
    private(set) var stepsBack = 0
    /// The origin, when this segment starts the log.
    private(set) var origin: String?
    /// SHA-256 over the complete lines that verify.
    private(set) var contents = IncrementalSHA256()
    private let previousFile: AuditHash?
    private let path: String

    /// Reads `path`, continuing `chain`, without looking at signatures.
    ///
    /// - Parameters:
    ///   - number: of the segment; `nil` to take it from the first line.
    ///   - previousFile: SHA-256 of the segment before; `nil` when it is not known.
    init(
        _ path: String, number: Int?, previousFile: AuditHash?, chain: inout AuditChain
    ) throws(SystemError) {
        var inspection = AuditInspection.none
        try self.init(
            path, number: number, previousFile: previousFile, chain: &chain, inspection: &inspection)
    }

    /// Reads `path`, continuing `chain` and `inspection`.
    init(
        _ path: String, number: Int?, previousFile: AuditHash?, chain: inout AuditChain,
        inspection: inout AuditInspection
    ) throws(SystemError) {
        self.number = number
        self.previousFile = previousFile
        self.path = path
        var scanner = try AuditLineScanner(path, chunk: 512 << 10)
        var check = AuditBlockCheck(key: inspection.proof.key)
        var places: [Range<Int>] = []
        while fault == nil {
            let item: AuditLineScanner.Item?
            do throws(SystemError) {
                item = try scanner.nextLines(&places)
            } catch {
                guard error.code == EBADMSG else { throw error }
                fault = fault(.init(expected: "compressed data", found: "damaged or cut data"), chain)
                return
            }
            switch item {
            case .end: return
            case .torn(let count):
                tornBytes = count
                return
            case .overlong:
                let limit = "a line of at most \(AuditLimits.lineBytes) bytes"
                fault = fault(.init(expected: limit, found: "a longer one"), chain)
            case .line, nil:
                let before = contents
                check.check(scanner.bytes.span, lines: places, contents: &contents)
                take(places, check, scanner.bytes.span, from: before, &chain, &inspection)
            }
        }
    }

    private func fault(_ mismatch: AuditLineView.Mismatch, _ chain: AuditChain) -> AuditFault {
        AuditFault(
            file: path, line: lines + 1, offset: bytes, expected: mismatch.expected, found: mismatch.found,
            lastGoodSequence: chain.sequence)
    }

    /// Takes the lines of a block that has been checked, up to the first that does not fit.
    private mutating func take(
        _ places: [Range<Int>], _ check: AuditBlockCheck, _ block: Span<UInt8>,
        from before: IncrementalSHA256, _ chain: inout AuditChain, _ inspection: inout AuditInspection
    ) {
        for (index, place) in places.enumerated() {
            let line = block.extracting(place)
            let mismatch = accept(check.lines[index], check.notes[index], line, &chain, &inspection)
            guard let mismatch else { continue }
            fault = fault(mismatch, chain)
            contents = before
            if let first = places.first, index > 0 {
                contents.update(block.extracting(first.lowerBound..<place.lowerBound))
            }
            return
        }
    }

    private mutating func accept(
        _ checked: CheckedLine, _ note: AuditSignedNote?, _ line: Span<UInt8>, _ chain: inout AuditChain,
        _ inspection: inout AuditInspection
    ) -> AuditLineView.Mismatch? {
        do throws(AuditLineView.Mismatch) {
            guard !isClosed else {
                throw AuditLineView.Mismatch(expected: "nothing after segment.close", found: "a line")
            }
            var syntax = ObjectSyntax()
            let view = if let view = checked.view { view } else { try AuditLineView(line, syntax: &syntax) }
            try chain.check(view)
            try checkPlace(of: view, line, &chain)
            if view.type == .logCheckpoint { try inspection.proof.check(note, at: view, after: chain) }
            chain.accept(view, leaf: checked.leaf)
            try inspection.proof.reached(chain)
            inspection.accepted(view, line)
            lines += 1
            bytes += line.count + 1
            stepsBack += chain.steppedBack ? 1 : 0
            return nil
        } catch {
            return error
        }
    }

    /// Lines about the log and its segments stand where they belong and say what is true.
    private mutating func checkPlace(
        of view: AuditLineView, _ line: Span<UInt8>, _ chain: inout AuditChain
    ) throws(AuditLineView.Mismatch) {
        switch view.type {
        case .logOpen where lines == 0:
            let data = Self.parsed(line.extracting(view.data))
            try expect(view.sequence == 1 && view.previous == .zero, "log.open as line 1", "a later line")
            try expectNumber(data)
            origin = data?["origin"]?.stringValue
        case .segmentOpen where lines == 0:
            try checkOpening(view, Self.parsed(line.extracting(view.data)), &chain)
        case .segmentClose where lines > 0:
            try expectNumber(Self.parsed(line.extracting(view.data)))
            isClosed = true
        case .logOpen, .segmentOpen, .segmentClose:
            throw AuditLineView.Mismatch(expected: "another line here", found: view.type?.rawValue ?? "")
        default:
            try expect(
                lines > 0, view.sequence == 1 ? "log.open" : "segment.open",
                view.type?.rawValue ?? "another type")
        }
    }

    private mutating func checkOpening(
        _ view: AuditLineView, _ data: JSONValue?, _ chain: inout AuditChain
    ) throws(AuditLineView.Mismatch) {
        try expect(view.sequence > 1, "log.open as line 1", "segment.open")
        try expectNumber(data)
        let size = data?["size_before"]?.integerValue
        try expect(
            size == Int(exactly: view.sequence - 1), "size_before \(view.sequence - 1)",
            "size_before \(size.map(String.init) ?? "missing")")
        try checkTree(data?["tree"], before: view, &chain)
        guard let previousFile else { return }
        let named = data?["prev_segment_sha256"]?.stringValue
        try expect(
            named == previousFile.hex, "prev_segment_sha256 \(previousFile)",
            "prev_segment_sha256 \(named ?? "missing")")
    }

    /// The tree over the lines before, as stored: compared where it is known, believed where it is not.
    private func checkTree(
        _ stored: JSONValue?, before view: AuditLineView, _ chain: inout AuditChain
    ) throws(AuditLineView.Mismatch) {
        // Logs without a key have none.
        guard let stored, stored != .null else { return }
        let hashes = (stored.arrayValue ?? []).compactMap { $0.stringValue.flatMap { AuditHash(hex: $0) } }
        guard hashes.count == stored.arrayValue?.count,
            let tree = MerkleTree(size: view.sequence - 1, subtrees: hashes)
        else { throw AuditLineView.Mismatch(expected: "a tree of \(view.sequence - 1) lines", found: "none") }
        chain.adopt(tree)
        try expect(
            chain.tree == tree, "tree \(chain.tree?.subtrees.map(\.hex).joined(separator: ",") ?? "")",
            "tree \(hashes.map(\.hex).joined(separator: ","))")
    }

    private mutating func expectNumber(_ data: JSONValue?) throws(AuditLineView.Mismatch) {
        let named = data?["segment"]?.integerValue
        if number == nil { number = named }
        try expect(
            named != nil && named == number, "segment \(number.map(String.init) ?? "number")",
            "segment \(named.map(String.init) ?? "missing")")
    }

    private func expect(
        _ holds: Bool, _ expected: @autoclosure () -> String, _ found: @autoclosure () -> String
    ) throws(AuditLineView.Mismatch) {
        if !holds { throw AuditLineView.Mismatch(expected: expected(), found: found()) }
    }

    /// The origin that the first line of a log names; `nil` when the line is not good or is another.
    static func origin(ofFirstLine line: Span<UInt8>) -> String? {
        var chain = AuditChain()
        guard let view = try? chain.take(line), view.type == .logOpen else { return nil }
        return parsed(line.extracting(view.data))?["origin"]?.stringValue
    }

    /// The data of a line about the log; such lines are few.
    private static func parsed(_ data: Span<UInt8>) -> JSONValue? {
        try? JSONParser.parse(data.withUnsafeBufferPointer { Array($0) })
    }
}
