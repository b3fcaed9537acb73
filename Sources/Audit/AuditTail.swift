import Glibc
import Platform

/// The last lines of a log, without any proof.
public struct AuditTail: Sendable {
    /// Raw lines without line feeds, in order.
    public private(set) var lines: [[UInt8]] = []
    /// Number of the newest segment; 1 when there is none yet.
    public private(set) var segment = 1
    /// Bytes of its complete lines.
    public private(set) var offset = 0

    /// Reads the last `count` lines in `directory`.
    public init(directory: String, count: Int) throws(SystemError) {
        let files = try AuditLogFiles(directory: directory).segments
        for (place, file) in files.reversed().enumerated() {
            let found = try Self.last(count - lines.count, of: file.path)
            lines = found.lines + lines
            if place == 0 { (segment, offset) = (file.number ?? 1, found.bytes) }
            if lines.count >= count { return }
        }
    }

    private static func last(
        _ count: Int, of path: String
    ) throws(SystemError) -> (lines: [[UInt8]], bytes: Int) {
        var scanner = try AuditLineScanner(path)
        var ring: [[UInt8]] = []
        var (oldest, bytes) = (0, 0)
        while true {
            switch try scanner.next() {
            case .end, .torn: return (Array(ring[oldest...] + ring[..<oldest]), bytes)
            case .overlong: bytes = scanner.nextOffset
            case .line(let place):
                bytes = scanner.nextOffset
                guard count > 0 else { continue }
                let line = scanner.bytes.span.extracting(place).withUnsafeBufferPointer { Array($0) }
                if ring.count < count {
                    ring.append(line)
                } else {
                    ring[oldest] = line
                    oldest = (oldest + 1) % count
                }
            }
        }
    }
}
