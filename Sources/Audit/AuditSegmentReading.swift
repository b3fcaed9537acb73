import ExactJSON
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

    /// Reads `path`, continuing `chain`.
    ///
    /// - Parameters:
    ///   - number: of the segment; `nil` to take it from the first line.
    ///   - previousFile: SHA-256 of the segment before; `nil` when it is not known.
    init(
        _ path: String, number: Int?, previousFile: AuditHash?, chain: inout AuditChain
    ) throws(SystemError) {
        self.number = number
        self.previousFile = previousFile
        var scanner = try AuditLineScanner(path)
        while fault == nil {
            let lastGood = chain.sequence
            var mismatch: AuditLineView.Mismatch?
            switch try scanner.next() {
            case .end: return
            case .torn(let count):
                tornBytes = count
                return
            case .overlong:
                mismatch = .init(
                    expected: "a line of at most \(AuditLimits.lineBytes) bytes", found: "a longer one")
            case .line(let range):
                mismatch = accept(scanner.bytes.span.extracting(range), &chain)
                if mismatch == nil {
                    contents.update(scanner.bytes.span.extracting(range.lowerBound..<range.upperBound + 1))
                }
            }
            fault = mismatch.map { mismatch in
                AuditFault(
                    file: path, line: lines + 1, offset: scanner.offset, expected: mismatch.expected,
                    found: mismatch.found, lastGoodSequence: lastGood)
            }
        }
    }

    private mutating func accept(_ line: Span<UInt8>, _ chain: inout AuditChain) -> AuditLineView.Mismatch? {
        do throws(AuditLineView.Mismatch) {
            guard !isClosed else {
                throw AuditLineView.Mismatch(expected: "nothing after segment.close", found: "a line")
            }
            let view = try chain.take(line)
            try checkPlace(of: view, line)
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
        of view: AuditLineView, _ line: Span<UInt8>
    ) throws(AuditLineView.Mismatch) {
        switch view.type {
        case .logOpen where lines == 0:
            let data = Self.parsed(line.extracting(view.data))
            try expect(view.sequence == 1 && view.previous == .zero, "log.open as line 1", "a later line")
            try expectNumber(data)
            origin = data?["origin"]?.stringValue
        case .segmentOpen where lines == 0: try checkOpening(view, Self.parsed(line.extracting(view.data)))
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
        _ view: AuditLineView, _ data: JSONValue?
    ) throws(AuditLineView.Mismatch) {
        try expect(view.sequence > 1, "log.open as line 1", "segment.open")
        try expectNumber(data)
        let size = data?["size_before"]?.integerValue
        try expect(
            size == Int(exactly: view.sequence - 1), "size_before \(view.sequence - 1)",
            "size_before \(size.map(String.init) ?? "missing")")
        guard let previousFile else { return }
        let named = data?["prev_segment_sha256"]?.stringValue
        try expect(
            named == previousFile.hex, "prev_segment_sha256 \(previousFile)",
            "prev_segment_sha256 \(named ?? "missing")")
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
