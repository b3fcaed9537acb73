/// Which column of a CSV recording holds what, from its header.
struct CSVLayout {
    /// Columns a row may have.
    static let mostColumns = 64

    /// What the rows are.
    let kind: FlatKind
    /// Columns of the header.
    let count: Int
    private(set) var fields = InlineArray<64, RecordField>(repeating: .ignored)
    private let names: [String]

    /// Reads a header.
    ///
    /// - Throws: `RowFault` naming the first needed column that is missing, or one that is there twice.
    init(header: Span<UInt8>) throws(RowFault) {
        var text = ""
        for index in 0..<header.count { text.unicodeScalars.append(Unicode.Scalar(header[index])) }
        names = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingSpaces().lowercased() }
        count = names.count
        guard count <= Self.mostColumns else {
            throw RowFault("more than \(Self.mostColumns) columns")
        }
        guard let kind = Self.kind(names) else {
            throw RowFault("not a recording: expected a CSV header of ticks, trades or dom rows, or JSON")
        }
        self.kind = kind
        try assignFields()
    }

    private mutating func assignFields() throws(RowFault) {
        var seen: UInt16 = 0
        for (column, name) in names.enumerated() {
            guard let field = Self.field(name, kind) else { continue }
            guard seen & field.bit == 0 else { throw RowFault("column '\(name)' appears twice") }
            seen |= field.bit
            fields[column] = field
        }
        for (name, field) in Self.needed(kind) where seen & field.bit == 0 {
            throw RowFault("missing column '\(name)'")
        }
    }

    private static func kind(_ names: [String]) -> FlatKind? {
        if names.contains("side") || names.contains("op") || names.contains("position") { return .depth }
        if names.contains("bid") || names.contains("ask") { return .tick }
        if names.contains("price") || names.contains("size") || names.contains("aggressor") { return .trade }
        return nil
    }

    private static func field(_ name: String, _ kind: FlatKind) -> RecordField? {
        switch name {
        case "timestamp": return .time
        case "seq", "feed_sequence": return .sequence
        default: return needed(kind).first { $0.name == name }?.field
        }
    }

    private static func needed(_ kind: FlatKind) -> [(name: String, field: RecordField)] {
        let common: [(name: String, field: RecordField)] = [("ts", .time), ("symbol", .symbol)]
        switch kind {
        case .tick:
            return common + [
                ("bid", .bid), ("ask", .ask), ("bid_size", .bidSize), ("ask_size", .askSize),
            ]
        case .trade: return common + [("price", .price), ("size", .size), ("aggressor", .aggressor)]
        case .depth:
            return common + [
                ("side", .side), ("op", .operation), ("position", .position), ("price", .price),
                ("size", .size),
            ]
        }
    }
}

extension StringProtocol {
    fileprivate func trimmingSpaces() -> String {
        String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
