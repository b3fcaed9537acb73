/// Finds the known word somebody most likely meant.
enum Suggestion {
    /// The nearest of `candidates`, when it is near: one mistake in short words, two in
    /// longer ones, none below three letters.
    ///
    /// Case and `-` for `_` are no mistakes. Words over 40 bytes have no suggestion.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let wanted = folded(word)
        guard wanted.count <= 40 else { return nil }
        let limit = wanted.count <= 2 ? 0 : wanted.count <= 4 ? 1 : 2
        var best: (distance: Int, word: String)?
        for candidate in candidates.sorted() {
            let distance = distance(wanted, folded(candidate))
            if distance <= limit && distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        return best?.word
    }

    private static func folded(_ word: String) -> [UInt8] {
        word.lowercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                var cost = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
