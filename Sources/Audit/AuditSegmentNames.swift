import Platform

/// The files of a log in its directory: `audit-000001.jsonl` and so on.
enum AuditSegmentNames {
    /// File name of segment `number`.
    static func name(_ number: Int) -> String {
        let digits = String(number)
        return "audit-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".jsonl"
    }

    /// Path of segment `number` in `directory`.
    static func path(_ number: Int, in directory: String) -> String { directory + "/" + name(number) }

    /// The number in a file name; `nil` for any other file.
    static func number(of name: some StringProtocol) -> Int? {
        guard name.hasPrefix("audit-"), name.hasSuffix(".jsonl") else { return nil }
        let digits = name.dropFirst(6).dropLast(6)
        guard digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = Int(digits), number > 0,
            Self.name(number) == name
        else { return nil }
        return number
    }

    /// The number in the name of a segment, plain or compressed.
    static func numberOfAnyForm(_ name: String) -> Int? {
        number(of: name.hasSuffix(".gz") ? String(name.dropLast(3)) : name)
    }

    /// The numbers of the segments in `directory`, ascending.
    static func list(_ directory: String) throws(SystemError) -> [Int] {
        try DirectoryListing.names(directory).compactMap { number(of: $0) }.sorted()
    }
}
