import ExactJSON
import TradingModel

/// The words of the checks of the newest record. The next one copies what is the same in it, which is most of it: limits
/// seldom change, and most controls say the same of every order.
struct RiskCheckWording: Sendable {
    /// Where the words of a check stand, and those of its actual value.
    private struct Place: BitwiseCopyable {
        var start: Int
        var actual: Int
    }

    private var checks = RiskChecks()
    /// The objects of the checks, each with a comma behind it.
    private var text: [UInt8] = []
    /// One for each check, and one behind the last.
    private var places: ContiguousArray<Place> = []
    private var newPlaces: ContiguousArray<Place> = []
    private var writer = JSONWriter(capacity: 512)

    init() {
        text.reserveCapacity(4_096)
        places.reserveCapacity(RiskChecks.capacity + 1)
        newPlaces.reserveCapacity(RiskChecks.capacity + 1)
    }

    /// Writes the checks as one array, as `RiskCheck.writeRecord` words each of them.
    mutating func write(_ new: inout RiskChecks, to json: inout JSONWriter) {
        json.raw { append(&new, to: &$0) }
    }

    private mutating func append(_ new: inout RiskChecks, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        let base = bytes.count
        newPlaces.removeAll(keepingCapacity: true)
        var index = 0
        while index < new.count {
            switch new.likeness(at: index, to: &checks) {
            case .whole:
                let end = endOfSame(from: index, &new)
                copy(index..<end, base, to: &bytes)
                index = end
            case .limit:
                word(new[index], number: index + 1, base, to: &bytes, likeBefore: places[index])
                index += 1
            case .none:
                word(new[index], number: index + 1, base, to: &bytes)
                index += 1
            }
        }
        keep(new, bytes, from: base)
        if bytes.count > base { bytes.removeLast() }
        bytes.append(UInt8(ascii: "]"))
    }

    /// The first place behind `start` with a check that is not the same as before.
    private mutating func endOfSame(from start: Int, _ new: inout RiskChecks) -> Int {
        var end = start + 1
        while end < new.count, new.likeness(at: end, to: &checks) == .whole { end += 1 }
        return end
    }

    /// Copies the words of those checks in one piece.
    private mutating func copy(_ range: Range<Int>, _ base: Int, to bytes: inout [UInt8]) {
        let start = places[range.lowerBound].start
        let shift = bytes.count - base - start
        for place in places[range] {
            newPlaces.append(Place(start: place.start + shift, actual: place.actual + shift))
        }
        bytes.append(contentsOf: text[start..<places[range.upperBound].start])
    }

    /// Words a check; what stands before its actual value is copied where it is the same.
    private mutating func word(
        _ check: RiskCheck, number: Int, _ base: Int, to bytes: inout [UInt8], likeBefore place: Place? = nil
    ) {
        let start = bytes.count - base
        writer.reset()
        if let place {
            bytes.append(contentsOf: text[place.start..<place.actual])
            writer.beginObject()
            writer.key("actual")
        } else {
            check.writeHead(number: number, to: &writer)
            bytes.append(contentsOf: writer.bytes)
        }
        newPlaces.append(Place(start: start, actual: bytes.count - base))
        writer.removeBytes()
        check.writeTail(to: &writer)
        bytes.append(contentsOf: writer.bytes)
        bytes.append(UInt8(ascii: ","))
    }

    private mutating func keep(_ new: RiskChecks, _ bytes: [UInt8], from base: Int) {
        newPlaces.append(Place(start: bytes.count - base, actual: bytes.count - base))
        swap(&places, &newPlaces)
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: bytes[base...])
        checks = new
    }
}

extension RiskCheck {
    /// An object `{n, code, limit, actual, result}`; `n` counts from 1 in the order of evaluation.
    func writeRecord(number: Int, to json: inout JSONWriter) {
        writeHead(number: number, to: &json)
        writeTail(to: &json)
    }

    /// As far as the actual value.
    fileprivate func writeHead(number: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.key("n")
        json.integer(number)
        json.key("code")
        json.string(reason.code)
        json.key("limit")
        limit.writeText(to: &json)
        json.key("actual")
    }

    fileprivate func writeTail(to json: inout JSONWriter) {
        actual.writeText(to: &json)
        json.member("result", passed ? "pass" : "fail" as StaticString)
        json.endObject()
    }
}
