/// Why a value was refused.
struct BadValue: Error {
    /// What it must be, e.g. `must be > 0`.
    let message: String
    /// Line of the element at fault inside a list; `nil`: the value's own.
    let line: Int?

    init(_ message: String, line: Int? = nil) {
        self.message = message
        self.line = line
    }
}

/// A form of value: how it is read, how it is printed, and what it is called in messages and in the reference.
struct ValueKind<Value: Sendable>: Sendable {
    /// With its article, e.g. `a whole number from 1 to 65535`.
    let words: String
    /// Reads a node.
    let parse: @Sendable (YAMLNode) throws(BadValue) -> Value
    /// The one canonical text of a value; reading it back gives the same value.
    let print: @Sendable (Value) -> String

    init(
        _ words: String, parse: @escaping @Sendable (YAMLNode) throws(BadValue) -> Value,
        print: @escaping @Sendable (Value) -> String
    ) {
        self.words = words
        self.parse = parse
        self.print = print
    }

    /// A kind of scalar; `read` gives `nil` for what does not fit the words.
    init(
        _ words: String, scalar read: @escaping @Sendable (String) throws(BadValue) -> Value?,
        print: @escaping @Sendable (Value) -> String
    ) {
        let parse: @Sendable (YAMLNode) throws(BadValue) -> Value = { node throws(BadValue) in
            guard let text = node.text, let value = try read(text) else {
                throw BadValue("must be \(words)")
            }
            return value
        }
        self.init(words, parse: parse, print: print)
    }

    /// The same, or nothing: an empty value takes back what an earlier layer gave.
    var optional: ValueKind<Value?> {
        ValueKind<Value?>(
            words,
            parse: { node throws(BadValue) in node.content == .null ? nil : try parse(node) },
            print: { value in value.map(print) ?? "none" })
    }
}
