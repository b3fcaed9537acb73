/// Figures as a table for people.
public enum FigureTable {
    private static let header = ["figure", "input", "ours", "c", "ratio", "floor", "aim", "unit", "verdict"]

    /// The table, a line a figure, with a header; then the notes.
    public static func text(_ figures: [Figure]) -> String {
        let rows = [header] + figures.map(cells)
        var widths = header.map(\.count)
        for row in rows {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
        }
        let table = rows.map { row in
            zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
                .joined(separator: "  ").trimmingTrailingSpaces() + "\n"
        }
        return table.joined() + notes(figures)
    }

    private static func notes(_ figures: [Figure]) -> String {
        var lines = ""
        for figure in figures {
            if let fault = figure.fault { lines += "\(figure.name): does not count: \(fault)\n" }
            for note in figure.notes { lines += "\(figure.name): \(note)\n" }
            if figure.hasSlowReference {
                lines +=
                    "\(figure.name): C is over 1.7 times slower than published: busy machine or weak reference\n"
            }
        }
        return lines
    }

    private static func cells(_ figure: Figure) -> [String] {
        let target = figure.target
        let suffix = target?.subject == .ratio ? "×" : ""
        return [
            figure.name, figure.input ?? "", short(figure.ours), figure.reference.map(short) ?? "",
            figure.ratio.map { short($0 < 1 ? ($0 * 1_000).rounded() / 1_000 : $0) + "×" } ?? "",
            target.map { short($0.floor) + suffix } ?? "",
            target.map { short($0.aim) + suffix } ?? "", figure.unit.rawValue, figure.verdict.rawValue,
        ]
    }

    /// About three digits.
    private static func short(_ value: Double) -> String {
        let magnitude = value.magnitude
        if magnitude >= 1_000_000 { return Figure.text((value / 1e4).rounded() / 1e2) + " M" }
        if magnitude >= 10_000 { return Figure.text((value / 1e2).rounded() / 1e1) + " k" }
        if magnitude >= 100 { return Figure.text(value.rounded()) }
        if magnitude >= 1 { return Figure.text((value * 100).rounded() / 100) }
        return Figure.text(value)
    }
}

extension String {
    fileprivate func trimmingTrailingSpaces() -> String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
