import TradingModel

@testable import TWSProtocol

/// Notes what each field of a message is, in the order of the wire.
struct FieldKinds: FieldCoder {
    /// What a field is.
    enum Kind: Equatable {
        /// A whole number; a flag of a client's order, too.
        case whole
        /// Yes or no: any number but 0 is yes.
        case flag
        /// A number with a point.
        case decimal
        /// A text of any length.
        case text
        /// A text of which 15 bytes are kept.
        case shortText
        /// A text with escapes.
        case escapedText
        /// How many groups follow.
        case count
        /// A field that informs, or says nothing.
        case informing
    }

    let version: ServerVersion
    let isReader = false
    private(set) var kinds: [Kind] = []
    private var isStrict = false

    /// The kinds of a message's fields, behind its number.
    static func of<Message: WireMessage>(_ message: Message, _ version: ServerVersion) -> [Kind] {
        var fields = FieldKinds(version: version)
        var message = message
        message.describe(&fields)
        return fields.kinds
    }

    private init(version: ServerVersion) { self.version = version }

    mutating func refuse(_: FieldFault) {}
    mutating func beStrict() { isStrict = true }

    private mutating func note(lenient kind: Kind) { kinds.append(isStrict ? kind : .informing) }

    mutating func integer(_: inout Int32) { kinds.append(.whole) }
    mutating func integer(_: inout Int32?) { kinds.append(.whole) }
    mutating func integer(_: inout Int64) { kinds.append(.whole) }
    mutating func integer(_: inout Int64?) { kinds.append(.whole) }
    mutating func flag(_: inout Bool) { kinds.append(isStrict ? .whole : .flag) }
    mutating func price(_: inout Price) { kinds.append(.decimal) }
    mutating func price(_: inout Price?) { kinds.append(.decimal) }
    mutating func money(_: inout Money) { kinds.append(.decimal) }
    mutating func money(_: inout Money?) { kinds.append(.decimal) }
    mutating func quantity(_: inout Quantity) { kinds.append(.decimal) }
    mutating func quantity(_: inout Quantity?) { kinds.append(.decimal) }
    mutating func number(_: inout Double) { kinds.append(.decimal) }
    mutating func number(_: inout Double?) { kinds.append(.decimal) }
    mutating func competition(_: inout CompetitionOffset) { kinds.append(.decimal) }
    mutating func lenient(_: inout Int32) { note(lenient: .whole) }
    mutating func lenient(_: inout Int32?) { note(lenient: .whole) }
    mutating func lenient(_: inout Int64?) { note(lenient: .whole) }
    mutating func lenient(_: inout Bool) { note(lenient: .whole) }
    mutating func lenient(_: inout Price?) { note(lenient: .decimal) }
    mutating func lenient(_: inout Money?) { note(lenient: .decimal) }
    mutating func lenient(_: inout Quantity?) { note(lenient: .decimal) }
    mutating func lenient(_: inout Double?) { note(lenient: .decimal) }
    mutating func lenient(_: inout CompetitionOffset) { note(lenient: .decimal) }
    mutating func text(_: inout ShortText) { kinds.append(.shortText) }
    mutating func text(_: inout String) { kinds.append(.text) }
    mutating func escapedText(_: inout String) { kinds.append(.escapedText) }
    mutating func constant(_: Int32) { kinds.append(.informing) }

    mutating func list<Group: FieldGroup>(_ groups: inout [Group]) {
        kinds.append(.count)
        self.groups(&groups, count: Int32(groups.count))
    }

    mutating func groups<Group: FieldGroup>(_ groups: inout [Group], count _: Int32) {
        for index in groups.indices { groups[index].describe(&self) }
    }
}

extension FieldKinds.Kind {
    /// Whether a field that came as `read` may be written as `written` without a loss.
    ///
    /// Judged from the texts alone, never by the reader.
    func isKept(_ read: [UInt8], as written: [UInt8]) -> Bool {
        guard read != written else { return true }
        switch self {
        case .informing, .escapedText: return true
        case .text: return Self.text(read) == Self.text(written)
        case .shortText:
            // A field that is always empty, and the connector of a condition, which is `o` if it is not `a`.
            let isFixed = written.isEmpty || (written == [UInt8(ascii: "o")] && read != [UInt8(ascii: "a")])
            return isFixed || Array(read.prefix(ShortText.capacity)) == written
        case .count: return max(0, Self.whole(read) ?? -1) == Self.whole(written)
        case .whole:
            // Unset in one of its forms; of a permanent id that is 0.
            if Self.unsetWholes.contains(Self.text(read)) {
                if written.isEmpty || Self.unsetWholes.contains(Self.text(written)) { return true }
                if Self.text(read) == "9223372036854775807", written == [UInt8(ascii: "0")] { return true }
            }
            return Self.whole(read) != nil && Self.whole(read) == Self.whole(written)
        case .flag: return Self.whole(read).map { $0 != 0 } == (Self.whole(written) == 1)
        case .decimal: return Self.isSameNumber(Self.text(read), Self.text(written))
        }
    }

    private static let unsetWholes: Set = ["", "2147483647", "9223372036854775807"]

    private static func whole(_ bytes: [UInt8]) -> Int64? { bytes.isEmpty ? 0 : Int64(text(bytes)) }

    private static func isSameNumber(_ read: String, _ written: String) -> Bool {
        let isUnset = written.isEmpty || Double(written) == .greatestFiniteMagnitude
        guard let number = read.isEmpty ? 0 : Double(read == "Infinite" ? "Infinity" : read) else {
            return false
        }
        // Nothing comes near 1e300 but the largest double, which is "unset".
        if isUnset { return read.isEmpty || unsetDecimals.contains(number) || abs(number) >= 1e300 }
        guard let kept = Double(written) else { return false }
        if number == kept { return true }
        // Digits below 1e-9 are the noise of doubles.
        return abs(number - kept) <= max(1e-9, abs(number) * 1e-15)
    }

    private static let unsetDecimals: Set<Double> = [
        2_147_483_647, 9_223_372_036_854_775_808, -9_223_372_036_854_775_808, .greatestFiniteMagnitude,
    ]

    private static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
