import Glibc
import Platform
import TradingModel

/// One line of a log, taken apart.
public struct AuditLine: Sendable {
    /// Path of its segment.
    public let file: String
    /// Its place in that file, from 1.
    public let number: Int
    /// Its number in the log.
    public let sequence: UInt64
    /// Its time.
    public let timestamp: Timestamp
    /// What it records; `nil` for a type this build does not know.
    public let type: AuditLineType?
    /// Its data: one JSON object, the bytes as they stand.
    public let data: [UInt8]
}

/// Reads the lines of a log that was verified, one after the other. Holds one chunk and one line.
public struct AuditLines: ~Copyable {
    private let segments: [AuditVerification.Segment]
    private var segment = 0
    private var line = 0
    private var scanner: AuditLineScanner?
    private var syntax = ObjectSyntax()

    /// The lines that `verification` has proved.
    public init(_ verification: AuditVerification) { segments = verification.segments }

    /// The next line; `nil` after the last.
    ///
    /// - Throws: `SystemError` when a file cannot be read; `EILSEQ` when a line is no longer what it was.
    public mutating func next() throws(SystemError) -> AuditLine? {
        while segment < segments.count {
            if line == 0 { scanner = try AuditLineScanner(segments[segment].path) }
            if line < segments[segment].lines, let line = try readLine() { return line }
            segment += 1
            line = 0
        }
        return nil
    }

    private mutating func readLine() throws(SystemError) -> AuditLine? {
        guard case .line(let range)? = try scanner?.next() else { return nil }
        line += 1
        guard let bytes = scanner?.bytes else { return nil }
        let path = segments[segment].path
        let span = bytes.span.extracting(range)
        do throws(AuditLineView.Mismatch) {
            let view = try AuditLineView(span, syntax: &syntax)
            let start = range.lowerBound
            return AuditLine(
                file: path, number: line, sequence: view.sequence, timestamp: view.timestamp, type: view.type,
                data: Array(bytes[(start + view.data.lowerBound)..<(start + view.data.upperBound)]))
        } catch {
            throw SystemError("read", "\(path):\(line)", code: EILSEQ)
        }
    }
}
