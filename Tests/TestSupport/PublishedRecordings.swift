import CZlib
import ExactJSON
import Glibc
import Platform

/// The recordings and their expected results: `$TRADINGD_DATA`, else `../shared/data` beside the package.
public enum PublishedRecordings {
    /// Why tests on them are skipped.
    public static let skipReason = "the recordings are not here: set TRADINGD_DATA to their folder"

    /// Their folder; `nil` where there is none.
    public static let directory: String? = {
        let package = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        let chosen = getenv("TRADINGD_DATA").map { String(cString: $0) }
        return [chosen, package + "/../shared/data"].compactMap(\.self).first {
            access($0 + "/golden", R_OK) == 0
        }
    }()

    /// Whether there is such a folder.
    public static var areHere: Bool { directory != nil }

    /// Path of a recording.
    public static func events(_ name: String) -> String { "\(directory ?? "")/events/\(name)" }

    /// Path of a file of the small sample.
    public static func sample(_ name: String) -> String { "\(directory ?? "")/sample/\(name)" }

    /// Expected results of a set, plain or gzip.
    public static func golden(_ set: String) throws -> JSONValue {
        let path = "\(directory ?? "")/golden/\(set).json"
        return try json(access(path, R_OK) == 0 ? path : path + ".gz")
    }

    /// Records of a recording of JSON lines.
    public static func records(_ name: String) throws -> [JSONValue] {
        try unzipped(events(name)).split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
    }

    /// A JSON file, plain or gzip.
    public static func json(_ path: String) throws -> JSONValue { try JSONParser.parse(unzipped(path)) }

    /// The content of a file, plain or gzip: zlib reads both.
    private static func unzipped(_ path: String) throws -> [UInt8] {
        guard let file = gzopen(path, "rb") else { throw SystemError("gzopen", path) }
        defer { gzclose(file) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = gzread(file, &chunk, UInt32(chunk.count))
            guard count >= 0 else { throw SystemError("gzread", path, code: EIO) }
            if count == 0 { return content }
            content.append(contentsOf: chunk[..<Int(count)])
        }
    }
}
