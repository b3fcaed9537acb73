/// Why a message could not be read or written; it concerns that message alone.
public enum FieldFault: UInt8, Error, Hashable, Sendable, BitwiseCopyable, CaseIterable {
    /// A field is missing: the message ends before it, or without the NUL of its last field.
    case missing
    /// A number is not a number.
    case malformed
    /// A number does not fit its type, or has digits that must not be rounded away.
    case range
    /// A value that the field cannot have, such as an unknown kind of tick.
    case value
    /// A count that is negative or larger than the message can hold.
    case count
    /// A text that must not be sent: not printable ASCII, or with a NUL.
    case text
    /// A message that does not exist in this version.
    case version

    /// What an operator reads.
    public var explanation: StaticString {
        switch self {
        case .missing: "a field is missing"
        case .malformed: "a number is malformed"
        case .range: "a number is out of range"
        case .value: "a value is not one of the field's"
        case .count: "a count is wrong"
        case .text: "a text has characters that must not be sent"
        case .version: "the message does not exist in this version"
        }
    }
}

/// A message that could not be read or written, and where.
public struct MessageFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The message's number on the wire; −1 while that is not known.
    public var message: Int32
    /// Which field, counted from 1 after the message's number; 0 for that number itself.
    public var field: Int
    /// What is wrong with it.
    public var fault: FieldFault

    /// A fault at a place.
    public init(message: Int32, field: Int, fault: FieldFault) {
        self.message = message
        self.field = field
        self.fault = fault
    }

    /// For example `message 5, field 17: a number is malformed`.
    public var description: String { "message \(message), field \(field): \(fault.explanation)" }
}
