/// Where one record lies in the window.
struct FramedRecord {
    /// First byte.
    var start: Int
    /// Behind the last byte.
    var end: Int
    /// Line where it begins, from 1.
    var line: Int
}

/// What a splitter finds next.
enum Framing {
    /// A record; it stays in place until the splitter is asked again.
    case record(FramedRecord)
    /// Something that cannot be a record.
    case fault(line: Int, reason: String)
    /// The content is over.
    case end
}

/// Cuts a recording into lines.
struct LineSplitter {
    /// Longest line, in bytes.
    static let longest = 1 << 20

    /// Lines passed so far.
    private(set) var line: Int

    /// Begins behind line `line`.
    init(afterLine line: Int = 0) { self.line = line }

    /// The next line without its end (LF or CR LF); the last one needs no end. Empty lines are given too.
    mutating func next(in input: inout InputBuffer) throws(RecordingFile.Fault) -> Framing {
        var scanned = 0
        while true {
            if let lineFeed = input.indexOfLineFeed(from: input.start + scanned) {
                return take(upTo: lineFeed, next: lineFeed + 1, in: &input)
            }
            scanned = input.unread
            if scanned > Self.longest { return try discard(in: &input) }
            guard try input.fill() else {
                return scanned == 0 ? .end : take(upTo: input.end, next: input.end, in: &input)
            }
        }
    }

    /// Notes a line that was found without this.
    @inline(__always)
    mutating func passLine() { line += 1 }

    private mutating func take(upTo end: Int, next: Int, in input: inout InputBuffer) -> Framing {
        line += 1
        let start = input.start
        input.start = next
        guard end - start <= Self.longest else { return tooLong }
        let hasReturn = end > start && input.bytes[end - 1] == 0x0D
        return .record(FramedRecord(start: start, end: hasReturn ? end - 1 : end, line: line))
    }

    private mutating func discard(in input: inout InputBuffer) throws(RecordingFile.Fault) -> Framing {
        line += 1
        while true {
            if let lineFeed = input.indexOfLineFeed(from: input.start) {
                input.start = lineFeed + 1
                return tooLong
            }
            input.start = input.end
            guard try input.fill() else { return tooLong }
        }
    }

    private var tooLong: Framing { .fault(line: line, reason: "longer than \(Self.longest) bytes") }
}
