import TWSProtocol

/// Finds the number of a request whose message cannot be read as a whole, so that the refusal can name it.
enum RequestNumber {
    /// Messages whose number of the request follows at once.
    private static let unversioned: Set<Int32> = [3, 20, 83, 92, 93, 96, 97, 98, 104]
    /// Messages with a version field before it.
    private static let versioned: Set<Int32> = [1, 2, 7, 9, 10, 11, 25, 62, 63, 76, 77]

    /// - Returns: `nil` for messages without one, and where not even that can be read.
    static func read(_ body: Span<UInt8>, _ version: ServerVersion) -> Int32? {
        guard let message = number(body, field: 0) else { return nil }
        if message == 4 { return number(body, field: version >= .tagging ? 1 : 2) }
        if unversioned.contains(message) { return number(body, field: 1) }
        return versioned.contains(message) ? number(body, field: 2) : nil
    }

    private static func number(_ body: Span<UInt8>, field: Int) -> Int32? {
        var fields = 0
        var digits: [UInt8] = []
        for position in 0..<body.count where fields <= field {
            if body[position] == 0 {
                fields += 1
            } else if fields == field {
                digits.append(body[position])
            }
        }
        return fields > field ? Int32(String(decoding: digits, as: UTF8.self)) : nil
    }
}
