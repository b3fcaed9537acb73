import ExactJSON
import Glibc
import Platform

/// The files of one log in a directory.
struct AuditLogFiles {
    /// One segment, in one form or in both.
    struct Segment: Equatable {
        /// Its number; `nil` when only its first line can tell.
        var number: Int?
        /// The form to read: the plain one where there is one.
        var path: String
        /// The compressed form beside a plain one: a crash came between compressing and deleting.
        var twin: String?
    }

    /// The segments, by number.
    let segments: [Segment]

    /// Files given by name, in their order.
    init(files: [String]) { segments = files.map { Segment(number: nil, path: $0, twin: nil) } }

    /// Looks into `directory`.
    init(directory: String) throws(SystemError) {
        var plain: Set<Int> = []
        var compressed: Set<Int> = []
        for name in try DirectoryListing.names(directory) {
            if let number = Self.number(of: name[...]) {
                plain.insert(number)
            } else if name.hasSuffix(".gz"), let number = Self.number(of: name.dropLast(3)) {
                compressed.insert(number)
            }
        }
        segments = plain.union(compressed).sorted().map { number in
            let path = AuditSegmentNames.path(number, in: directory)
            guard plain.contains(number) else {
                return Segment(number: number, path: path + ".gz", twin: nil)
            }
            return Segment(number: number, path: path, twin: compressed.contains(number) ? path + ".gz" : nil)
        }
    }

    private static func number(of name: Substring) -> Int? { AuditSegmentNames.number(of: name) }
}

/// The first line of a log or of what was given of it, as it stands: nothing of it is proved yet.
struct AuditFirstLine {
    /// What it records; `nil` when it is not readable as a line.
    let type: AuditLineType?
    /// Its data.
    let data: JSONValue?

    /// Reads the first line of a file.
    init(_ path: String) throws(SystemError) {
        var scanner = try AuditLineScanner(path)
        var syntax = ObjectSyntax()
        var item = AuditLineScanner.Item.end
        do throws(SystemError) {
            item = try scanner.next()
        } catch {
            // Damaged compression is a finding of the verification, not a failure to read.
            if error.code != EBADMSG { throw error }
        }
        guard case .line(let range) = item,
            let view = try? AuditLineView(scanner.bytes.span.extracting(range), syntax: &syntax)
        else {
            (type, data) = (nil, nil)
            return
        }
        type = view.type
        let bytes = scanner.bytes.span.extracting(range).extracting(view.data)
        data = try? JSONParser.parse(bytes.withUnsafeBufferPointer { Array($0) })
    }

    /// The log it opens.
    var origin: String? { type == .logOpen ? data?["origin"]?.stringValue : nil }

    /// The log it continues.
    var predecessor: AuditSuccessionLink? {
        type == .logOpen ? AuditSuccessionLink(data?["predecessor"]) : nil
    }
}

extension SystemError {
    /// Whether what was asked for is not there.
    var isMissing: Bool { code == ENOENT }
}
