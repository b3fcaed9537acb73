import ExactJSON

/// Rows of text in aligned columns.
struct Table {
    private let alignments: [Alignment]
    private var rows: [[String]]
    private let gap: String

    enum Alignment { case left, right }

    /// A table with a header; `<` before a title aligns left, otherwise right.
    init(_ titles: String..., gap: String = "  ") {
        alignments = titles.map { $0.hasPrefix("<") ? .left : .right }
        rows = [titles.map { $0.hasPrefix("<") ? String($0.dropFirst()) : $0 }]
        self.gap = gap
    }

    mutating func add(_ cells: String...) { rows.append(cells) }

    /// The table, a line feed after every row.
    var text: String {
        let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.indices.map { pad(row[$0], widths[$0], alignments[$0]) }
            return cells.joined(separator: gap).trimmedRight + "\n"
        }.joined()
    }

    private func pad(_ text: String, _ width: Int, _ alignment: Alignment) -> String {
        let space = String(repeating: " ", count: width - text.count)
        return alignment == .left ? text + space : space + text
    }
}

/// Lines of `name   value`, aligned.
struct Fields {
    private var lines: [(name: String, value: String)] = []

    mutating func add(_ name: String, _ value: String) { lines.append((name, value)) }

    var text: String {
        let width = lines.map(\.name.count).max() ?? 0
        return lines.map { line in
            line.name + String(repeating: " ", count: width + 2 - line.name.count) + line.value + "\n"
        }.joined()
    }
}

/// Prices of one table with the same number of decimals, so that their points stand under each other.
struct PriceColumn {
    private let decimals: Int

    init(_ prices: [String]) { decimals = prices.map(Self.decimals).max() ?? 0 }

    func text(_ price: String) -> String {
        let missing = decimals - Self.decimals(price)
        guard missing > 0, price.utf8.allSatisfy({ $0 &- 0x30 < 10 || $0 == 0x2D || $0 == 0x2E }) else {
            return price
        }
        let point = price.contains(".") ? "" : "."
        return price + point + String(repeating: "0", count: missing)
    }

    private static func decimals(_ price: String) -> Int {
        guard let point = price.firstIndex(of: ".") else { return 0 }
        return price.utf8.distance(from: price.index(after: point), to: price.endIndex)
    }
}

extension String {
    fileprivate var trimmedRight: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

extension JSONValue {
    /// A cell of a table: the text of a scalar, `–` for null, compact JSON otherwise.
    var cell: String {
        switch self {
        case .null: "–"
        case .bool(let flag): flag ? "yes" : "no"
        case .number(let text), .string(let text): text
        case .array, .object: text
        }
    }

    /// The cell of a member; `–` when it is not there.
    func cell(_ key: String) -> String { self[key]?.cell ?? "–" }

    /// A time of day out of an RFC 3339 text.
    func time(_ key: String) -> String {
        let text = cell(key)
        guard text.utf8.count >= 23, let start = text.firstIndex(of: "T") else { return text }
        return String(text[text.index(after: start)...].prefix(12))
    }
}
