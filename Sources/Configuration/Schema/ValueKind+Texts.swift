import TradingModel

extension ValueKind where Value: CaseIterable & RawRepresentable<String> {
    /// One of the names of an enumeration.
    static var choice: ValueKind {
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return ValueKind("one of \(names)", scalar: { Value(rawValue: $0) }, print: { $0.rawValue })
    }
}

/// Kinds of text.
enum Texts {
    static let toggle = ValueKind<Bool>(
        "true or false", scalar: { $0 == "true" ? true : $0 == "false" ? false : nil }, print: { "\($0)" })

    /// A mode, or its other name.
    static let mode = ValueKind<Mode>(
        "one of sim, ibkr, replay (or live, which is ibkr)", scalar: Mode.init(named:), print: { $0.rawValue }
    )

    /// A profile; the message echoes the name, which is no secret and often a slip of the keyboard.
    static let profile = ValueKind<Profile>("one of \(profileNames)") { text throws(BadValue) in
        guard let profile = Profile(rawValue: text) else {
            throw BadValue("unknown profile \(Printable.quoted(text)), known are \(profileNames)")
        }
        return profile
    } print: { profile in
        profile.rawValue
    }

    /// An instrument, a strategy.
    static let name = ValueKind<String>(
        "a name of 1 to 64 printable ASCII characters without spaces and commas",
        scalar: { isName($0, longest: 64) ? $0 : nil }, print: { $0 })

    static let currency = ValueKind<String>(
        "a currency of 3 to 8 upper-case letters or digits, such as USD",
        scalar: { isCurrency($0) ? $0 : nil }, print: { $0 })

    static let host = ValueKind<String>(
        "a host name or address", scalar: { isName($0, longest: 253) ? $0 : nil }, print: { $0 })

    /// Read by whoever keeps the calendar.
    static let hours = ValueKind<String>(
        "trading hours of 1 to 256 printable ASCII characters",
        scalar: { text in
            (1...256).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
                ? text : nil
        }, print: { $0 })

    /// A place only this machine reaches: `127.0.0.1:9464`, `[::1]:9464`.
    static let loopback = ValueKind<LoopbackAddress>(
        "a loopback address with a port, such as 127.0.0.1:9464 or [::1]:9464",
        scalar: LoopbackAddress.init(text:), print: { $0.text })

    /// A person, a desk, a team.
    static let words = ValueKind<String>(
        "text of 1 to 128 printable ASCII characters",
        scalar: { text in
            (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
                ? text : nil
        }, print: { $0 })

    /// A list of kinds of order.
    static let orderTypes = ValueKind<[OrderType]>("a list of \(orderTypeNames)") { node throws(BadValue) in
        var types: [OrderType] = []
        for name in try names.parse(node) {
            guard let type = OrderType.allCases.first(where: { $0.name.description == name }) else {
                throw BadValue("every element must be one of \(orderTypeNames)")
            }
            types.append(type)
        }
        return types
    } print: { types in
        "[\(types.map(\.name.description).joined(separator: ", "))]"
    }

    private static let orderTypeNames = OrderType.allCases.map(\.name.description).joined(separator: ", ")

    /// A list of how long orders may be good for.
    static let timesInForce = ValueKind<[TimeInForce]>("a list of \(timeInForceNames)") {
        node throws(BadValue) in
        var times: [TimeInForce] = []
        for name in try names.parse(node) {
            guard let time = TimeInForce.allCases.first(where: { $0.name.description == name }) else {
                throw BadValue("every element must be one of \(timeInForceNames)")
            }
            times.append(time)
        }
        return times
    } print: { times in
        "[\(times.map(\.name.description).joined(separator: ", "))]"
    }

    private static let timeInForceNames = TimeInForce.allCases.map(\.name.description)
        .joined(separator: ", ")

    static let directory = path(longest: 4_095)
    /// The kernel's `sun_path` holds 107 bytes and a zero.
    static let socket = path(longest: 107)

    /// A list without duplicates; commas separate it in the environment and in flags.
    static let names = ValueKind<[String]>("a list of names") { node throws(BadValue) in
        var result: [String] = []
        var seen: Set<String> = []
        for element in try elements(of: node) {
            let value: String
            do throws(BadValue) {
                value = try name.parse(element)
            } catch {
                throw BadValue("every element \(error.message)", line: element.line)
            }
            guard seen.insert(value).inserted else {
                throw BadValue("lists \(value) twice", line: element.line)
            }
            result.append(value)
        }
        return result
    } print: { names in
        "[\(names.joined(separator: ", "))]"
    }

    private static let profileNames = Profile.allCases.map(\.rawValue).joined(separator: ", ")
    private static let mostNames = 4_096

    private static func elements(of node: YAMLNode) throws(BadValue) -> [YAMLNode] {
        switch node.content {
        case .sequence(let elements):
            guard elements.count <= mostNames else { throw BadValue("must have at most \(mostNames) names") }
            return elements
        case .word(let text):
            let parts = text.split(separator: ",", maxSplits: mostNames)
            return parts.map { YAMLNode(content: .word(String($0)), line: node.line) }
        case .null, .scalar, .mapping: throw BadValue("must be a list of names, such as [XAUUSD, SPY]")
        }
    }

    private static func path(longest: Int) -> ValueKind<String> {
        ValueKind(
            "a path of at most \(longest) bytes",
            scalar: { text in
                let isPath = !text.isEmpty && text.utf8.count <= longest
                return isPath && text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) ? text : nil
            }, print: { $0 })
    }

    private static func isName(_ text: String, longest: Int) -> Bool {
        !text.isEmpty && text.utf8.count <= longest
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") }
    }

    private static func isCurrency(_ text: String) -> Bool {
        (3...8).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }
    }
}
