/// Finds members in the bytes of one compact JSON object that `ObjectSyntax` has let pass.
enum CompactObject {
    /// Where the value of `key` stands in the outermost object, quotes included; `nil` when it has no such key.
    ///
    /// The key is compared as written: none of ours needs an escape.
    static func value(of key: StaticString, in object: Span<UInt8>) -> Range<Int>? {
        var position = 1
        while position < object.count, object[position] == UInt8(ascii: "\"") {
            let keyEnd = endOfString(object, from: position)
            let isWanted = matches(key, object, position + 1, keyEnd - 1)
            let valueEnd = endOfValue(object, from: keyEnd + 1)
            if isWanted { return (keyEnd + 1)..<min(valueEnd, object.count) }
            position = valueEnd + 1
        }
        return nil
    }

    /// Whether the member is exactly that text, quotes included where it is a string.
    static func member(_ key: StaticString, of object: Span<UInt8>, is text: StaticString) -> Bool {
        guard let place = value(of: key, in: object) else { return false }
        return matches(text, object, place.lowerBound, place.upperBound)
    }

    private static func matches(_ text: StaticString, _ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool
    {
        guard end - start == text.utf8CodeUnitCount, end <= bytes.count else { return false }
        return text.withUTF8Buffer { expected in
            for index in 0..<expected.count where bytes[start + index] != expected[index] { return false }
            return true
        }
    }

    /// Behind the closing quote of the string that starts at `start`.
    private static func endOfString(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var position = start + 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return position + 1
    }

    /// Behind the value that starts at `start`: at the comma or brace that follows it.
    private static func endOfValue(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var position = start
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position = endOfString(bytes, from: position)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return position }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: return position
            default: break
            }
            position += 1
        }
        return position
    }
}
