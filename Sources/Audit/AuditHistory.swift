import Glibc
import Platform

/// Whether an audit log has been kept in a directory before.
public enum AuditHistory {
    /// A file of the log that holds anything, or the folder of one that was closed.
    ///
    /// - Returns: its path; `nil` where there is none, or no such directory.
    /// - Throws: `SystemError` when that cannot be found out.
    public static func trace(in directory: String) throws(SystemError) -> String? {
        let isHere: (String) -> Bool = { name in
            var status = stat()
            return lstat("\(directory)/\(name)", &status) == 0 && status.st_size > 0
        }
        let segment = try names(directory).first {
            $0.hasPrefix("audit-") && $0.contains(".jsonl") && isHere($0)
        }
        if let segment { return "\(directory)/\(segment)" }
        return try names(directory + "/closed").first.map { "\(directory)/closed/\($0)" }
    }

    private static func names(_ directory: String) throws(SystemError) -> [String] {
        do throws(SystemError) {
            return try DirectoryListing.names(directory)
        } catch {
            if error.code == ENOENT { return [] }
            throw error
        }
    }
}
