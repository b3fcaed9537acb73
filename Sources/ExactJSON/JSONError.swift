/// Why a text is not one JSON value, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of trouble.
    public enum Reason: String, Sendable {
        case empty = "no value"
        case unexpectedEnd = "text ends inside a value"
        case unexpectedByte = "unexpected character"
        case badNumber = "malformed number"
        case badString = "malformed string"
        case badUTF8 = "invalid UTF-8"
        case duplicateKey = "duplicate key"
        case tooDeep = "nested too deeply"
        case trailing = "text after the value"
    }

    /// What is wrong.
    public let reason: Reason
    /// Byte offset of the place, from 0.
    public let offset: Int

    /// Trouble `reason` at `offset`.
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// `duplicate key at byte 17`.
    public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
