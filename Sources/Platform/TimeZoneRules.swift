import Glibc

/// Why a time zone cannot be used.
public enum TimeZoneError: Error, Hashable, Sendable {
    /// Not the name of a zone: empty, too long, or it leads out of the folder.
    case name(String)
    /// There is no such zone, or its file cannot be read.
    case unreadable(String)
    /// The file is not one of the format TZif, or contradicts itself.
    case damaged(String)

    /// For the operator.
    public var text: String {
        switch self {
        case .name(let name): "'\(name)' is no name of a time zone"
        case .unreadable(let name): "time zone '\(name)' is not in the system's data base"
        case .damaged(let name): "the system's file of time zone '\(name)' is damaged"
        }
    }
}

/// Offsets of local time from UTC over time, of one zone of the system's data base.
///
/// All times are seconds since 1970, UTC or local, without leap seconds.
///
/// - Source: RFC 8536 "The Time Zone Information Format (TZif)"; POSIX.1-2017, 8.3, variable `TZ`.
public struct TimeZoneRules: Sendable, Equatable {
    /// Largest file read; the largest of the data base has 4 KiB.
    static let longestFile = 1 << 18

    /// Times at which the offset changes, rising.
    let changes: [Int64]
    /// Offset from each change on, in seconds east of Greenwich; as many as changes.
    let offsets: [Int32]
    /// Offset before the first change.
    let firstOffset: Int32
    /// What holds behind the last change; `nil`: the last offset.
    let rule: TimeZoneRule?

    /// Always UTC.
    public static let utc = TimeZoneRules(changes: [], offsets: [], firstOffset: 0, rule: nil)

    init(changes: [Int64], offsets: [Int32], firstOffset: Int32, rule: TimeZoneRule?) {
        self.changes = changes
        self.offsets = offsets
        self.firstOffset = firstOffset
        self.rule = rule
    }

    /// Reads a zone such as `America/New_York`.
    ///
    /// - Parameter directory: where the data base lies.
    /// - Throws: `TimeZoneError`.
    public init(named name: String, directory: String = "/usr/share/zoneinfo") throws(TimeZoneError) {
        guard Self.isName(name) else { throw .name(String(name.prefix(64))) }
        let content: [UInt8]?
        do { content = try DurableFile.read("\(directory)/\(name)", limit: Self.longestFile) } catch {
            throw .unreadable(name)
        }
        guard let content else { throw .unreadable(name) }
        guard let rules = TZifFile.read(content) else { throw .damaged(name) }
        self = rules
    }

    /// Letters, digits and `_ + - /`, parts that are neither empty nor begin with a point, 64 bytes at most.
    private static func isName(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= 64 else { return false }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2B, 0x2D: true
                    default: false
                    }
                }
        }
    }

    /// Seconds that local time is ahead of UTC.
    public func offset(at utc: Int64) -> Int64 {
        // Beyond a million years in either direction arithmetic would leave its range.
        let utc = min(max(utc, -(1 << 45)), 1 << 45)
        guard let last = changes.last, utc >= changes[0] else {
            guard changes.isEmpty, let rule else { return Int64(firstOffset) }
            return rule.offset(at: utc)
        }
        if utc >= last, let rule { return rule.offset(at: utc) }
        var low = 0
        var high = changes.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if changes[middle] <= utc { low = middle } else { high = middle }
        }
        return Int64(offsets[low])
    }

    /// Local time of a moment.
    public func local(_ utc: Int64) -> Int64 { utc &+ offset(at: utc) }

    /// The moment of a local time.
    ///
    /// A time that clocks show twice is the earlier moment; one that they skip is as long behind the change as it lies
    /// behind the skipped hour's begin.
    public func utc(_ local: Int64) -> Int64 {
        // No two changes lie within a day of each other, so these are the offsets before and after the nearest.
        let before = offset(at: local &- 86_400)
        let after = offset(at: local &+ 86_400)
        for candidate in [local &- before, local &- after].sorted() where self.local(candidate) == local {
            return candidate
        }
        return local &- before
    }
}
