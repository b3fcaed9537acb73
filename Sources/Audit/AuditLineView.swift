import TradingModel

/// What one complete line says, found by position: the bytes are cut, never re-serialised.
struct AuditLineView {
    /// Something that is not as it should be.
    struct Mismatch: Error {
        /// What should be there.
        let expected: String
        /// What is there.
        let found: String
    }

    /// `seq`.
    let sequence: UInt64
    /// `ts`.
    let timestamp: Timestamp
    /// `prev`.
    let previous: AuditHash
    /// Position of `type` in `AuditLineType.allCases`; `nil` for a type this build does not know.
    let typeIndex: Int?
    /// Where the value of `data` stands.
    let data: Range<Int>
    /// `hash`, which is the hash of the line.
    let hash: AuditHash

    /// Takes a line without its line feed apart, after proving its hash.
    init(_ line: Span<UInt8>, syntax: inout ObjectSyntax) throws(Mismatch) {
        hash = try Self.provenHash(line)
        var cursor = Cursor(position: 0)
        try cursor.take(AuditLayout.beforeSequence, line)
        sequence = try cursor.takeDecimal(line)
        try cursor.take(AuditLayout.beforeTimestamp, line)
        let time = try cursor.take(AuditLayout.timestampBytes, line)
        guard let timestamp = Timestamp(rfc3339: line.extracting(time)) else {
            throw Mismatch(expected: "a UTC time with six digits", found: text(line.extracting(time)))
        }
        self.timestamp = timestamp
        try cursor.take(AuditLayout.beforePrevious, line)
        let link = try cursor.take(AuditLayout.hashBytes, line)
        guard let previous = AuditHash(hex: line.extracting(link)) else {
            throw Mismatch(expected: "64 hex digits in prev", found: text(line.extracting(link)))
        }
        self.previous = previous
        try cursor.take(AuditLayout.beforeType, line)
        typeIndex = AuditLineType.index(named: line.extracting(try cursor.takeName(line)))
        try cursor.take(AuditLayout.beforeData, line)
        let end = line.count - AuditLayout.suffixBytes
        guard cursor.position < end else { throw Mismatch(expected: "data", found: "nothing") }
        data = cursor.position..<end
        do throws(ObjectSyntax.Fault) {
            try syntax.check(line.extracting(data))
        } catch {
            throw Mismatch(expected: "one compact JSON object", found: "trouble at its byte \(error.offset)")
        }
    }

    /// Whether a line says it is of that type; nothing of it is proved.
    static func claims(_ type: StaticString, _ line: Span<UInt8>) -> Bool {
        var cursor = Cursor(position: AuditLayout.beforeSequence.utf8CodeUnitCount)
        while cursor.position < line.count, line[cursor.position] &- 0x30 < 10 { cursor.position += 1 }
        cursor.position +=
            AuditLayout.beforeTimestamp.utf8CodeUnitCount + AuditLayout.timestampBytes
            + AuditLayout.beforePrevious.utf8CodeUnitCount + AuditLayout.hashBytes
            + AuditLayout.beforeType.utf8CodeUnitCount
        let end = cursor.position + type.utf8CodeUnitCount
        // Most lines are told apart by their length or by one byte; a mismatch makes no message.
        guard end < line.count, line[end] == UInt8(ascii: "\"") else { return false }
        return type.withUTF8Buffer { name in
            for index in 0..<name.count where line[cursor.position + index] != name[index] { return false }
            return true
        }
    }

    /// What the line records; `nil` for a type this build does not know.
    var type: AuditLineType? { typeIndex.map { AuditLineType.all[$0] } }

    private static func provenHash(_ line: Span<UInt8>) throws(Mismatch) -> AuditHash {
        let end = line.count - AuditLayout.suffixBytes
        guard end > 0 else { throw Mismatch(expected: "an audit line", found: "\(line.count) bytes") }
        var cursor = Cursor(position: end)
        try cursor.take(AuditLayout.beforeHash, line)
        let hex = try cursor.take(AuditLayout.hashBytes, line)
        try cursor.take("\"}", line)
        let computed = IncrementalSHA256.hash(line.extracting(0..<end))
        guard AuditHash(hex: line.extracting(hex)) == computed else {
            throw Mismatch(expected: "hash \(computed)", found: "hash \(text(line.extracting(hex)))")
        }
        return computed
    }
}

/// Bytes from a file as text for a message: no control characters, at most 80 bytes.
private func text(_ bytes: Span<UInt8>) -> String {
    var cut: [UInt8] = []
    for index in 0..<min(bytes.count, 80) { cut.append(bytes[index] < 0x20 ? 0x3F : bytes[index]) }
    return String(decoding: cut, as: UTF8.self)
}

/// A position in a line that moves over what it expects.
private struct Cursor {
    var position: Int

    mutating func take(_ piece: StaticString, _ line: Span<UInt8>) throws(AuditLineView.Mismatch) {
        let count = piece.utf8CodeUnitCount
        let matches =
            position + count <= line.count
            && piece.withUTF8Buffer { expected in
                for index in 0..<count where line[position + index] != expected[index] { return false }
                return true
            }
        guard matches else {
            let end = min(line.count, position + count)
            throw AuditLineView.Mismatch(
                expected: "\(piece)", found: text(line.extracting(min(position, end)..<end)))
        }
        position += count
    }

    mutating func take(_ count: Int, _ line: Span<UInt8>) throws(AuditLineView.Mismatch) -> Range<Int> {
        guard position + count <= line.count else {
            throw AuditLineView.Mismatch(expected: "\(count) bytes more", found: "end of line")
        }
        defer { position += count }
        return position..<(position + count)
    }

    /// A number from 1 without leading zeros.
    mutating func takeDecimal(_ line: Span<UInt8>) throws(AuditLineView.Mismatch) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        while position < line.count, line[position] &- 0x30 < 10 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(line[position] &- 0x30))
            guard !overflow, !carry else { break }
            value = sum
            position += 1
        }
        guard position > start, line[start] != 0x30 else {
            throw AuditLineView.Mismatch(
                expected: "a sequence number",
                found: text(line.extracting(start..<min(line.count, start + 20))))
        }
        return value
    }

    /// Everything before the next quote.
    mutating func takeName(_ line: Span<UInt8>) throws(AuditLineView.Mismatch) -> Range<Int> {
        let start = position
        while position < line.count, line[position] != UInt8(ascii: "\"") { position += 1 }
        guard position > start else {
            throw AuditLineView.Mismatch(expected: "a type", found: "nothing")
        }
        return start..<position
    }
}
