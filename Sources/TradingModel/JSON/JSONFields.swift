import ExactJSON

/// Why a JSON value is not an event, and which field says so.
public struct EventDecodingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Dotted path of the field, e.g. `payload.price`.
    public let path: String
    /// What is wrong with it.
    public let reason: String

    /// Trouble with the field at `path`.
    public init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    /// `payload.price: malformed number`.
    public var description: String { "\(path): \(reason)" }
}

/// Typed access to the members of an object, with errors that name the field.
struct JSONFields {
    let object: JSONValue
    let prefix: String

    init(_ value: JSONValue, at prefix: String = "") throws(EventDecodingError) {
        guard case .object = value else {
            throw EventDecodingError(
                prefix.isEmpty ? "event" : prefix, "must be an object, not \(value.kind)")
        }
        object = value
        self.prefix = prefix
    }

    func path(_ key: String) -> String { prefix.isEmpty ? key : prefix + "." + key }

    /// The member of the first of those keys that is there and not `null`.
    func optional(_ keys: String...) -> (key: String, value: JSONValue)? {
        for key in keys {
            if let value = object[key], value != .null { return (key, value) }
        }
        return nil
    }

    func required(_ key: String) throws(EventDecodingError) -> JSONValue {
        guard let found = optional(key) else { throw EventDecodingError(path(key), "missing") }
        return found.value
    }

    func nested(_ key: String) throws(EventDecodingError) -> JSONFields {
        try JSONFields(try required(key), at: path(key))
    }

    func string(_ key: String) throws(EventDecodingError) -> String {
        guard let text = try required(key).stringValue else {
            throw EventDecodingError(path(key), "must be a string")
        }
        return text
    }

    func bool(_ key: String) throws(EventDecodingError) -> Bool {
        guard let flag = try required(key).boolValue else {
            throw EventDecodingError(path(key), "must be true or false")
        }
        return flag
    }

    func integer<Value: FixedWidthInteger>(_ key: String) throws(EventDecodingError) -> Value {
        guard case .number(let text) = try required(key), let value = Value(text) else {
            throw EventDecodingError(path(key), "must be a whole number in range")
        }
        return value
    }

    func double(_ key: String) throws(EventDecodingError) -> Double {
        guard let value = try required(key).doubleValue else {
            throw EventDecodingError(path(key), "must be a number")
        }
        return value
    }

    func decimal(_ value: JSONValue, _ path: String) throws(EventDecodingError) -> Int64 {
        let text: String
        switch value {
        case .number(let number): text = number
        case .string(let string): text = string
        default: throw EventDecodingError(path, "must be a decimal number")
        }
        do {
            return try DecimalText.parse(text)
        } catch .malformed {
            throw EventDecodingError(path, "malformed number")
        } catch .overflow {
            throw EventDecodingError(path, "number too large")
        } catch {
            throw EventDecodingError(path, "more than nine decimals")
        }
    }

    func price(_ key: String) throws(EventDecodingError) -> Price {
        Price(rawValue: try decimal(try required(key), path(key)))
    }

    func optionalPrice(_ key: String) throws(EventDecodingError) -> Price? {
        guard let found = optional(key) else { return nil }
        return Price(rawValue: try decimal(found.value, path(key)))
    }

    func quantity(_ key: String) throws(EventDecodingError) -> Quantity {
        Quantity(rawValue: try decimal(try required(key), path(key)))
    }

    func optionalQuantity(_ key: String) throws(EventDecodingError) -> Quantity? {
        guard let found = optional(key) else { return nil }
        return Quantity(rawValue: try decimal(found.value, path(key)))
    }

    func volume(_ key: String) throws(EventDecodingError) -> Volume {
        try Self.volume(try required(key), path(key))
    }

    static func volume(_ value: JSONValue, _ path: String) throws(EventDecodingError) -> Volume {
        guard let raw = scaled(value, scale: 9) else { throw EventDecodingError(path, "malformed number") }
        return Volume(rawValue: raw)
    }

    func money(_ key: String) throws(EventDecodingError) -> Money {
        guard let raw = Self.scaled(try required(key), scale: 18) else {
            throw EventDecodingError(path(key), "malformed number")
        }
        return Money(rawValue: raw)
    }

    static func money(_ value: JSONValue, _ path: String) throws(EventDecodingError) -> Money {
        guard let raw = scaled(value, scale: 18) else { throw EventDecodingError(path, "malformed number") }
        return Money(rawValue: raw)
    }

    /// Exact 128-bit reading of `[-]digits[.digits]` with at most `scale` decimals.
    private static func scaled(_ value: JSONValue, scale: Int) -> Int128? {
        guard case .number(let text) = value else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard fraction.utf8.count <= scale else { return nil }
        return Int128(parts[0] + fraction + String(repeating: "0", count: scale - fraction.utf8.count))
    }

    func timestamp(_ keys: String...) throws(EventDecodingError) -> Timestamp {
        for key in keys {
            guard let value = object[key] else { continue }
            guard let text = value.stringValue, let time = Timestamp(rfc3339: text) else {
                throw EventDecodingError(path(key), "must be an RFC 3339 time in UTC")
            }
            return time
        }
        throw EventDecodingError(path(keys[0]), "missing")
    }

    func named<Value: CaseIterable>(
        _ key: String, _ name: (Value) -> StaticString
    ) throws(EventDecodingError) -> Value {
        let text = try string(key)
        guard let value = Value.allCases.first(where: { name($0).matches(text) }) else {
            let names = Value.allCases.map { name($0).description }.joined(separator: ", ")
            throw EventDecodingError(path(key), "'\(text)' is none of \(names)")
        }
        return value
    }
}

extension StaticString {
    /// Whether this is `text`, without making a `String` of it.
    func matches(_ text: String) -> Bool {
        withUTF8Buffer { $0.elementsEqual(text.utf8) }
    }
}
