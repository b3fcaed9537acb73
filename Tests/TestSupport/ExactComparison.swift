import ExactJSON
import TradingModel

/// Compares JSON with expected results: every number exactly, whatever zeros it is written with.
public enum ExactComparison {
    /// Differences that are told; there may be more.
    private static let told = 20

    /// Where `found` is not what is expected, one line a place.
    ///
    /// Members that are not expected are allowed; elements of arrays are not.
    public static func differences(
        _ found: JSONValue?, from expected: JSONValue, at place: String = "$"
    ) -> [String] {
        var differences: [String] = []
        compare(found, expected, place, &differences)
        return differences
    }

    private static func compare(
        _ found: JSONValue?, _ expected: JSONValue, _ place: String, _ differences: inout [String]
    ) {
        guard differences.count < told else { return }
        switch (found, expected) {
        case (.object?, .object(let members)):
            for member in members {
                compare(found?[member.key], member.value, "\(place).\(member.key)", &differences)
            }
        case (.array(let elements)?, .array(let wanted)) where elements.count == wanted.count:
            for (index, pair) in zip(elements, wanted).enumerated() {
                compare(pair.0, pair.1, "\(place)[\(index)]", &differences)
            }
        case (.array(let elements)?, .array(let wanted)):
            differences.append("\(place): \(elements.count) elements, not \(wanted.count)")
        case (.number(let number)?, .number(let wanted)) where exact(number) == exact(wanted): break
        case (.string(let text)?, .string(let wanted)) where isSameText(text, wanted): break
        default:
            if found != expected {
                differences.append("\(place): \(found?.text ?? "nothing"), not \(expected.text)")
            }
        }
    }

    private static func isSameText(_ text: String, _ wanted: String) -> Bool {
        if text == wanted { return true }
        guard let time = Timestamp(rfc3339: text) else { return false }
        return time == Timestamp(rfc3339: wanted)
    }

    /// The number without zeros that say nothing.
    private static func exact(_ number: String) -> Substring {
        var digits = number[...]
        guard digits.contains(".") else { return digits }
        while digits.last == "0" { digits.removeLast() }
        if digits.last == "." { digits.removeLast() }
        return digits
    }
}
