import Glibc
import Platform
import TradingModel

extension AuditRecentLines {
    /// The segments whose lines may be as young as `time`, whole: the oldest of them begins before it, or with the log.
    ///
    /// - Parameter limit: bytes of files, as they lie; the newest segment is read however large it is.
    public init(directory: String, since time: Timestamp, within limit: Int) throws(AuditRecentFault) {
        let files: [AuditLogFiles.Segment]
        do throws(SystemError) { files = try AuditLogFiles(directory: directory).segments } catch {
            throw .unreadable(error)
        }
        var first = files.count
        var bytes = 0
        while first > 0 {
            let path = files[first - 1].path
            let size = Self.size(of: path)
            guard first == files.count || bytes + size <= limit else { break }
            first -= 1
            bytes += size
            if let begin = try Self.beginning(of: path), begin < time { break }
        }
        self.init(files, from: first)
    }

    private static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Time of the first line; `nil` where there is none.
    private static func beginning(of path: String) throws(AuditRecentFault) -> Timestamp? {
        do throws(SystemError) {
            var scanner = try AuditLineScanner(path)
            guard case .line(let range) = try scanner.next() else { return nil }
            var syntax = ObjectSyntax()
            return try? AuditLineView(scanner.bytes.span.extracting(range), syntax: &syntax).timestamp
        } catch {
            throw .unreadable(error)
        }
    }
}
