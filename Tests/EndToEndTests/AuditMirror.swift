import ExactJSON
import Platform
import TestSupport
import Testing

/// Copies of the complete lines of a log's segments, kept outside of it: what stood in the log once must stand there for
/// ever, whether its segment is compressed meanwhile or not.
struct AuditMirror {
    /// Where the copies are, under the names of the segments.
    let directory: String
    /// Bytes after the last complete line, at the last look.
    private(set) var torn: [UInt8] = []
    private let source: String
    /// Number of the newest segment seen, from 1.
    private var newest = 1
    /// Its complete lines.
    private var known: [UInt8] = []

    /// Copies the log in `source` to `directory`.
    init(of source: String, in directory: String) throws {
        (self.source, self.directory) = (source, directory)
        try DurableFile.makeDirectories(directory)
    }

    /// Looks at the log again; nobody may be writing.
    ///
    /// - Returns: the lines that are new, without line feeds.
    mutating func update() throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        let last = try #require(Self.numbers(source).max(), "no segment in \(source)")
        for number in newest...max(last, newest) {
            let content = try Self.content(number, in: source)
            let complete = Array(content[...(content.lastIndex(of: 0x0A) ?? -1)])
            torn = Array(content.dropFirst(complete.count))
            #expect(
                number == last || torn.isEmpty, "segment \(number) has a torn line in the middle of the log")
            let before = number == newest ? known : []
            try #require(complete.starts(with: before), "segment \(number) has lost lines it had")
            lines += complete.dropFirst(before.count).split(separator: 0x0A).map { Array($0) }
            (newest, known) = (number, complete)
            if !complete.isEmpty { try write(complete, number) }
        }
        return lines
    }

    /// Whether the newest segment has lines, and its end is one that a line may follow.
    var canBeTorn: Bool {
        torn.isEmpty && !known.isEmpty
            && !(known.dropLast().split(separator: 0x0A).last ?? []).contains(Array(#""segment.close""#.utf8))
    }

    /// Path of the newest segment in the log itself.
    var newestSegment: String { source + "/" + Self.name(newest) }

    /// Paths of the copies, in order.
    ///
    /// - Parameter number: the first one wanted.
    func copies(from number: Int = 1) -> [String] {
        Self.numbers(directory).filter { $0 >= number }.sorted().map { directory + "/" + Self.name($0) }
    }

    /// Number of the newest segment.
    var newestNumber: Int { newest }

    private func write(_ bytes: [UInt8], _ number: Int) throws {
        try DurableFile.replace(directory + "/" + Self.name(number), with: bytes)
    }

    // MARK: Files of a log

    /// Numbers of the segments in `directory`, plain or compressed, each once.
    static func numbers(_ directory: String) -> Set<Int> {
        Set(TemporaryDirectory.names(at: directory).compactMap(number))
    }

    private static func number(_ file: String) -> Int? {
        let plain = file.hasSuffix(".gz") ? String(file.dropLast(3)) : file
        guard plain.hasPrefix("audit-"), plain.hasSuffix(".jsonl") else { return nil }
        return Int(plain.dropFirst(6).dropLast(6))
    }

    static func name(_ number: Int) -> String {
        let digits = String(number)
        return "audit-" + String(repeating: "0", count: 6 - digits.count) + digits + ".jsonl"
    }

    private static func content(_ number: Int, in directory: String) throws -> [UInt8] {
        let path = directory + "/" + name(number)
        let plain = try DurableFile.read(path, limit: 1 << 30)
        guard try DurableFile.read(path + ".gz", limit: 1 << 30) != nil else {
            return try #require(plain, "segment \(number) of \(directory) is gone")
        }
        let unpacked = gunzip(path + ".gz")
        if let plain { #expect(plain == unpacked, "segment \(number) is not what was compressed") }
        return unpacked
    }

    /// How far a log has grown, in bytes: for moments, not for sums.
    static func progress(_ directory: String, segmentBytes: Int) -> Int {
        guard let last = numbers(directory).max() else { return 0 }
        return (last - 1) * segmentBytes + (FileStatus.bytes(directory + "/" + name(last)) ?? 0)
    }
}

extension Sequence where Element == UInt8 {
    /// Whether `text` stands somewhere in it.
    func contains(_ text: [UInt8]) -> Bool {
        let bytes = Array(self)
        guard let first = text.first, bytes.count >= text.count else { return false }
        return bytes[...(bytes.count - text.count)].indices.contains {
            bytes[$0] == first && bytes[$0..<($0 + text.count)].elementsEqual(text)
        }
    }
}
