import Glibc
import Platform

/// The first half of a recording as a file of its own: what a replay of the whole costs beyond one of the
/// half is the cost of its rows, without that of starting and of opening files.
public enum RecordingHalf {
    /// Largest recording that is taken, in bytes.
    public static let limit = 1 << 30

    /// Writes the first half of the rows, rounded down, of a plain recording in CSV or JSON lines; a CSV
    /// header is kept.
    ///
    /// - Returns: rows written.
    /// - Throws: `SystemError` for either file; `ENOENT` when there is no `input`.
    public static func write(_ input: String, to output: String) throws(SystemError) -> Int {
        guard let bytes = try DurableFile.read(input, limit: limit) else {
            throw SystemError("open", input, code: ENOENT)
        }
        var lineEnds = lineEnds(bytes)
        let header = bytes.first == UInt8(ascii: "{") || lineEnds.isEmpty ? 0 : lineEnds.removeFirst()
        let rows = lineEnds.count / 2
        try PlainFile(output).write(Array(bytes[..<(rows > 0 ? lineEnds[rows - 1] : header)]))
        return rows
    }

    /// Where each line ends, its line feed included; the last one may lack it.
    private static func lineEnds(_ bytes: [UInt8]) -> [Int] {
        var ends: [Int] = []
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") { ends.append(index + 1) }
        if bytes.count > ends.last ?? 0 { ends.append(bytes.count) }
        return ends
    }
}
