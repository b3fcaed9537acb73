import Audit
import ExactJSON
import Glibc
import Platform
import TradingModel

/// Finds the lines about an order in the files of an audit trail, and gives them the form of the daemon's answer to `why`.
struct AuditSearch {
    /// What is wrong with the trail; `nil` when all of it verifies.
    let fault: String?
    private let directory: String
    private let segments: [AuditVerification.Segment]

    /// Verifies the trail in `directory`; only what verifies is searched.
    init(directory: String) throws {
        self.directory = directory
        do throws(SystemError) {
            let verification = try AuditVerifier.verify(directory: directory)
            segments = verification.segments
            fault = verification.fault.map { "\($0)" }
        } catch {
            throw Failure("audit trail \(directory): \(error)", exitCode: 1)
        }
    }

    /// The lines about an order and its session.
    func order(_ id: ClientOrderID) throws -> JSONValue {
        let about = Self.pattern("cid", "\(id)")
        var lines: [JSONValue] = []
        var session: JSONValue?
        try scan { line in
            if line.holds(about) {
                lines.append(try Self.step(line.json()))
            } else if line.holds(Self.sessionStart) {
                let data = try line.json()["data"]
                if data?["session"] == .number("\(id.session)") { session = data.map(Self.identity) }
            }
        }
        guard !lines.isEmpty else { throw Failure("order \(id) is not in \(directory)", exitCode: 4) }
        return .object([
            .init("order", .string("\(id)")), .init("session", session ?? .null),
            .init("lines", .array(lines)),
            .init("complete", .bool(fault == nil)),
        ])
    }

    /// The lines about the newest order, sent or denied, of an instrument.
    func symbol(_ name: String) throws -> JSONValue {
        let about = Self.pattern("symbol", name)
        var newest: JSONValue?
        try scan { line in
            guard line.holds(about), line.holds(Self.intent) || line.holds(Self.deny) else { return }
            let data = try line.json()["data"]
            if data?["symbol"]?.stringValue == name { newest = data }
        }
        guard let id = newest?["cid"]?.stringValue.flatMap({ ClientOrderID($0) }) else {
            throw Failure("no decision on \(name) is in \(directory)", exitCode: 4)
        }
        guard case .object(let members) = try order(id) else { return .null }
        return .object([.init("symbol", .string(name))] + members)
    }

    private static let sessionStart = Array(#""type":"session.start""#.utf8)
    private static let intent = Array(#""type":"order.intent""#.utf8)
    private static let deny = Array(#""type":"order.deny""#.utf8)

    /// The bytes of a member as the trail has them.
    private static func pattern(_ key: StaticString, _ value: String) -> [UInt8] {
        var json = JSONWriter()
        json.key(key)
        json.string(value)
        return json.bytes
    }

    private static func step(_ line: JSONValue) -> JSONValue {
        .object(["seq", "type", "ts", "data"].map { .init($0, line[$0] ?? .null) })
    }

    private static func identity(_ data: JSONValue) -> JSONValue {
        .object(
            ["session", "profile", "mode", "version", "config"].map { .init($0, data[$0] ?? .null) })
    }

    /// Shows `body` every line that verifies, in order.
    private func scan(_ body: (AuditFileLine) throws -> Void) throws {
        for segment in segments {
            do {
                try AuditFileLine.scan(segment.path, bytes: segment.bytes, body)
            } catch let error as SystemError {
                throw Failure("audit trail: \(error)", exitCode: 1)
            } catch let error as JSONError {
                throw Failure("\(segment.path): \(error)", exitCode: 1)
            }
        }
    }
}

/// One line of a file, in place.
struct AuditFileLine {
    private let bytes: ArraySlice<UInt8>

    /// Type, order id and symbol stand before this place of a line: the first two members of data, and the longest symbol
    /// with every byte escaped.
    private static let searched = 640

    /// Whether `pattern` stands in its beginning.
    func holds(_ pattern: [UInt8]) -> Bool {
        let searched = bytes.prefix(Self.searched)
        let (line, pattern) = (searched.span, pattern.span)
        var start = 0
        while start + pattern.count <= line.count {
            var matched = 0
            while matched < pattern.count && line[start + matched] == pattern[matched] { matched += 1 }
            if matched == pattern.count { return true }
            start += 1
        }
        return false
    }

    /// The line, parsed.
    func json() throws(JSONError) -> JSONValue { try JSONParser.parse(Array(bytes)) }

    /// Shows `body` the lines in the first `limit` bytes of a file, holding a chunk at a time.
    static func scan(
        _ path: String, bytes limit: Int, _ body: (AuditFileLine) throws -> Void
    ) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemError("open", path) }
        defer { close(file) }
        var window: [UInt8] = []
        var left = limit
        while left > 0 {
            let count = try read(file, min(left, 1 << 20), path, into: &window)
            guard count > 0 else { return }
            left -= count
            var start = 0
            while let end = window[start...].firstIndex(of: 0x0A) {
                try body(AuditFileLine(bytes: window[start..<end]))
                start = end + 1
            }
            window.removeFirst(start)
        }
    }

    private static func read(
        _ file: Int32, _ count: Int, _ path: String, into window: inout [UInt8]
    ) throws(SystemError) -> Int {
        let start = window.count
        window.append(contentsOf: repeatElement(0, count: count))
        while true {
            let got = window.withUnsafeMutableBytes { buffer in
                // The range lies within the buffer, which has just grown by it.
                Glibc.read(file, buffer.baseAddress.map { $0 + start }, count)
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw SystemError("read", path) }
            window.removeLast(count - got)
            return got
        }
    }
}
