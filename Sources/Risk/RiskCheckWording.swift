import ExactJSON
import TradingModel

/// The words of the checks of the newest record. The next one copies what is the same in it, which is most of it: limits
/// seldom change, and most controls say the same of every order.
struct RiskCheckWording: Sendable {
    private var checks = RiskChecks()
    /// The objects of the checks, with commas between them.
    private var text: [UInt8] = []
    /// Where each of them begins in `text`, and where another one would.
    private var starts: ContiguousArray<Int> = [0]
    private var newStarts: ContiguousArray<Int> = []

    init() {
        text.reserveCapacity(4_096)
        starts.reserveCapacity(RiskChecks.capacity + 1)
        newStarts.reserveCapacity(RiskChecks.capacity + 1)
    }

    /// Writes the checks as one array, as `RiskCheck.writeRecord` words each of them.
    mutating func write(_ new: inout RiskChecks, to json: inout JSONWriter) {
        json.beginArray()
        let base = json.count
        newStarts.removeAll(keepingCapacity: true)
        newStarts.append(0)
        var index = 0
        while index < new.count {
            let same = new.endOfSame(from: index, as: &checks)
            if same > index {
                copy(index..<same, to: &json)
                index = same
            } else {
                new.check(at: index).writeRecord(number: index + 1, to: &json)
                index += 1
                newStarts.append(json.count - base + 1)
            }
        }
        keep(&new, json, from: base)
        json.endArray()
    }

    /// Copies the words of those checks in one piece.
    private mutating func copy(_ range: Range<Int>, to json: inout JSONWriter) {
        let start = starts[range.lowerBound]
        json.raw { $0.append(contentsOf: text[start..<starts[range.upperBound] - 1]) }
        let shift = newStarts[range.lowerBound] - start
        for index in range { newStarts.append(starts[index + 1] + shift) }
    }

    private mutating func keep(_ new: inout RiskChecks, _ json: JSONWriter, from base: Int) {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: json.bytes[base...])
        checks = new
        swap(&starts, &newStarts)
    }
}

extension RiskCheck {
    /// An object `{n, code, limit, actual, result}`; `n` counts from 1 in the order of evaluation.
    func writeRecord(number: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.member("n", Int64(number))
        json.key("code")
        json.string(reason.code)
        json.key("limit")
        limit.writeText(to: &json)
        json.key("actual")
        actual.writeText(to: &json)
        json.member("result", passed ? "pass" : "fail" as StaticString)
        json.endObject()
    }
}
